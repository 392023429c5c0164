package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.Datasets;
import dev.ijen.data.ElementSpec;
import dev.ijen.data.synth.Figures;
import dev.ijen.engine.Engine;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Module;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TrainConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/// A class for each pixel. Data are drawn figures, or an .npz file of images `x` [N, C, H, W] and labels `y` [N, H, W]; the network gives
/// [N, classes, H, W]. `iou` is the mean over classes of the pixels both say over those either says, counted over all examples.
///
/// @param config the whole configuration
record SegmentationTask(TrainConfig config) implements Task {
    private static final int CHUNK = 256;

    @Override
    public DataParts load() {
        var d = config.data();
        return switch (d.kind()) {
            case FIGURES -> parts(Figures.dataset(d.count(), d.height(), config.seed()), Figures.CLASSES,
                    "drawn figures");
            case NPZ, AUTO -> {
                var all = Datasets.npz(DataParts.path(d), "x", "y");
                yield parts(all, null, d.path());
            }
            case DIGITS, RING, DATES, NUMBERS, IDX, IMAGES, CSV, LINES, AUDIO -> throw new ConfigException(
                    Mark.of("data.kind"), "no labels of pixels", d.kind().toString(), "figures, or npz with x and y",
                    "store images and their labels in one .npz file");
        };
    }

    private DataParts parts(Dataset all, List<String> names, String source) {
        var image = all.input().shape();
        var label = all.label().shape();
        if (image.rank() != 3 || !label.equals(Shape.of(image.dim(1), image.dim(2)))) {
            throw new ConfigException(Mark.of("data.path"), "images and labels do not fit",
                    "examples " + image + ", labels " + label, "[C, H, W] and [H, W]", "store a label for each pixel");
        }
        double test = config.data().test();
        double validation = (1 - test) * config.data().validation();
        var sets = Datasets.split(all, new double[] {1 - test - validation, validation, test}, config.seed(), false);
        var classes = names == null ? numbered(sets.getFirst()) : names;
        var pre = new Preprocessor.Image(image.dim(0), image.dim(1), image.dim(2), List.of(), List.of(), classes,
                false);
        return new DataParts(sets.get(0), notEmpty(sets.get(1)), notEmpty(sets.get(2)), pre,
                source + ", " + sets.get(0).size() + " to train on, " + classes.size() + " classes");
    }

    private static Dataset notEmpty(Dataset d) {
        return d.size() == 0 ? null : d;
    }

    /// As many classes as the training part has labels.
    private static List<String> numbered(Dataset train) {
        double most = 0;
        for (int from = 0; from < train.size(); from += CHUNK) {
            var y = train.batch(IntStream.range(from, Math.min(from + CHUNK, train.size())).toArray()).labels();
            for (float v : y.toFloatArray()) {
                most = Math.max(most, v);
            }
        }
        return IntStream.rangeClosed(0, (int) most).mapToObj(Integer::toString).toList();
    }

    @Override
    public Problem declared() {
        return Declared.of(config, this);
    }

    @Override
    public int outputs(Preprocessor pre) {
        return pre.classNames().size();
    }

    @Override
    public ElementSpec label(Preprocessor pre, int outputs) {
        return new ElementSpec("mask", DType.F32, Shape.of(pre.shape().dim(1), pre.shape().dim(2)));
    }

    @Override
    public Module model(Engine engine, Problem p) {
        return ModelBuilder.build(engine, config.model(), p.pre().shape(), p.pre().dtype(), p.outputs(), output(p));
    }

    @Override
    public Shape output(Problem p) {
        return Shape.of(p.outputs(), p.pre().shape().dim(1), p.pre().shape().dim(2));
    }

    /// Logits of each pixel, [N, H, W, classes].
    private static Tensor logits(Module model, Tensor x) {
        return model.apply(x).cast(DType.F32).permute(0, 2, 3, 1);
    }

    @Override
    public List<Goal> goals(Engine engine, Module model, Problem p) {
        return List.of(Goal.of(model, (x, y) -> {
            int k = p.outputs();
            int pixels = y.shape().size();
            return Loss.crossEntropy(logits(model, x).reshape(pixels, k), y.reshape(pixels).cast(DType.I32));
        }));
    }

    @Override
    public boolean judgesWithLabels() {
        return true;
    }

    /// Without labels the logarithms of the classes' shares of the pixels, [N, classes]. With them, for each example its mean loss, and for
    /// each class the pixels both say, the network says, the label says: [N, 1 + 3 · classes].
    @Override
    public Tensor outputs(Module model, Problem p, Tensor x, Tensor y) {
        int n = x.shape().dim(0);
        int k = p.outputs();
        int pixels = p.pre().shape().dim(1) * p.pre().shape().dim(2);
        var z = logits(model, x).reshape(n, pixels, k);
        if (y == null) {
            return z.argmax(-1).cast(DType.I32).oneHot(k, DType.F32).mean(1).log();
        }
        var truth = y.reshape(n, pixels).cast(DType.I32).oneHot(k, DType.F32);
        var said = z.argmax(-1).cast(DType.I32).oneHot(k, DType.F32);
        var loss = z.logSoftmax().mul(truth).sum(1, 2).mul(-1.0 / pixels).reshape(n, 1);
        return Tensor.concat(1, loss, said.mul(truth).sum(1), said.sum(1), truth.sum(1));
    }

    /// The likeliest class of each pixel, [N, H, W].
    static Tensor classes(Module model, Tensor x) {
        return logits(model, x).argmax(-1);
    }

    @Override
    public Evaluation evaluate(Problem p, Dataset data, double[] y) {
        int k = p.outputs();
        var sum = new double[1 + 3 * k];
        for (int i = 0; i < y.length; i++) {
            sum[i % sum.length] += y[i];
        }
        double iou = 0;
        double right = 0;
        double all = 0;
        int seen = 0;
        for (int c = 0; c < k; c++) {
            double both = sum[1 + c];
            double either = sum[1 + k + c] + sum[1 + 2 * k + c] - both;
            right += both;
            all += sum[1 + 2 * k + c];
            if (either > 0) {
                iou += both / either;
                seen++;
            }
        }
        var m = new LinkedHashMap<String, Double>();
        m.put("iou", iou / Math.max(1, seen));
        m.put("pixel_accuracy", right / all);
        return new Evaluation(data.size(), sum[0] / data.size(), m, null, List.of());
    }

    @Override
    public List<String> metrics(Preprocessor pre) {
        return List.of("iou", "loss", "pixel_accuracy");
    }
}
