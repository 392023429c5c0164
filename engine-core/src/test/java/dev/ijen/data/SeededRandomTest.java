package dev.ijen.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeededRandomTest {
    @Test
    void bitsArePinned() {
        // the construction written out with Python's integers; a change would change every run
        var r = new SeededRandom(42, 1, 2);
        assertEquals(0xa1df47fc36d3344dL, r.nextLong());
        assertEquals(0xb548f4743d9a7454L, r.nextLong());
        assertEquals(0xa706dd2f4d197e6fL, new SeededRandom(0).nextLong());
    }

    @Test
    void countersGiveStreamsOfTheirOwn() {
        var seen = new HashSet<Long>();
        for (long seed = 0; seed < 10; seed++) {
            for (long a = -10; a < 10; a++) {
                for (long b = -10; b < 10; b++) {
                    seen.add(new SeededRandom(seed, a, b).nextLong());
                }
            }
        }
        assertEquals(4_000, seen.size());
        assertNotEquals(new SeededRandom(1, 2).nextLong(), new SeededRandom(2, 1).nextLong());
        assertNotEquals(new SeededRandom(1).nextLong(), new SeededRandom(1, 0).nextLong());
    }

    @Test
    void distributions() {
        var r = new SeededRandom(7);
        int n = 200_000;
        var counts = new int[10];
        double sum = 0;
        double squares = 0;
        double beta = 0;
        double beta2 = 0;
        for (int i = 0; i < n; i++) {
            counts[r.nextInt(10)]++;
            double g = r.nextGaussian();
            sum += g;
            squares += g * g;
            double b = r.beta(0.4);
            assertTrue(b >= 0 && b <= 1);
            beta += b;
            beta2 += (b - 0.5) * (b - 0.5);
        }
        double chi = 0;
        for (int c : counts) {
            chi += (c - n / 10.0) * (c - n / 10.0) / (n / 10.0);
        }
        assertTrue(chi < 27.9, "χ² with 9 degrees of freedom is above 27.9 once in a thousand: " + chi);
        assertEquals(0, sum / n, 0.01);
        assertEquals(1, squares / n, 0.02);
        // Beta(a, a) has mean 1/2 and variance 1 / (4 (2a + 1))
        assertEquals(0.5, beta / n, 0.005);
        assertEquals(1 / (4 * 1.8), beta2 / n, 0.003);
    }

    @Test
    void shufflesArePermutationsWithoutBias() {
        var where = new int[4][4];
        for (int s = 0; s < 24_000; s++) {
            int[] v = {0, 1, 2, 3};
            new SeededRandom(s).shuffle(v);
            assertArrayEquals(new int[] {0, 1, 2, 3}, IntStream.of(v).sorted().toArray());
            for (int i = 0; i < 4; i++) {
                where[i][v[i]]++;
            }
        }
        for (int[] row : where) {
            for (int c : row) {
                assertEquals(6_000, c, 300);
            }
        }
    }
}
