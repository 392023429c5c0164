package dev.ijen.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ijen.data.SeededRandom;
import dev.ijen.tensor.IjenException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplingTest {
    /// Of probabilities 0.5, 0.3, 0.15, 0.05.
    private static final float[] LOGITS = {(float) Math.log(0.15), (float) Math.log(0.5), (float) Math.log(0.05),
        (float) Math.log(0.3)};

    @Test
    void onlyWhatIsAskedForIsDrawn() {
        assertArrayEquals(new double[] {0.15, 0.5, 0.05, 0.3}, Sampling.of(1).probabilities(LOGITS), 1e-6);
        assertArrayEquals(new double[] {0, 0.625, 0, 0.375}, new Sampling(1, 2, 1).probabilities(LOGITS), 1e-6);
        // the likeliest that together have 0.7: 0.5 and 0.3
        assertArrayEquals(new double[] {0, 0.625, 0, 0.375}, new Sampling(1, 0, 0.7).probabilities(LOGITS), 1e-6);
        // at temperature 1/2 probabilities are squared
        double sum = 0.15 * 0.15 + 0.25 + 0.0025 + 0.09;
        assertArrayEquals(new double[] {0.0225 / sum, 0.25 / sum, 0.0025 / sum, 0.09 / sum},
                Sampling.of(0.5).probabilities(LOGITS), 1e-6);
        assertArrayEquals(new double[] {0, 1, 0, 0}, Sampling.GREEDY.probabilities(LOGITS));
    }

    /// All tokens put in order by a stable sort, the definition of top-k and top-p taken word for word.
    private static double[] sorted(Sampling s, float[] logits) {
        var order = IntStream.range(0, logits.length).boxed()
                .sorted((a, b) -> Float.compare(logits[b], logits[a])).mapToInt(Integer::intValue).toArray();
        int kept = s.topK() == 0 ? logits.length : Math.min(s.topK(), logits.length);
        var weight = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            weight[order[i]] = Math.exp((logits[order[i]] - logits[order[0]]) / s.temperature());
            sum += weight[order[i]];
        }
        double within = 0;
        for (int i = 0; i < kept; i++) {
            weight[order[i]] = within < s.topP() * sum ? weight[order[i]] : 0;
            within += weight[order[i]];
        }
        for (int i = 0; i < weight.length; i++) {
            weight[i] /= within;
        }
        return weight;
    }

    @Test
    void theChoiceIsThatOfAFullSort() {
        var random = new Random(2);
        for (int n : new int[] {1, 2, 7, 63, 64, 65, 1000, 5000}) {
            var logits = new float[n];
            for (int i = 0; i < n; i++) {
                // many equal ones
                logits[i] = random.nextInt(4) == 0 ? 1 : (float) (3 * random.nextGaussian());
            }
            for (var s : List.of(Sampling.of(0.7), new Sampling(1, 40, 1), new Sampling(1.5, 0, 0.9),
                    new Sampling(0.8, 300, 0.99), new Sampling(1, 1, 0.5), new Sampling(3, 0, 0.9999))) {
                assertArrayEquals(sorted(s, logits), s.probabilities(logits), 1e-13, s + " of " + n);
            }
        }
    }

    @Test
    void drawsAsOftenAsTheyAreLikely() {
        var count = new int[4];
        var random = new SeededRandom(1);
        for (int i = 0; i < 20_000; i++) {
            count[Sampling.of(1).choose(LOGITS, random)]++;
        }
        assertEquals(0.5, count[1] / 20_000.0, 0.015);
        assertEquals(0.05, count[2] / 20_000.0, 0.008);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThrows(IjenException.class, () -> Sampling.of(-1));
        assertThrows(IjenException.class, () -> new Sampling(1, 0, 0));
    }

    /// The likeliest first token leads to a worse text: 0.6 · 0.5 against 0.4 · 0.9.
    @Test
    void aSearchLooksAhead() {
        var first = new float[] {(float) Math.log(0.6), (float) Math.log(0.4)};
        var second = new float[] {(float) Math.log(0.5), (float) Math.log(0.5), (float) Math.log(0.1),
            (float) Math.log(0.9)};
        var narrow = new BeamSearch(1, -1);
        narrow.first(first, 2);
        narrow.advance(second, 2);
        assertEquals(0, narrow.best()[0]);
        var wide = new BeamSearch(2, -1);
        wide.first(first, 2);
        assertArrayEquals(new int[] {0, 1}, wide.last());
        wide.advance(second, 2);
        assertArrayEquals(new int[] {1, 1}, wide.best());
        assertArrayEquals(new int[] {1, 0}, wide.parents());
    }

    @Test
    void anEndEndsASequence() {
        var search = new BeamSearch(1, 1);
        search.first(new float[] {5, 0, 0}, 3);
        search.advance(new float[] {0, 9, 0}, 3);
        assertArrayEquals(new int[] {0}, search.best());
    }
}
