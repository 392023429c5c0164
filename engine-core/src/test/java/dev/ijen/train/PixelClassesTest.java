package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PixelClassesTest {
    /// Black, dark red, dark green and dark yellow, as the development kit of PASCAL VOC has them.
    private static final int[][] COLORS = {{0, 0, 0}, {128, 0, 0}, {0, 128, 0}, {128, 128, 0}};

    private final PixelClasses classes = new PixelClasses(
            "x.png", HostTensor.of(new int[] {0, 1, 2, 3, 0, 1}, 2, 3), List.of("sky", "road", "tree", "car"), 4, 6);

    @Test
    void everyPlaceHasItsColour() {
        int[][] expected = {{0, 0, 1, 1, 2, 2}, {0, 0, 1, 1, 2, 2}, {3, 3, 0, 0, 1, 1}, {3, 3, 0, 0, 1, 1}};
        var picture = classes.picture();
        assertArrayEquals(new int[] {4, 6, 3}, picture.shape().dims());
        int[] got = picture.toIntArray();
        for (int i = 0; i < got.length; i++) {
            assertEquals(COLORS[expected[i / 18][i / 3 % 6]][i % 3], got[i], "number " + i);
        }
    }

    @Test
    void shares() {
        var p = classes.prediction();
        assertEquals("sky", p.label());
        assertEquals(Map.of("sky", 2 / 6., "road", 2 / 6., "tree", 1 / 6., "car", 1 / 6.), p.probabilities());
    }

    @Test
    void coloursDiffer() {
        assertEquals(256, IntStream.range(0, 256).map(PixelClasses::color).distinct().count());
    }
}
