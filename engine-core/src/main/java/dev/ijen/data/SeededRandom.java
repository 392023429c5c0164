package dev.ijen.data;

import java.util.random.RandomGenerator;

/// A counter-based generator: the stream is a function of a seed and counters (such as epoch and example), so that what
/// one example draws never depends on threads or on what others drew. SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) from
/// a state that mixes seed and counters. The same bits on every machine: functions whose last bit may differ between
/// machines are not used.
public final class SeededRandom implements RandomGenerator {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final long FACTOR = 0xd1342543de82ef95L;
    private long state;
    private double spare = Double.NaN;

    /// A stream of its own for every combination of seed and counters.
    public SeededRandom(long seed, long... counters) {
        long s = mix(seed + GOLDEN);
        for (long c : counters) {
            // the factor keeps (a, b) and (b, a) apart
            s = mix(s * FACTOR + mix(c + GOLDEN));
        }
        state = s;
    }

    private static long mix(long z) {
        long a = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ a >>> 27) * 0x94d049bb133111ebL;
        return b ^ b >>> 31;
    }

    @Override
    public long nextLong() {
        state += GOLDEN;
        return mix(state);
    }

    @Override
    public int nextInt(int bound) {
        // Lemire's multiply-shift; the bias is below 2⁻³²
        return (int) ((nextLong() >>> 32) * bound >>> 32);
    }

    @Override
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1p-53;
    }

    @Override
    public float nextFloat() {
        return (nextLong() >>> 40) * 0x1p-24f;
    }

    /// Uniform in `[from, to)`.
    public double uniform(double from, double to) {
        return from + (to - from) * nextDouble();
    }

    /// Normal with mean 0 and standard deviation 1, by Marsaglia's polar method.
    @Override
    public double nextGaussian() {
        if (!Double.isNaN(spare)) {
            double v = spare;
            spare = Double.NaN;
            return v;
        }
        while (true) {
            double u = uniform(-1, 1);
            double v = uniform(-1, 1);
            double s = u * u + v * v;
            if (s < 1 && s > 0) {
                double f = Math.sqrt(-2 * StrictMath.log(s) / s);
                spare = v * f;
                return u * f;
            }
        }
    }

    /// Beta(α, α), as two gamma variates (Marsaglia and Tsang, ACM TOMS 2000).
    double beta(double alpha) {
        double a = gamma(alpha);
        double b = gamma(alpha);
        return a + b == 0 ? 0.5 : a / (a + b);
    }

    private double gamma(double shape) {
        if (shape < 1) {
            return gamma(shape + 1) * StrictMath.pow(1 - nextDouble(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = nextGaussian();
            double v = (1 + c * x) * (1 + c * x) * (1 + c * x);
            if (v > 0 && StrictMath.log(1 - nextDouble()) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
                return d * v;
            }
        }
    }

    /// Puts the values into a random order (Fisher and Yates).
    void shuffle(int[] values) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = nextInt(i + 1);
            int v = values[i];
            values[i] = values[j];
            values[j] = v;
        }
    }
}
