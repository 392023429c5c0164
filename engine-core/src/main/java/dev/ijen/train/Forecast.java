package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.data.series.LinearForecast;
import dev.ijen.data.series.SeriesWindows;
import dev.ijen.engine.Engine;
import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.nn.Init;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Module;
import dev.ijen.nn.Probe;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/// The next steps of one series, from the past of several. Each window is seen relative to its last step, and what is predicted is the
/// change from there (Zeng et al., arXiv:2205.13504): levels drift. Errors are in deviations of the training part, and those of two
/// baselines stand beside them: the last value, and least squares of the target's own past.
///
/// @param config the whole configuration
record Forecast(TrainConfig config) implements Task {
    @Override
    public DataParts load() {
        var d = config.data();
        var csv = Csv.read(DataParts.path(d));
        var columns = csv.columns().stream()
                .filter(c -> c.type() == Csv.Type.NUMERIC && !d.drop().contains(c.name())).toList();
        var names = columns.stream().map(Csv.Column::name).toList();
        int target = d.target().isBlank() ? names.size() - 1 : names.indexOf(d.target());
        if (target < 0) {
            throw new ConfigException(Mark.of("data.target"), "no such column of numbers", "'" + d.target() + "'",
                    "one of " + names, "choose the series to forecast");
        }
        int n = csv.rows();
        int test = (int) Math.round(n * d.test());
        int validation = (int) Math.round((n - test) * d.validation());
        int train = n - test - validation;
        var mean = new ArrayList<Double>();
        var std = new ArrayList<Double>();
        columns.forEach(c -> fit(c, train, mean, std));
        var rows = rows(columns, mean, std, n);
        int length = config.task().length();
        int horizon = config.task().horizon();
        var first = windows(rows, 0, train, target);
        // what comes before a part may be seen from it, as it would be in use
        var pre = new Preprocessor.Series(names, mean, std, target, length, horizon, LinearForecast.fit(first));
        return new DataParts(
                first, validation < horizon ? null : windows(rows, train - length, train + validation, target),
                test < horizon ? null : windows(rows, n - test - length, n, target), pre,
                d.path() + ", " + n + " steps of " + names.size() + " series, " + names.get(target) + " to forecast");
    }

    private static float[][] rows(List<Csv.Column> columns, List<Double> mean, List<Double> std, int n) {
        var rows = new float[n][columns.size()];
        for (int c = 0; c < columns.size(); c++) {
            for (int i = 0; i < n; i++) {
                double v = columns.get(c).number(i);
                // a gap keeps what was there before
                rows[i][c] = Double.isNaN(v) ? i == 0 ? 0 : rows[i - 1][c] : (float) ((v - mean.get(c)) / std.get(c));
            }
        }
        return rows;
    }

    /// All windows of another file, measured in the means and deviations of the training.
    SeriesWindows all(Path file, Preprocessor.Series s) {
        var csv = Csv.read(file);
        var columns = new ArrayList<Csv.Column>();
        for (var name : s.columns()) {
            var found = csv.columns().stream().filter(c -> c.name().equals(name) && c.type() == Csv.Type.NUMERIC)
                    .findFirst();
            columns.add(found.orElseThrow(() -> FormatException.lacking(file, "no column of numbers '" + name + "'",
                    "columns " + csv.columns().stream().map(Csv.Column::name).limit(30).toList(),
                    "the series of the training: " + s.columns(), "give a table with these columns")));
        }
        return new SeriesWindows(rows(columns, s.mean(), s.std(), csv.rows()), s.length(), s.horizon(), s.target());
    }

