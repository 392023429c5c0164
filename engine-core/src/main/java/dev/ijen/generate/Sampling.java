package dev.ijen.generate;

import dev.ijen.data.SeededRandom;
import dev.ijen.tensor.IjenException;
import java.util.Comparator;
import java.util.stream.IntStream;

/// How the next token is chosen from logits.
///
/// @param temperature logits are divided by it; 0 for the likeliest token
/// @param topK only so many of the likeliest; 0 for all
/// @param topP only the likeliest that together have this probability (Holtzman et al., arXiv:1904.09751); 1 for all
public record Sampling(double temperature, int topK, double topP) {
    /// The likeliest token.
    public static final Sampling GREEDY = new Sampling(0, 0, 1);

    /// Checks the ranges.
    public Sampling {
        if (!(temperature >= 0) || Double.isInfinite(temperature) || topK < 0 || !(topP > 0 && topP <= 1)) {
            throw new IjenException("sampling: not possible",
                    "temperature " + temperature + ", top-k " + topK + ", top-p " + topP,
                    "temperature ≥ 0, top-k ≥ 0, 0 < top-p ≤ 1", "0.8 is a usual temperature");
        }
    }

    /// All tokens, with a temperature.
    public static Sampling of(double temperature) {
        return new Sampling(temperature, 0, 1);
    }

    /// A token.
    public int choose(float[] logits, SeededRandom random) {
        if (temperature == 0) {
            return greatest(logits);
        }
        var p = probabilities(logits);
        double left = random.nextDouble();
        int last = 0;
        for (int i = 0; i < p.length; i++) {
            if (p[i] > 0) {
                last = i;
                left -= p[i];
                if (left < 0) {
                    return i;
                }
            }
        }
        return last;
    }

    /// What tokens are drawn with, [vocabulary].
    public double[] probabilities(float[] logits) {
        var p = new double[logits.length];
        if (temperature == 0) {
            p[greatest(logits)] = 1;
            return p;
        }
        float most = logits[greatest(logits)];
        var order = IntStream.range(0, p.length).boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -logits[i]).thenComparingInt(i -> i))
                .mapToInt(Integer::intValue).toArray();
        int kept = topK == 0 ? p.length : Math.min(topK, p.length);
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            p[order[i]] = Math.exp((logits[order[i]] - most) / temperature);
            sum += p[order[i]];
        }
        double nucleus = 0;
        double within = 0;
        for (int i = 0; i < kept; i++) {
            if (nucleus >= topP * sum) {
                p[order[i]] = 0;
            }
            nucleus += p[order[i]];
            within += p[order[i]];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= within;
        }
        return p;
    }

    private static int greatest(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }
}
