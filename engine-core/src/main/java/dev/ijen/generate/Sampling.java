package dev.ijen.generate;

import dev.ijen.data.SeededRandom;
import dev.ijen.tensor.IjenException;
import java.util.Arrays;

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
        var order = new Likeliest(logits);
        int kept = topK == 0 ? p.length : Math.min(topK, p.length);
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            int token = kept < p.length ? order.get(i) : i;
            p[token] = Math.exp((logits[token] - most) / temperature);
            sum += p[token];
        }
        double within = topP < 1 ? nucleus(p, order, kept, topP * sum) : sum;
        for (int i = 0; i < p.length; i++) {
            p[i] /= within;
        }
        return p;
    }

    /// Leaves only the likeliest that together have a weight, and returns what they have.
    private static double nucleus(double[] p, Likeliest order, int kept, double weight) {
        var all = p.clone();
        Arrays.fill(p, 0);
        double within = 0;
        for (int i = 0; i < kept && within < weight; i++) {
            int token = order.get(i);
            p[token] = all[token];
            within += all[token];
        }
        return within;
    }

    private static int greatest(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }
}
