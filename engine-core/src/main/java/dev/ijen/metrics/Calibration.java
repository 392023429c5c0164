package dev.ijen.metrics;

/// How far probabilities can be believed.
public final class Calibration {
    private Calibration() {}

    /// Mean of −ln of the probability given to the true class, for probabilities [N, C]; they are kept from 0 and 1 by
    /// 2⁻⁵² and rows are divided by their sum.
    public static double logLoss(int[] truth, double[] probabilities, int classes) {
        Inputs.rows("log loss", truth, probabilities, classes);
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            double total = 0;
            for (int c = 0; c < classes; c++) {
                total += clip(probabilities[i * classes + c]);
            }
            sum -= Math.log(clip(probabilities[i * classes + truth[i]]) / total);
        }
        return sum / truth.length;
    }

    private static double clip(double p) {
        return Math.min(Math.max(p, Math.ulp(1.0)), 1 - Math.ulp(1.0));
    }

    /// Brier score of the probability of class 1: mean of (p − y)².
    public static double brier(int[] truth, double[] probability) {
        Inputs.binary("brier score", truth, probability);
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            double d = probability[i] - truth[i];
            sum += d * d;
        }
        return sum / truth.length;
    }

    /// Brier score of probabilities [N, C]: mean of Σ (p − y)² over the classes (twice [#brier(int[], double[])] for
    /// two of them).
    public static double brier(int[] truth, double[] probabilities, int classes) {
        Inputs.rows("brier score", truth, probabilities, classes);
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            for (int c = 0; c < classes; c++) {
                double d = probabilities[i * classes + c] - (truth[i] == c ? 1 : 0);
                sum += d * d;
            }
        }
        return sum / truth.length;
    }

    /// Expected calibration error (Guo et al., arXiv:1706.04599): examples fall into `bins` equal intervals (low, high]
    /// by the probability of their predicted class; the mean of |accuracy − mean probability| over the bins, weighted
    /// with their sizes.
    public static double ece(int[] truth, double[] probabilities, int classes, int bins) {
        double sum = 0;
        for (var b : reliability(truth, probabilities, classes, bins)) {
            sum += b.count * Math.abs(b.accuracy - b.confidence);
        }
        return sum / truth.length;
    }

    /// One interval of predicted probability.
    ///
    /// @param low lower bound, exclusive
    /// @param high upper bound, inclusive
    /// @param count examples in it
    /// @param confidence their mean probability; 0 if there are none
    /// @param accuracy share of right predictions; 0 if there are none
    public record Bin(double low, double high, int count, double confidence, double accuracy) {}

    /// The bins of [#ece], as a reliability diagram shows them.
    public static Bin[] reliability(int[] truth, double[] probabilities, int classes, int bins) {
        var predicted = Accuracy.predictions(truth, probabilities, classes);
        var counts = new int[bins];
        var confidence = new double[bins];
        var right = new double[bins];
        for (int i = 0; i < truth.length; i++) {
            double p = probabilities[i * classes + predicted[i]];
            int b = (int) Math.min(Math.max(Math.ceil(p * bins) - 1, 0), bins - 1.0);
            counts[b]++;
            confidence[b] += p;
            right[b] += predicted[i] == truth[i] ? 1 : 0;
        }
        var all = new Bin[bins];
        for (int b = 0; b < bins; b++) {
            double n = Math.max(counts[b], 1);
            all[b] = new Bin((double) b / bins, (b + 1.0) / bins, counts[b], confidence[b] / n, right[b] / n);
        }
        return all;
    }
}
