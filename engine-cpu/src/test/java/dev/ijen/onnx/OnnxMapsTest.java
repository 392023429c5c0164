package dev.ijen.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.contract.LiveBuffers;
import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.format.SharedData;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Maps and texts through the interface that users have; their values are among [OnnxVariantsTest]'s models, of which these are some.
class OnnxMapsTest {
    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    private static OnnxModel model(Engine engine, String name) throws IOException, URISyntaxException {
        var archive = Path.of(OnnxVariantsTest.class.getResource("variants.tar.gz").toURI());
        return OnnxModel.read(engine, name, SharedData.tar(archive).get("./" + name + "/model.onnx"));
    }

    /// A map for each row: the scores, and what the columns stand for.
    @Test
    void classifier() throws IOException, URISyntaxException {
        try (var m = model(engines.open(Device.cpu()), "zipmap_ml_0")) {
            assertEquals(List.of("yes", "no"), m.outputs().getFirst().keys());
            assertFalse(m.outputs().getFirst().text());
            var x = HostTensor.of(new float[] {0.25f, 0.75f, 1, 0, 0.5f, 0.5f}, 3, 2);
            var y = m.run(x).getFirst();
            assertEquals(x.shape(), y.shape());
            assertArrayEquals(x.toFloatArray(), y.toFloatArray());
            assertThrows(IjenException.class, () -> m.run(HostTensor.of(new float[3], 1, 3)));
        }
    }

    @Test
    void numbersAsLabels() throws IOException, URISyntaxException {
        try (var m = model(engines.open(Device.cpu()), "zipmap_ml_1")) {
            assertEquals(List.of("7", "-1", "3"), m.outputs().getFirst().keys());
        }
    }

    /// A map given as the values of its vocabulary.
    @Test
    void vocabulary() throws IOException, URISyntaxException {
        try (var m = model(engines.open(Device.cpu()), "dictvectorizer_ml_0")) {
            var y = m.run(HostTensor.of(new float[] {1, 2, 3}, 3)).getFirst();
            assertArrayEquals(new float[] {1, 2, 3}, y.toFloatArray());
            assertThrows(IjenException.class, () -> m.run(HostTensor.of(new float[] {1, 2}, 2)));
        }
    }

    @Test
    void texts() throws IOException, URISyntaxException {
        try (var m = model(engines.open(Device.cpu()), "stringconcat_20_0")) {
            assertTrue(m.outputs().getFirst().text());
            var y = m.run(m.text(List.of("a", "b"), 2, 1), m.text(List.of("x", "y", "z"), 3)).getFirst();
            assertEquals(List.of("ax", "ay", "az", "bx", "by", "bz"), m.text(y));
        }
    }
}
