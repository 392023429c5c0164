package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.metrics.Argmax;
import dev.ijen.metrics.Average;
import dev.ijen.metrics.Calibration;
import dev.ijen.metrics.Confusion;
import dev.ijen.metrics.Ranking;
import dev.ijen.metrics.Regression;
import dev.ijen.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/// Says how good classes and numbers are that a network gave.
///
/// @param pre gives targets their unit
/// @param loss of single examples
record Judge(Preprocessor pre, HostLoss loss) {
    private static final int BINS = 15;

    Evaluation evaluate(Dataset data, double[] y) {
        return data.isClassification() ? classes(data, y) : numbers(data, y);
    }

    private Evaluation classes(Dataset data, double[] z) {
        int n = data.classes();
        int[] truth = data.classIndices();
        var losses = new double[truth.length];
        double sum = 0;
        for (int i = 0; i < truth.length; i++) {
            losses[i] = loss.ofClass(z, i * n, n, truth[i]);
            sum += losses[i];
        }
        HostLoss.softmax(z, n);
        var confusion = Confusion.ofScores(truth, z, n);
        var m = new LinkedHashMap<String, Double>();
        m.put("accuracy", confusion.accuracy());
        m.put("f1_macro", confusion.f1(Average.MACRO));
        m.put("precision_macro", confusion.precision(Average.MACRO));
        m.put("recall_macro", confusion.recall(Average.MACRO));
        m.put("balanced_accuracy", confusion.balancedAccuracy());
        m.put("matthews", confusion.matthews());
        if (n == 2 && confusion.support(0) > 0 && confusion.support(1) > 0) {
            var positive = new double[truth.length];
            for (int i = 0; i < positive.length; i++) {
                positive[i] = z[2 * i + 1];
            }
            m.put("roc_auc", Ranking.rocAuc(truth, positive));
            m.put("average_precision", Ranking.averagePrecision(truth, positive));
        }
        m.put("ece", Calibration.ece(truth, z, n, BINS));
        return new Evaluation(truth.length, sum / truth.length, m, confusion,
                worstClasses(data.classNames(), truth, z, losses));
    }

    private static List<WorstError> worstClasses(List<String> names, int[] truth, double[] p, double[] losses) {
        int n = names.size();
        var wrong = new ArrayList<WorstError>();
        for (int i = 0; i < truth.length; i++) {
            int best = Argmax.of(p, i * n, n);
            if (best != truth[i]) {
                wrong.add(new WorstError(i, names.get(truth[i]), names.get(best), p[i * n + best], losses[i]));
            }
        }
        return WorstError.of(wrong);
    }

    private Evaluation numbers(Dataset data, double[] y) {
        int n = data.size();
        int width = n == 0 ? 1 : y.length / n;
        var truth = labels(data, y.length);
        double sum = 0;
        var all = new ArrayList<WorstError>();
        for (int i = 0; i < n; i++) {
            double l = loss.ofNumbers(y, truth, i * width, width);
            sum += l;
            all.add(new WorstError(i, number(truth[i * width]), number(y[i * width]), Double.NaN, l));
        }
        for (int i = 0; i < y.length; i++) {
            truth[i] = pre.targetValue(truth[i]);
            y[i] = pre.targetValue(y[i]);
        }
        var m = new LinkedHashMap<String, Double>();
        m.put("r2", Regression.r2(truth, y));
        m.put("rmse", Regression.rmse(truth, y));
        m.put("mae", Regression.mae(truth, y));
        m.put("mape", Regression.mape(truth, y));
        return new Evaluation(n, sum / n, m, null, WorstError.of(all));
    }

    /// Truth and prediction of the first target in its own unit, of at most `most` examples spread over the dataset.
    double[][] pairs(Dataset data, double[] y, int most) {
        int n = Math.min(most, data.size());
        int width = y.length / Math.max(1, data.size());
        var truth = labels(data, y.length);
        var all = new double[2][n];
        for (int i = 0; i < n; i++) {
            int at = (int) ((long) i * data.size() / n) * width;
            all[0][i] = pre.targetValue(truth[at]);
            all[1][i] = pre.targetValue(y[at]);
        }
        return all;
    }

    private static double[] labels(Dataset data, int length) {
        var all = new double[length];
        int n = data.size();
        int width = n == 0 ? 1 : length / n;
        int chunk = 1024;
        for (int from = 0; from < n; from += chunk) {
            int rows = Math.min(chunk, n - from);
            var indices = new int[rows];
            for (int i = 0; i < rows; i++) {
                indices[i] = from + i;
            }
            HostTensor y = data.batch(indices).labels();
            for (int i = 0; i < rows * width; i++) {
                all[from * width + i] = y.get(i);
            }
        }
        return all;
    }

    private String number(double label) {
        double v = pre.targetValue(label);
        return String.format(Locale.ROOT, Math.abs(v) >= 1e4 && Math.abs(v) < 1e15 ? "%.0f" : "%.4g", v);
    }
}
