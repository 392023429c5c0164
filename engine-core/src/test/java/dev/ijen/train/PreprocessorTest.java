package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ijen.data.TabularOptions;
import dev.ijen.data.TabularPreprocessor;
import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessorTest {
    @Test
    void picturesAndArraysSurviveJson() {
        var image = new Preprocessor.Image(3, 32, 20, List.of(0.1, 0.2, 1.0 / 3), List.of(1.0, 2.0, 0.5),
                List.of("cat", "d\"og"), true);
        assertEquals(image, Preprocessor.fromJson("t", image.toJson()));
        var plain = new Preprocessor.Image(1, 28, 28, List.of(), List.of(), List.of("a"), false);
        assertEquals(plain, Preprocessor.fromJson("t", plain.toJson()));
        var arrays = new Preprocessor.Arrays(DType.F32, Shape.of(2, 3), List.of());
        assertEquals(arrays, Preprocessor.fromJson("t", arrays.toJson()));
    }

    @Test
    void tablesSurviveJson() {
        var csv = Csv.of("t.csv", "a,b,y\n1,x,0.5\n,z,1.5\n3,x,2.5\n", Csv.Options.defaults());
        var table = TabularPreprocessor.fit(csv, IntStream.range(0, 3).toArray(), TabularOptions.of("y"));
        var back = assertInstanceOf(Preprocessor.Table.class,
                Preprocessor.fromJson("t", new Preprocessor.Table(table).toJson()));
        assertEquals(table.featureNames(), back.table().featureNames());
        assertEquals(table.targetValue(0.7), back.targetValue(0.7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "{\"kind\":\"video\"}",
                "{\"kind\":\"image\",\"channels\":9,\"height\":1,\"width\":1,\"mean\":[],\"std\":[],\"classes\":[],\"ink\":false}",
                "{\"kind\":\"image\",\"channels\":1,\"height\":1,\"width\":1,\"mean\":[0],\"std\":[0],\"classes\":[],\"ink\":false}",
                "{\"kind\":\"image\",\"channels\":1,\"height\":1,\"width\":1,\"mean\":[0,1],\"std\":[1],\"classes\":[],\"ink\":false}",
                "{\"kind\":\"image\",\"channels\":1,\"height\":1,\"width\":1,\"mean\":[\"a\"],\"std\":[1],\"classes\":[],\"ink\":false}",
                "{\"kind\":\"arrays\",\"dtype\":\"F99\",\"shape\":[1],\"classes\":[]}",
                "{\"kind\":\"arrays\",\"dtype\":\"F32\",\"shape\":[1],\"classes\":[3]}",
            })
    void damagedTextIsADataError(String json) {
        assertThrows(FormatException.class, () -> Preprocessor.fromJson("t", json));
    }
}
