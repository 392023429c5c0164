package dev.ijen.data;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.ShapeException;
import java.util.Arrays;

/// `(x − mean) / std` by channel: F32 or U8 `[N, C, …]` with C means and standard deviations, or one for all → F32.
///
/// @param mean of each channel
/// @param std standard deviation of each channel, above 0
public record Normalize(float[] mean, float[] std) implements Transform {
    private static final int CHUNK = 256;

    /// Checks the numbers.
    public Normalize {
        boolean fits = mean.length == std.length && mean.length > 0;
        for (float s : std) {
            fits &= s > 0 && s < Float.POSITIVE_INFINITY;
        }
        if (!fits) {
            throw new IjenException(
                    "normalize: bad numbers",
                    "mean " + Arrays.toString(mean) + ", std " + Arrays.toString(std),
                    "as many means as standard deviations, these above 0",
                    "fit them on the training part");
        }
        mean = mean.clone();
        std = std.clone();
    }

    /// Mean and standard deviation of each channel of a dataset (the training part).
    public static Normalize fit(Dataset dataset) {
        long[][] counts = Pixels.counts(dataset);
        return counts == null ? fitFloats(dataset) : ofCounts(counts);
    }

    /// Of pixels, by channel and value: a pass over their bytes instead of three over floats.
    private static Normalize ofCounts(long[][] counts) {
        var means = new float[counts.length];
        var stds = new float[counts.length];
        for (int c = 0; c < counts.length; c++) {
            long count = 0;
            double sum = 0;
            for (int v = 0; v < 256; v++) {
                count += counts[c][v];
                sum += counts[c][v] * (double) Pixels.scaled(v);
            }
            double mean = count == 0 ? 0 : sum / count;
            double squares = 0;
            for (int v = 0; v < 256; v++) {
                squares += counts[c][v] * (Pixels.scaled(v) - mean) * (Pixels.scaled(v) - mean);
            }
            means[c] = (float) mean;
            stds[c] = deviation(squares, count);
        }
        return new Normalize(means, stds);
    }

    private static float deviation(double squares, long count) {
        double s = count == 0 ? 1 : Math.sqrt(squares / count);
        return s > 1e-8 ? (float) s : 1; // a constant channel stays constant
    }

    static Normalize fitFloats(Dataset dataset) {
        var shape = dataset.input().shape();
        int channels = shape.rank() == 0 ? 1 : shape.dim(0);
        var count = 0L;
        var mean = new double[channels];
        var squares = new double[channels];
        for (int from = 0; from < dataset.size(); from += CHUNK) {
            int n = Math.min(CHUNK, dataset.size() - from);
            float[] x = values(dataset.batch(range(from, n)).input());
            int inner = x.length / n / channels;
            for (int c = 0; c < channels; c++) {
                // Chan's update: sums of squares around the chunk's own mean lose no digits
                long m = (long) n * inner;
                double own = sum(x, c * inner, channels * inner, inner) / m;
                double around = squares(x, c * inner, channels * inner, inner, own);
                double delta = own - mean[c];
                squares[c] += around + delta * delta * ((double) count * m / (count + m));
                mean[c] += delta * m / (count + m);
            }
            count += (long) n * shape.size() / channels;
        }
        var means = new float[channels];
        var stds = new float[channels];
        for (int c = 0; c < channels; c++) {
            means[c] = (float) mean[c];
            stds[c] = deviation(squares[c], count);
        }
        return new Normalize(means, stds);
    }

    /// To be read only: those of a batch are mostly floats in an array already.
    private static float[] values(HostTensor t) {
        return t.data().heapBase().orElse(null) instanceof float[] x && x.length == t.shape().size() ? x
                : t.toFloatArray();
    }

    private static int[] range(int from, int n) {
        var all = new int[n];
        for (int i = 0; i < n; i++) {
            all[i] = from + i;
        }
        return all;
    }

    // small methods with one pass over the data each: they are compiled while they run for the first time

    /// Of `inner` numbers at each step.
    private static double sum(float[] x, int from, int step, int inner) {
        double sum = 0;
        for (int at = from; at < x.length; at += step) {
            for (int k = at; k < at + inner; k++) {
                sum += x[k];
            }
        }
        return sum;
    }

    private static double squares(float[] x, int from, int step, int inner, double mean) {
        double sum = 0;
        for (int at = from; at < x.length; at += step) {
            for (int k = at; k < at + inner; k++) {
                sum += (x[k] - mean) * (x[k] - mean);
            }
        }
        return sum;
    }

    @Override
    public Batch apply(Batch batch, Context context) {
        var t = batch.input();
        int channels = mean.length == 1 ? 1 : t.shape().rank() < 2 ? -1 : t.shape().dim(1);
        if (channels != mean.length) {
            throw new ShapeException(
                    "normalize", t.dtype() + t.shape().toString(), "[N, " + mean.length + ", …]",
                    "give a mean for every channel");
        }
        float[] x = t.dtype() == DType.F32 ? Rows.floats(t) : t.toFloatArray();
        int inner = x.length / Math.max(1, batch.size() * channels);
        for (int i = 0, at = 0; i < batch.size(); i++) {
            for (int c = 0; c < channels; c++) {
                float scale = 1 / std[c];
                for (int k = 0; k < inner; k++, at++) {
                    x[at] = (x[at] - mean[c]) * scale;
                }
            }
        }
        return batch.withInput(HostTensor.of(x, t.shape().dims()));
    }

    @Override
    public ElementSpec output(ElementSpec input) {
        return new ElementSpec(input.name(), DType.F32, input.shape());
    }

    @Override
    public float[] mean() {
        return mean.clone();
    }

    @Override
    public float[] std() {
        return std.clone();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Normalize n && Arrays.equals(mean, n.mean) && Arrays.equals(std, n.std);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(mean) + Arrays.hashCode(std);
    }
}
