package dev.ijen.metrics;

import dev.ijen.tensor.IjenException;
import java.util.function.IntToDoubleFunction;

/// How often each class was taken for each, and the numbers that follow from it. All classes count in averages, also
/// those no example has. Quotients with a zero below are 0 unless [#zeroDivision] says otherwise.
public final class Confusion {
    private final long[][] counts;
    private final double zero;

    private Confusion(long[][] counts, double zero) {
        this.counts = counts;
        this.zero = zero;
    }

    /// From true and predicted classes, 0 to `classes` − 1.
    public static Confusion of(int[] truth, int[] predicted, int classes) {
        Inputs.lengths("confusion", truth.length, predicted.length);
        Inputs.labels("confusion", truth, classes);
        Inputs.labels("confusion", predicted, classes);
        var counts = new long[classes][classes];
        for (int i = 0; i < truth.length; i++) {
            counts[truth[i]][predicted[i]]++;
        }
        return new Confusion(counts, 0);
    }

    /// From true classes and scores [N, C], row by row: the greatest score is the prediction.
    public static Confusion ofScores(int[] truth, double[] scores, int classes) {
        return of(truth, Accuracy.predictions(truth, scores, classes), classes);
    }

    /// The counts of this and another together.
    public Confusion plus(Confusion o) {
        if (o.counts.length != counts.length) {
            throw new IjenException(
                    "confusion: classes differ", counts.length + " and " + o.counts.length, "equally many",
                    "use the same classes");
        }
        var sum = new long[counts.length][counts.length];
        for (int i = 0; i < sum.length; i++) {
            for (int j = 0; j < sum.length; j++) {
                sum[i][j] = counts[i][j] + o.counts[i][j];
            }
        }
        return new Confusion(sum, zero);
    }

    /// The same counts, quotients with a zero below being `value`.
    public Confusion zeroDivision(double value) {
        return new Confusion(counts, value);
    }

    /// A copy of the counts: `counts[truth][predicted]`.
    public long[][] counts() {
        var copy = new long[counts.length][];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = counts[i].clone();
        }
        return copy;
    }

    /// Number of classes.
    public int classes() {
        return counts.length;
    }

    /// Number of examples.
    public long total() {
        long n = 0;
        for (int i = 0; i < counts.length; i++) {
            n += support(i);
        }
        return n;
    }

    /// Examples of a class.
    public long support(int c) {
        long n = 0;
        for (long v : counts[c]) {
            n += v;
        }
        return n;
    }

    /// How often a class was predicted.
    public long predicted(int c) {
        long n = 0;
        for (var row : counts) {
            n += row[c];
        }
        return n;
    }

    private long correct() {
        long n = 0;
        for (int i = 0; i < counts.length; i++) {
            n += counts[i][i];
        }
        return n;
    }

    private double divide(long a, long b) {
        return b == 0 ? zero : (double) a / b;
    }

    /// Share of right predictions.
    public double accuracy() {
        return divide(correct(), total());
    }

    /// Of those taken for class c, the share that is.
    public double precision(int c) {
        return divide(counts[c][c], predicted(c));
    }

    /// Of class c, the share that was found.
    public double recall(int c) {
        return divide(counts[c][c], support(c));
    }

    /// Harmonic mean of precision and recall of class c: `2 · tp / (support + predicted)`.
    public double f1(int c) {
        return divide(2 * counts[c][c], support(c) + predicted(c));
    }

    /// Precision over all classes.
    public double precision(Average average) {
        return over(average, this::precision);
    }

    /// Recall over all classes.
    public double recall(Average average) {
        return over(average, this::recall);
    }

    /// F1 over all classes.
    public double f1(Average average) {
        return over(average, this::f1);
    }

    private double over(Average average, IntToDoubleFunction of) {
        if (average == Average.MICRO) {
            return accuracy();
        }
        double sum = 0;
        double weights = 0;
        for (int c = 0; c < counts.length; c++) {
            double w = average == Average.WEIGHTED ? support(c) : 1;
            // a class without weight must not spoil the sum with a zero division of NaN
            sum += w == 0 ? 0 : w * of.applyAsDouble(c);
            weights += w;
        }
        return weights == 0 ? zero : sum / weights;
    }

    /// Mean recall of the classes that have examples.
    public double balancedAccuracy() {
        double sum = 0;
        int present = 0;
        for (int c = 0; c < counts.length; c++) {
            if (support(c) > 0) {
                sum += recall(c);
                present++;
            }
        }
        return present == 0 ? zero : sum / present;
    }

    /// Matthews' correlation coefficient (Gorodkin's for more than two classes); 0 if truth or prediction is constant.
    public double matthews() {
        double n = total();
        double cross = 0;
        double truths = 0;
        double predictions = 0;
        for (int c = 0; c < counts.length; c++) {
            double t = support(c);
            double p = predicted(c);
            cross += t * p;
            truths += t * t;
            predictions += p * p;
        }
        double below = Math.sqrt(n * n - predictions) * Math.sqrt(n * n - truths);
        return below == 0 ? 0 : (correct() * n - cross) / below;
    }

    /// Cohen's kappa: agreement beyond chance; 1 if truth and prediction are the same constant.
    public double kappa() {
        double n = total();
        double chance = 0;
        for (int c = 0; c < counts.length; c++) {
            chance += (double) support(c) * predicted(c) / n / n;
        }
        return chance == 1 ? 1 : (correct() / n - chance) / (1 - chance);
    }

    @Override
    public String toString() {
        var s = new StringBuilder();
        int width = String.valueOf(total()).length() + 1;
        for (var row : counts) {
            for (long v : row) {
                s.append(String.format("%" + width + "d", v));
            }
            s.append('\n');
        }
        return s.toString();
    }
}
