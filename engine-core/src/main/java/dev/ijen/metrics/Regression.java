package dev.ijen.metrics;

/// How far numbers are from the true ones.
public final class Regression {
    private Regression() {}

    /// Mean squared error.
    public static double mse(double[] truth, double[] predicted) {
        Inputs.lengths("mse", truth.length, predicted.length);
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            double d = predicted[i] - truth[i];
            sum += d * d;
        }
        return sum / truth.length;
    }

    /// Root of the mean squared error.
    public static double rmse(double[] truth, double[] predicted) {
        return Math.sqrt(mse(truth, predicted));
    }

    /// Mean absolute error.
    public static double mae(double[] truth, double[] predicted) {
        Inputs.lengths("mae", truth.length, predicted.length);
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            sum += Math.abs(predicted[i] - truth[i]);
        }
        return sum / truth.length;
    }

    /// Mean of |error / truth|; a truth of 0 counts as 2⁻⁵², so that its error is huge, not infinite.
    public static double mape(double[] truth, double[] predicted) {
        Inputs.lengths("mape", truth.length, predicted.length);
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            sum += Math.abs(predicted[i] - truth[i]) / Math.max(Math.ulp(1.0), Math.abs(truth[i]));
        }
        return sum / truth.length;
    }

    /// Coefficient of determination, 1 − Σ error² / Σ (truth − mean)². For constant truth: 1 if there is no error, else
    /// 0.
    public static double r2(double[] truth, double[] predicted) {
        Inputs.lengths("r2", truth.length, predicted.length);
        double mean = 0;
        for (double t : truth) {
            mean += t / truth.length;
        }
        double total = 0;
        for (double t : truth) {
            total += (t - mean) * (t - mean);
        }
        double left = mse(truth, predicted) * truth.length;
        return total == 0 ? left == 0 ? 1 : 0 : 1 - left / total;
    }
}
