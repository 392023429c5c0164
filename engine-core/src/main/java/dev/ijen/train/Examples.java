package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.engine.Engine;
import dev.ijen.loss.Loss;
import dev.ijen.nn.CategoryEmbeddings;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Module;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import dev.ijen.train.config.DataConfig;
import dev.ijen.train.config.TrainConfig;
import java.util.List;
import java.util.stream.IntStream;

/// One class, or a few numbers, for each example: classification and regression, as the data says.
///
/// @param config the whole configuration
record Examples(TrainConfig config) implements Task {
    private static final List<String> CLASSES = List.of(
            "accuracy", "loss", "f1_macro", "precision_macro", "recall_macro", "balanced_accuracy", "matthews",
            "roc_auc", "average_precision", "ece");
    private static final List<String> NUMBERS = List.of("r2", "loss", "rmse", "mae", "mape");

    @Override
    public DataParts load() {
        return DataParts.load(config);
    }

    @Override
    public Problem declared() {
        var m = config.model();
        if (m.input().isEmpty() || m.outputs() == 0) {
            return null;
        }
        boolean numbers = config.data().task() == DataConfig.Task.REGRESSION;
        var shape = Shape.of(m.input().stream().mapToInt(Integer::intValue).toArray());
        var named = config.data().classes();
        var classes = numbers ? List.<String>of()
                : named.size() == m.outputs() ? named
                : IntStream.range(0, m.outputs()).mapToObj(Integer::toString).toList();
        var pre = DataParts.declared(config.data(), shape, classes);
        return new Problem(pre, label(pre, m.outputs()), m.outputs(), null);
    }

    @Override
    public ElementSpec label(Preprocessor pre, int outputs) {
        return pre.classNames().isEmpty()
                ? new ElementSpec("target", DType.F32, Shape.of(outputs))
                : new ElementSpec("label", DType.I32, Shape.scalar());
    }

    @Override
    public int outputs(Preprocessor pre) {
        return pre.classNames().isEmpty() ? -1 : pre.classNames().size();
    }

    @Override
    public Chain model(Engine engine, Problem p) {
        if (p.pre() instanceof Preprocessor.Table t && !t.table().embedded().isEmpty()) {
            var first = CategoryEmbeddings.of(engine, t.table().embedded(), p.pre().shape().dim(0));
            var rest = ModelBuilder.build(engine, config.model(), Shape.of(first.features()), p.pre().dtype(),
                    p.outputs(), output(p));
            var all = Chain.of().then("embeddings", first);
            for (var layer : rest.modules()) {
                all = all.then(String.valueOf(all.modules().size() - 1), layer);
            }
            return all;
        }
        return ModelBuilder.build(engine, config.model(), p.pre().shape(), p.pre().dtype(), p.outputs(), output(p));
    }

    @Override
    public Shape output(Problem p) {
        return Shape.of(p.outputs());
    }

    @Override
    public List<Goal> goals(Engine engine, Module model, Problem p) {
        var loss = loss(p);
        boolean classes = !p.pre().classNames().isEmpty();
        int recompute = config.training().recompute();
        return List.of(new Goal("", model, (x, y) -> {
            var in = p.pre().standardize(x);
            var out = (model instanceof Chain c ? c.apply(in, recompute) : model.apply(in)).cast(DType.F32);
            return new Goal.Result(Where.layer("loss", () -> loss.apply(out, y)), classes ? hits(out, y) : null);
        }));
    }

    private Loss loss(Problem p) {
        return p.train() == null ? Optimizers.plain(kind(p.pre())) : Optimizers.loss(config, p.train());
    }

    private dev.ijen.train.config.TrainingConfig.Loss kind(Preprocessor pre) {
        return Optimizers.kind(config, !pre.classNames().isEmpty());
    }

    private static Tensor hits(Tensor logits, Tensor labels) {
        var truth = labels.dtype().isFloat() ? labels.argmax(-1) : labels;
        return logits.argmax(-1).cast(DType.I32).eq(truth.cast(DType.I32)).cast(DType.F32).sum().cast(DType.F64);
    }

    @Override
    public Tensor outputs(Module model, Problem p, Tensor x, Tensor y) {
        return model.apply(p.pre().standardize(x));
    }

    /// Of outputs of this model.
    Judge judge(Preprocessor pre) {
        return new Judge(pre, new HostLoss(kind(pre), config.training().labelSmoothing()));
    }

    @Override
    public Evaluation evaluate(Problem p, Dataset data, double[] y) {
        return judge(p.pre()).evaluate(data, y);
    }

    @Override
    public List<String> metrics(Preprocessor pre) {
        return pre.classNames().isEmpty() ? NUMBERS : CLASSES;
    }
}
