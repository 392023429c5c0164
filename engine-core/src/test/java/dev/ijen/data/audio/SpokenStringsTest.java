package dev.ijen.data.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.audio.SpokenStrings.Recording;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpokenStringsTest {
    private static final Spectrogram BANDS = Spectrogram.of(8000, 10);

    /// Symbol k of speaker s is the constant 0.1 (s · 3 + k + 1), 800 samples long.
    private static Recording recording(int speaker, int symbol) {
        var sound = new float[800];
        Arrays.fill(sound, 0.1f * (speaker * 3 + symbol + 1));
        return new Recording(symbol, sound);
    }

    private static SpokenStrings strings(int frames, double gap, int count) {
        return SpokenStrings.of(
                List.of(List.of(recording(0, 0), recording(0, 1), recording(0, 2)),
                        List.of(recording(1, 0), recording(1, 1), recording(1, 2))),
                BANDS, frames, new SpokenStrings.Plan(2, 4, gap, 0), count, 9);
    }

    @Test
    void aStringIsOneSpeakersRecordingsWithGaps() {
        var data = strings(100, 0.1, 60);
        var lengths = new HashSet<Integer>();
        for (int i = 0; i < data.size(); i++) {
            var symbols = data.symbols(i);
            lengths.add(symbols.size());
            var sound = data.sound(i);
            // what is said, in order: runs of a constant that is not 0
            var levels = new java.util.ArrayList<Integer>();
            int samples = 0;
            for (float v : sound) {
                samples += v != 0 ? 1 : 0;
                if (v != 0 && samples % 800 == 1) {
                    levels.add(Math.round(v * 10) - 1);
                }
            }
            int speaker = levels.getFirst() / 3;
            assertEquals(symbols.stream().map(s -> speaker * 3 + s).toList(), levels);
            assertEquals(800 * symbols.size(), samples);
            assertTrue(sound.length <= samples + (symbols.size() + 1) * 800);
        }
        assertEquals(java.util.Set.of(2, 3, 4), lengths);
    }

    @Test
    void batchesDependOnTheExampleAlone() {
        var data = strings(60, 0.1, 20);
        var two = data.batch(new int[] {7, 3});
        var one = data.batch(new int[] {3});
        assertEquals(Shape.of(2, 1, 60, 10), two.input().shape());
        var x = two.input().toFloatArray();
        assertArrayEquals(one.input().toFloatArray(), Arrays.copyOfRange(x, 600, 1200));
        var y = two.labels().toIntArray();
        assertArrayEquals(one.labels().toIntArray(), Arrays.copyOfRange(y, 5, 10));
        assertEquals(data.symbols(3).size(), y[5]);
        for (int k = 0; k < 4; k++) {
            assertEquals(k < y[5] ? data.symbols(3).get(k) + 1 : 0, y[6 + k]);
        }
        // behind the sound there is nothing, and each band's mean is 0
        int there = BANDS.frames(data.sound(3).length);
        double sum = 0;
        for (int t = 0; t < 60; t++) {
            sum += x[600 + t * 10];
            assertTrue(t < there || x[600 + t * 10] == 0);
        }
        assertEquals(0, sum, 1e-3);
    }

    @Test
    void whatCannotFitIsRefused() {
        var e = assertThrows(IjenException.class, () -> strings(12, 0, 5).batch(new int[] {0}));
        assertTrue(e.getMessage().contains("data.frames"), e.getMessage());
        assertThrows(IjenException.class,
                () -> SpokenStrings.of(List.of(List.of()), BANDS, 9, new SpokenStrings.Plan(1, 2, 0, 0), 1, 0));
    }
}
