package dev.ijen.generate;

import dev.ijen.metrics.Argmax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a network says whose steps are distributions over symbols and a blank, symbol 0 (Graves et al. 2006). Logarithms of
/// probabilities, row by row: [steps · symbols].
public final class CtcSearch {
    private CtcSearch() {}

    /// A symbol and where it is said.
    ///
    /// @param symbol at least 1
    /// @param from the first step
    /// @param to the step behind the last
    public record Span(int symbol, int from, int to) {}

    /// The likeliest symbol of each step, repetitions and blanks left out.
    public static List<Span> greedy(double[] logP, int symbols) {
        var all = new ArrayList<Span>();
        int before = 0;
        for (int t = 0; t < logP.length / symbols; t++) {
            int best = Argmax.of(logP, t * symbols, symbols);
            if (best != 0 && best == before) {
                all.set(all.size() - 1, new Span(best, all.getLast().from, t + 1));
            } else if (best != 0) {
                all.add(new Span(best, t, t + 1));
            }
            before = best;
        }
        return all;
    }

    /// Probabilities of a prefix, in logarithms: of the paths that end with a blank, and of those that end with its last symbol.
    private static final class Ends {
        double blank = Double.NEGATIVE_INFINITY;
        double symbol = Double.NEGATIVE_INFINITY;

        double all() {
            return add(blank, symbol);
        }
    }

    /// The likeliest sequence, all its paths together, as far as a search that keeps `beams` prefixes finds it (prefix beam search:
    /// Graves 2008; Hannun et al., arXiv:1408.2873).
    public static List<Integer> beam(double[] logP, int symbols, int beams) {
        Map<List<Integer>, Ends> kept = new HashMap<>();
        var start = new Ends();
        start.blank = 0;
        kept.put(List.of(), start);
        for (int t = 0; t < logP.length / symbols; t++) {
            var next = new HashMap<List<Integer>, Ends>();
            for (var e : kept.entrySet()) {
                extend(e.getKey(), e.getValue(), logP, t * symbols, symbols, next);
            }
            kept = best(next, beams);
        }
        return best(kept, 1).keySet().iterator().next();
    }

    private static void extend(
            List<Integer> prefix, Ends ends, double[] logP, int at, int symbols, Map<List<Integer>, Ends> next) {
        int last = prefix.isEmpty() ? 0 : prefix.getLast();
        var same = next.computeIfAbsent(prefix, p -> new Ends());
        same.blank = add(same.blank, ends.all() + logP[at]);
        if (last != 0) {
            same.symbol = add(same.symbol, ends.symbol + logP[at + last]);
        }
        for (int c = 1; c < symbols; c++) {
            // the same symbol again needs a blank in between
            double before = c == last ? ends.blank : ends.all();
            if (before == Double.NEGATIVE_INFINITY) {
                continue;
            }
            var longer = new ArrayList<>(prefix);
            longer.add(c);
            var e = next.computeIfAbsent(List.copyOf(longer), p -> new Ends());
            e.symbol = add(e.symbol, before + logP[at + c]);
        }
    }

    private static Map<List<Integer>, Ends> best(Map<List<Integer>, Ends> all, int beams) {
        var kept = new HashMap<List<Integer>, Ends>();
        all.entrySet().stream()
                .sorted(Comparator.comparingDouble((Map.Entry<List<Integer>, Ends> e) -> -e.getValue().all())
                        .thenComparing(e -> e.getKey().toString())) // among equals the same one each time
                .limit(beams)
                .forEach(e -> kept.put(e.getKey(), e.getValue()));
        return kept;
    }

    /// Where each symbol of a sequence is said, on its likeliest path (Viterbi 1967); empty if there are too few steps for it.
    public static List<Span> align(double[] logP, int symbols, List<Integer> sequence) {
        int steps = logP.length / symbols;
        int states = 2 * sequence.size() + 1;
        var score = new double[states];
        Arrays.fill(score, Double.NEGATIVE_INFINITY);
        var from = new int[steps][states];
        for (int t = 0; t < steps; t++) {
            var before = score.clone();
            for (int s = 0; s < states; s++) {
                int symbol = s % 2 == 0 ? 0 : sequence.get(s / 2);
                int best = s;
                if (t > 0 && s > 0 && before[s - 1] > before[best]) {
                    best = s - 1;
                }
                boolean skips = s > 2 && symbol != 0 && !sequence.get(s / 2 - 1).equals(symbol);
                if (t > 0 && skips && before[s - 2] > before[best]) {
                    best = s - 2;
                }
                double reached = t == 0 ? s <= 1 ? 0 : Double.NEGATIVE_INFINITY : before[best];
                score[s] = reached + logP[t * symbols + symbol];
                from[t][s] = best;
            }
        }
        int state = states > 1 && score[states - 2] > score[states - 1] ? states - 2 : states - 1;
        if (steps == 0 || score[state] == Double.NEGATIVE_INFINITY) {
            return List.of();
        }
        return spans(from, state, sequence);
    }

    private static List<Span> spans(int[][] from, int end, List<Integer> sequence) {
        var first = new int[sequence.size()];
        var last = new int[sequence.size()];
        int state = end;
        for (int t = from.length - 1; t >= 0; t--) {
            if (state % 2 == 1) {
                first[state / 2] = t;
                last[state / 2] = Math.max(last[state / 2], t);
            }
            state = from[t][state];
        }
        var all = new ArrayList<Span>();
        for (int i = 0; i < first.length; i++) {
            all.add(new Span(sequence.get(i), first[i], last[i] + 1));
        }
        return all;
    }

    private static double add(double a, double b) {
        double m = Math.max(a, b);
        return m == Double.NEGATIVE_INFINITY ? m : m + Math.log(Math.exp(a - m) + Math.exp(b - m));
    }
}