    private static void fit(Csv.Column column, int train, List<Double> mean, List<Double> std) {
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int i = 0; i < train; i++) {
            double v = column.number(i);
            if (!Double.isNaN(v)) {
                sum += v;
                squares += v * v;
                count++;
            }
        }
        double m = sum / Math.max(1, count);
        mean.add(m);
        double s = Math.sqrt(Math.max(0, squares / Math.max(1, count) - m * m));
        std.add(s > 0 ? s : 1);
    }

    private SeriesWindows windows(float[][] rows, int from, int to, int target) {
        return new SeriesWindows(
                Arrays.copyOfRange(rows, from, to), config.task().length(), config.task().horizon(), target);
    }

    @Override
    public Problem declared() {
        var m = config.model();
        if (m.input().size() != 2) {
            return null;
        }
        var pre = new Preprocessor.Arrays(DType.F32, Shape.of(m.input().get(0), m.input().get(1)), List.of());
        return new Problem(pre, label(pre, config.task().horizon()), config.task().horizon(), null);
    }

    @Override
    public int outputs(Preprocessor pre) {
        return config.task().horizon();
    }

    @Override
    public ElementSpec label(Preprocessor pre, int outputs) {
        return new ElementSpec("future", DType.F32, Shape.of(outputs));
    }

    @Override
    public Module model(Engine engine, Problem p) {
        var network = ModelBuilder.build(engine, config.model(), p.pre().shape(), DType.F32, p.outputs(), output(p));
        if (!config.task().linear()) {
            return network;
        }
        // from zeros: the network's first guess stands
        var past = Linear.of(engine, p.pre().shape().dim(0), p.outputs(), Init.normal(0, 0), true);
        return new WithPast(past, network, target(p));
    }

    @Override
    public Shape output(Problem p) {
        return Shape.of(p.outputs());
    }

    @Override
    public List<Goal> goals(Engine engine, Module model, Problem p) {
        var loss = Optimizers.plain(Optimizers.kind(config, false));
        return List.of(Goal.of(model, (x, y) -> {
            var out = outputs(model, p, x, null);
            return Where.layer("loss", () -> loss.apply(out, y));
        }));
    }

    @Override
    public Tensor outputs(Module model, Problem p, Tensor x, Tensor y) {
        var change = model.apply(model instanceof WithPast ? x : x.sub(last(x)));
        return change.cast(DType.F32).add(last(x).select(1, 0).slice(1, target(p), 1));
    }

    /// The last step: x [N, T, V] → [N, 1, V].
    private static Tensor last(Tensor x) {
        return x.slice(1, x.shape().dim(1) - 1, 1);
    }

    private static int target(Problem p) {
        return p.pre() instanceof Preprocessor.Series s ? s.target() : 0;
    }

    /// What a network makes of all series, and a weighted sum of the target's own steps and its level: x [N, T, V] → [N, horizon], the
    /// change from the last step. Least squares of the target's own past is one such sum.
    ///
    /// @param past weights of the target's steps, of which the last, always 0 beside itself, gives its place to the level
    /// @param network of all series, seen beside their last step
    /// @param target which series
    private record WithPast(Linear past, Module network, int target) implements Module {
        @Override
        public Tensor apply(Tensor x) {
            var end = last(x);
            var relative = x.sub(end);
            var steps = relative.slice(1, 0, x.shape().dim(1) - 1).slice(2, target, 1).dropAxis(2);
            var own = Tensor.concat(1, steps, end.select(1, 0).slice(1, target, 1));
            return Probe.apply("network", network, relative).add(Probe.apply("past", past, own));
        }
    }

    @Override
    public Evaluation evaluate(Problem p, Dataset data, double[] y) {
        var pre = (Preprocessor.Series) p.pre();
        int h = pre.horizon();
        int n = data.size();
        double[] squares = new double[3];
        double[] absolute = new double[3];
        int variables = pre.columns().size();
        for (int i = 0; i < n; i++) {
            var batch = data.batch(new int[] {i});
            var x = batch.input().toFloatArray();
            var truth = batch.labels().toFloatArray();
            var past = new double[pre.length()];
            for (int t = 0; t < past.length; t++) {
                past[t] = x[t * variables + pre.target()];
            }
            for (int k = 0; k < h; k++) {
                double[] guess = {y[i * h + k], past[past.length - 1], pre.linear().predict(past, k)};
                for (int g = 0; g < guess.length; g++) {
                    squares[g] += Math.pow(guess[g] - truth[k], 2);
                    absolute[g] += Math.abs(guess[g] - truth[k]);
                }
            }
        }
        var m = new LinkedHashMap<String, Double>();
        double count = Math.max(1.0, (double) n * h);
        m.put("mse", squares[0] / count);
        m.put("naive_mse", squares[1] / count);
        m.put("linear_mse", squares[2] / count);
        m.put("mae", absolute[0] / count);
        m.put("naive_mae", absolute[1] / count);
        m.put("linear_mae", absolute[2] / count);
        return new Evaluation(n, squares[0] / count, m, null, List.of());
    }

    @Override
    public List<String> metrics(Preprocessor pre) {
        return List.of("mse", "loss", "mae");
    }
}
