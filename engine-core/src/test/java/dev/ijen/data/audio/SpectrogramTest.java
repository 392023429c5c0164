package dev.ijen.data.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ijen.tensor.IjenException;
import org.junit.jupiter.api.Test;

/// Numbers of NumPy 2: `x = 0.5 sin(2π 440 t) + 0.25 cos(2π 1500 t)` at 8 kHz, 600 samples in F32; frames of 200 every 80, periodic Hann,
/// `abs(rfft(frame, 256))²`, 8 triangular bands from `linspace(0, mel(4000), 10)`, `log`; then the orthonormal DCT-II.
class SpectrogramTest {
    private static final Spectrogram OURS = new Spectrogram(8000, 200, 80, 256, 8);

    private static float[] sound() {
        var x = new float[600];
        for (int t = 0; t < x.length; t++) {
            x[t] = (float) (0.5 * Math.sin(2 * Math.PI * 440 * t / 8000)
                    + 0.25 * Math.cos(2 * Math.PI * 1500 * t / 8000));
        }
        return x;
    }

    private static void close(double[] expected, float[] got, int from) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], got[from + i], 2e-3, "band " + i);
        }
    }

    @Test
    void logMelIsNumPys() {
        var got = OURS.logMel(sound());
        assertEquals(6 * 8, got.length);
        close(new double[] {-2.73562, 6.75736, 5.82768, -7.11428, 5.21473, 4.75391, -11.2248, -16.09796}, got, 0);
        close(new double[] {-2.75214, 6.75736, 5.82767, -7.06882, 5.21473, 4.75391, -11.22107, -16.0159}, got, 24);
    }

    @Test
    void mfccIsNumPys() {
        close(new double[] {-5.16859, 13.12425, -10.70201, 6.69937}, OURS.mfcc(sound(), 4), 0);
    }

    @Test
    void frames25MillisecondsLong() {
        var s = Spectrogram.of(8000, 40);
        assertEquals(new Spectrogram(8000, 200, 80, 256, 40), s);
        assertEquals(1, s.frames(10));
        assertEquals(2, s.frames(280));
        assertEquals(40, s.logMel(new float[10]).length);
        assertThrows(IjenException.class, () -> new Spectrogram(8000, 200, 80, 128, 40));
    }
}
