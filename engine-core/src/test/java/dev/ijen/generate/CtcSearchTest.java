package dev.ijen.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CtcSearchTest {
    private static double[] log(double... p) {
        return Arrays.stream(p).map(Math::log).toArray();
    }

    @Test
    void aSequenceMayBeLikelierThanTheLikeliestPath() {
        // Graves 2012, 7.5: blank blank has 0.36, the three paths of 'a' together 0.64
        var p = log(0.6, 0.4, 0.6, 0.4);
        assertEquals(List.of(), CtcSearch.greedy(p, 2));
        assertEquals(List.of(1), CtcSearch.beam(p, 2, 4));
    }

    @Test
    void greedyLeavesRepetitionsAndBlanksOut() {
        var p = log(
                0.1, 0.8, 0.1, //
                0.1, 0.8, 0.1, //
                0.8, 0.1, 0.1, //
                0.1, 0.8, 0.1, //
                0.1, 0.1, 0.8);
        assertEquals(List.of(new CtcSearch.Span(1, 0, 2), new CtcSearch.Span(1, 3, 4), new CtcSearch.Span(2, 4, 5)),
                CtcSearch.greedy(p, 3));
    }

    /// Against all paths, one after the other.
    @Test
    void theBeamFindsTheLikeliestSequence() {
        int symbols = 3;
        int steps = 5;
        var random = new Random(3);
        for (int trial = 0; trial < 50; trial++) {
            var p = new double[steps * symbols];
            for (int t = 0; t < steps; t++) {
                double sum = 0;
                for (int c = 0; c < symbols; c++) {
                    p[t * symbols + c] = random.nextDouble();
                    sum += p[t * symbols + c];
                }
                for (int c = 0; c < symbols; c++) {
                    p[t * symbols + c] /= sum;
                }
            }
            Map<List<Integer>, Double> all = new HashMap<>();
            Map<List<Integer>, Double> bestPath = new HashMap<>();
            for (int path = 0; path < 243; path++) {
                double q = 1;
                int rest = path;
                int before = 0;
                var sequence = new ArrayList<Integer>();
                for (int t = 0; t < steps; t++, rest /= symbols) {
                    int c = rest % symbols;
                    q *= p[t * symbols + c];
                    if (c != 0 && c != before) {
                        sequence.add(c);
                    }
                    before = c;
                }
                all.merge(sequence, q, Double::sum);
                bestPath.merge(sequence, q, Math::max);
            }
            var expected = all.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
            assertEquals(expected, CtcSearch.beam(log(p), symbols, 100));
            // the path that align takes is the likeliest one of that sequence
            double q = 1;
            var spans = CtcSearch.align(log(p), symbols, expected);
            assertEquals(expected, spans.stream().map(CtcSearch.Span::symbol).toList());
            for (int t = 0; t < steps; t++) {
                int step = t;
                int c = spans.stream().filter(s -> s.from() <= step && step < s.to()).findFirst()
                        .map(CtcSearch.Span::symbol).orElse(0);
                q *= p[t * symbols + c];
            }
            assertEquals(bestPath.get(expected), q, 1e-12);
        }
    }

    @Test
    void tooFewStepsAlignNothing() {
        assertEquals(List.of(), CtcSearch.align(log(0.5, 0.5, 0.5, 0.5), 2, List.of(1, 1)));
    }
}
