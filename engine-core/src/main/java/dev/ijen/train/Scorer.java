package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.engine.Engine;
import dev.ijen.engine.InputSpec;
import dev.ijen.engine.ProgramReport;
import dev.ijen.engine.Step;
import dev.ijen.metrics.Average;
import dev.ijen.metrics.Calibration;
import dev.ijen.metrics.Confusion;
import dev.ijen.metrics.Ranking;
import dev.ijen.metrics.Regression;
import dev.ijen.nn.Module;
import dev.ijen.optim.Ema;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Where;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/// Runs a network on a dataset and says how well it does. Every batch has the same shape, so one program serves all.
final class Scorer implements AutoCloseable {
    private static final int WORST = 24;
    private static final int BINS = 15;

    private final Step step;
    private final Preprocessor pre;
    private final HostLoss loss;
    private final int batch;

    /// @param ema whose averages stand for the weights; null for the weights themselves
    Scorer(Engine engine, Module model, Ema ema, Preprocessor pre, HostLoss loss, int batch) {
        this.pre = pre;
        this.loss = loss;
        this.batch = batch;
        this.step = engine.inference(x -> Where.nowhere(() -> {
            var in = pre.standardize(x);
            var y = ema == null ? model.apply(in) : ema.with(model, () -> model.apply(in));
            return y.cast(DType.F32);
        }));
    }

    /// The network's outputs, `[N · outputs]`.
    double[] outputs(Dataset data) {
        int n = data.size();
        int size = batch(n);
        double[] all = null;
        for (int from = 0; from < n; from += size) {
            var indices = new int[size];
            for (int i = 0; i < size; i++) {
                // the last batch is filled up, so that no other shape is compiled
                indices[i] = Math.min(from + i, n - 1);
            }
            var y = step.run(data.batch(indices).input()).toFloatArray(0);
            int width = y.length / size;
            if (all == null) {
                all = new double[n * width];
            }
            int rows = Math.min(size, n - from);
            for (int i = 0; i < rows * width; i++) {
                all[from * width + i] = y[i];
            }
        }
        return all == null ? new double[0] : all;
    }

    /// Examples a batch for a dataset of so many.
    int batch(int examples) {
        return Math.min(batch, examples);
    }

    /// Memory and work of a batch.
    ProgramReport report(int examples) {
        return step.report(List.of(new InputSpec(pre.dtype(), pre.shape().insert(0, examples))));
    }

    Evaluation evaluate(Dataset data) {
        var y = outputs(data);
        for (double v : y) {
            if (!Double.isFinite(v)) {
                throw new TrainException(
                        "evaluation: the network's output is not a number",
                        String.valueOf(v),
                        "finite numbers",
                        "lower optimizer.lr, set optimizer.clip_norm: 1, or check the data for extreme values");
            }
        }
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
            int best = 0;
            for (int c = 1; c < n; c++) {
                best = p[i * n + c] > p[i * n + best] ? c : best;
            }
            if (best != truth[i]) {
                wrong.add(new WorstError(i, names.get(truth[i]), names.get(best), p[i * n + best], losses[i]));
            }
        }
        return worst(wrong);
    }

    private static List<WorstError> worst(List<WorstError> all) {
        all.sort(Comparator.comparingDouble(WorstError::loss).reversed().thenComparingInt(WorstError::index));
        return all.subList(0, Math.min(WORST, all.size()));
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
        return new Evaluation(n, sum / n, m, null, worst(all));
    }

    /// Truth and prediction of the first target in its own unit, of at most `most` examples spread over the dataset.
    double[][] pairs(Dataset data, int most) {
        int n = Math.min(most, data.size());
        var y = outputs(data);
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

    @Override
    public void close() {
        step.close();
    }
}
