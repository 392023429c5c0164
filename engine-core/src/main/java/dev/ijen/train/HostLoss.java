package dev.ijen.train;

import dev.ijen.train.config.TrainingConfig;

/// The loss of single examples, computed on the host in double precision from the network's outputs; so it does not depend on
/// how examples are cut into batches.
///
/// @param kind which
/// @param smoothing of cross-entropy
record HostLoss(TrainingConfig.Loss kind, double smoothing) {
    /// Of a class: logits `z[from .. from + n)`.
    double ofClass(double[] z, int from, int n, int label) {
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < n; c++) {
            max = Math.max(max, z[from + c]);
        }
        double sum = 0;
        double all = 0;
        for (int c = 0; c < n; c++) {
            sum += Math.exp(z[from + c] - max);
            all += z[from + c];
        }
        double log = max + Math.log(sum);
        double ce = log - z[from + label];
        if (kind == TrainingConfig.Loss.FOCAL) {
            return Math.pow(-Math.expm1(-ce), 2) * ce;
        }
        return (1 - smoothing) * ce + smoothing * (log - all / n);
    }

    /// Of targets.
    double ofNumbers(double[] p, double[] t, int from, int n) {
        double sum = 0;
        for (int i = from; i < from + n; i++) {
            double d = Math.abs(p[i] - t[i]);
            sum += switch (kind) {
                case MAE -> d;
                case HUBER -> d <= 1 ? d * d / 2 : d - 0.5;
                case MSE, AUTO, CROSS_ENTROPY, FOCAL -> d * d;
            };
        }
        return sum / n;
    }

    /// Probabilities from logits, in place.
    static void softmax(double[] z, int classes) {
        for (int from = 0; from < z.length; from += classes) {
            double max = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                max = Math.max(max, z[from + c]);
            }
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                z[from + c] = Math.exp(z[from + c] - max);
                sum += z[from + c];
            }
            for (int c = 0; c < classes; c++) {
                z[from + c] /= sum;
            }
        }
    }
}
