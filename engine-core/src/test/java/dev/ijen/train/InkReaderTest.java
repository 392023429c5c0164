package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.SeededRandom;
import dev.ijen.tensor.HostTensor;
import org.junit.jupiter.api.Test;

class InkReaderTest {
    private static HostTensor picture(int h, int w, int paper, int ink, int noise, int top, int left, int bottom,
            int right) {
        var random = new SeededRandom(1);
        var b = new byte[h * w];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                boolean inside = y >= top && y < bottom && x >= left && x < right;
                b[y * w + x] = (byte) Math.clamp(
                        (inside ? ink : paper) + (noise == 0 ? 0 : random.nextInt(2 * noise + 1) - noise), 0, 255);
            }
        }
        return HostTensor.ofBytes(b, h, w, 1);
    }

    /// Rows and columns of the centre of mass.
    private static double[] centre(float[] v) {
        double mass = 0;
        double y = 0;
        double x = 0;
        for (int i = 0; i < v.length; i++) {
            mass += v[i];
            int row = i / 28;
            y += v[i] * row;
            x += v[i] * (i % 28);
        }
        return new double[] {y / mass, x / mass};
    }

    private static int rows(float[] v) {
        int n = 0;
        for (int y = 0; y < 28; y++) {
            boolean any = false;
            for (int x = 0; x < 28; x++) {
                any |= v[y * 28 + x] > 0.3;
            }
            n += any ? 1 : 0;
        }
        return n;
    }

    @Test
    void darkInkOnLightPaperBecomesLightOnBlackInTheMiddle() {
        // off the middle, with a scanner's noise
        var v = InkReader.read(picture(300, 200, 230, 40, 12, 20, 30, 120, 60), 28, 28);
        assertEquals(20, rows(v));
        var c = centre(v);
        assertEquals(13.5, c[0], 0.6);
        assertEquals(13.5, c[1], 0.6);
        assertEquals(0f, v[0]);
        assertTrue(v[14 * 28 + 14] > 0.8);
    }

    @Test
    void invertedPicturesGiveTheSame() {
        var dark = InkReader.read(picture(90, 70, 255, 0, 0, 11, 20, 71, 50), 28, 28);
        var light = InkReader.read(picture(90, 70, 0, 255, 0, 11, 20, 71, 50), 28, 28);
        assertArrayEquals(dark, light, 1e-6f);
    }

    @Test
    void pairsOfTinyAndHugeWork() {
        assertEquals(20, rows(InkReader.read(picture(7, 5, 255, 0, 0, 1, 1, 6, 3), 28, 28)), 1);
        assertEquals(20, rows(InkReader.read(picture(1500, 1100, 200, 60, 5, 100, 100, 1200, 500), 28, 28)), 1);
    }

    @Test
    void anEmptyPageIsBlack() {
        assertArrayEquals(new float[784], InkReader.read(picture(50, 50, 255, 255, 0, 0, 0, 0, 0), 28, 28));
    }

    @Test
    void whatIsPreparedAlreadyStays() {
        var x = picture(28, 28, 0, 255, 0, 4, 10, 24, 17);
        var v = InkReader.read(x, 28, 28);
        for (int i = 0; i < 784; i++) {
            assertEquals(x.get(i) / 255, v[i], 1e-6);
        }
    }
}
