package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.Subset;
import dev.ijen.engine.Engine;
import dev.ijen.format.FormatException;
import dev.ijen.format.Json;
import dev.ijen.format.Safetensors;
import dev.ijen.nn.Module;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Precision;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// A trained model with everything needed to use it, out of a checkpoint's `model.safetensors`, which is complete by itself.
public final class Trained implements AutoCloseable {
    private final Path file;
    private final TrainConfig config;
    private final Preprocessor pre;
    private final Engine engine;
    private final Task task;
    private final Problem problem;
    private final Module model;
    private final Scorer scorer;
    private final Predictor predictor;
    private final GivenData data;

    private Trained(Path file, Path adapter, TrainConfig config, Preprocessor pre, int outputs, TrainOptions options) {
        this.file = file;
        this.config = config;
        this.pre = pre;
        this.engine = Trainer.open(config, options);
        try {
            this.task = Task.of(config);
            this.problem = new Problem(pre, task.label(pre, outputs), outputs, null);
            this.model = Models.of(engine, config, task, problem);
            if (adapter == null) {
                Checkpoints.restore(file, "", Module.cells(model));
            } else {
                Adapters.restore(file, adapter, Module.cells(model));
            }
            if (engine.precision() == Precision.F16) {
                checkRange();
            }
            this.scorer = new Scorer(engine, task, problem, model, null, config.training().evalBatchSize());
            this.predictor = new Predictor(engine, task, problem, model, scorer);
            this.data = new GivenData(config, task, pre);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /// Refuses F16 for weights that would be infinite in it.
    private void checkRange() {
        Module.parameters(model).forEach((name, p) -> {
            for (float v : p.read().toFloatArray()) {
                if (Math.abs(v) >= 65520) { // from here on the nearest F16 is infinity
                    throw new IjenException(
                            "precision f16 does not hold this model",
                            "a weight of " + v + " in '" + name + "'",
                            "weights of at most 65504",
                            "use --precision bf16 or f32");
                }
            }
        });
    }

    /// A run's best weights (its last ones where none are best yet), a checkpoint's folder, or a `model.safetensors`.
    ///
    /// @throws FormatException if it is none of these, or damaged
    public static Trained load(Path path, TrainOptions options) {
        return load(path, null, options, c -> c);
    }

    /// A model with adapters that were trained on it; what they were trained for is known from their file.
    ///
    /// @param adapter file of them, from `ijen export --adapter`; null for none
    /// @param precision to compute in; null for that of the training
    public static Trained load(Path path, Path adapter, TrainOptions options, Precision precision) {
        return load(path, adapter, options, c -> precision == null ? c : c.withPrecision(precision));
    }

    private static Trained load(Path path, Path adapter, TrainOptions options, UnaryOperator<TrainConfig> change) {
        var file = file(path);
        CheckpointSeal.checkModel(file);
        String yaml;
        String json;
        int outputs;
        try (var in = Safetensors.open(adapter == null ? file : adapter)) {
            var m = in.metadata();
            yaml = m.get("ijen.config");
            json = m.get("ijen.preprocessor");
            if (yaml == null || json == null) {
                throw FormatException.unsupported(
                        file, "a model without its configuration", "metadata " + m.keySet(),
                        "weights saved by 'ijen train'", "give a run's folder");
            }
            var pre = Preprocessor.fromJson(file + " preprocessor", json);
            var config = change.apply(ModelFiles.located(ConfigReader.parse(file + " config", yaml, List.of()), file));
            outputs = Task.of(config).outputs(pre);
            outputs = outputs < 0 ? targets(in) : outputs;
            return new Trained(file, adapter, config, pre, outputs, options);
        }
    }

    /// Targets of a regression: as many as the last bias has numbers.
    private static int targets(Safetensors in) {
        var names = in.names().stream().filter(n -> n.endsWith("bias") || n.endsWith("weight")).toList();
        int best = -1;
        int targets = 1;
        for (var name : names) {
            var first = name.substring(0, Math.max(0, name.indexOf('.')));
            int at = first.matches("[0-9]{1,6}") ? Integer.parseInt(first) : -1;
            var shape = in.info(name).shape();
            if (at >= best && shape.rank() > 0) {
                best = at;
                targets = shape.dim(0);
            }
        }
        return targets;
    }

    static Path file(Path path) {
        if (Files.isRegularFile(path)) {
            if (!path.toString().endsWith(".safetensors")) {
                throw FormatException.lacking(
                        path,
                        "not a model",
                        "a file of another kind",
                        "a run, a checkpoint, or its model.safetensors",
                        "give the folder of a run, such as runs/digits; files to predict come after it: ijen predict RUN FILE");
            }
            return path;
        }
        if (Files.isDirectory(path)) {
            var direct = path.resolve(Checkpoints.MODEL);
            if (Files.isRegularFile(direct)) {
                return direct;
            }
            var checkpoints = new Checkpoints(path.resolve("checkpoints"));
            for (var pointer : List.of("best", "last")) {
                var found = checkpoints.find(pointer);
                if (found != null) {
                    return found.resolve(Checkpoints.MODEL);
                }
            }
            throw FormatException.unsupported(
                    path, "a folder without a checkpoint", "neither model.safetensors nor checkpoints/last",
                    "a run or a checkpoint", RunDirectory.around(path));
        }
        throw FormatException.missing(path, "give a run's folder, a checkpoint or a model.safetensors");
    }

    /// A run's best weights, computing in another precision than it was trained with.
    public static Trained load(Path path, TrainOptions options, Precision precision) {
        return load(path, null, options, precision);
    }

    /// The configuration it was trained with, but for a precision that was asked for.
    public TrainConfig config() {
        return config;
    }

    /// The classes by index; empty for regression.
    public List<String> classNames() {
        return pre.classNames();
    }

    /// Whether it tells classes.
    public boolean isClassification() {
        return !pre.classNames().isEmpty();
    }

    /// What was learnt about the data.
    public Preprocessor preprocessor() {
        return pre;
    }

    /// The network.
    public Module model() {
        return model;
    }

    /// The device.
    public Engine engine() {
        return engine;
    }

    /// The file the weights are from.
    public Path checkpoint() {
        return file;
    }

    /// Steps it was trained for; 0 where the file stands alone.
    public long step() {
        var state = file.resolveSibling(Checkpoints.STATE);
        return Files.isRegularFile(state) ? Fields.of(state.toString(), Json.parse(state)).whole("step") : 0;
    }

    /// One line.
    public String description() {
        var head = config.name() + ": " + Module.parameterCount(model) + " parameters, ";
        if (task instanceof Generative) {
            return head + "makes examples " + pre.shape();
        }
        int n = problem.outputs();
        return head + "input " + pre.shape() + ", "
                + (isClassification() ? n + " classes" : n + " target" + (n == 1 ? "" : "s"));
    }

    /// Layers, work and memory for a batch.
    public TrainPlan plan(int batchSize) {
        return TrainPlan.of(engine, model, scorer, pre, batchSize);
    }

    /// Predictions for files: one for a picture, one a row for a table.
    public List<Prediction> predict(List<Path> files) {
        return predictor.files(files);
    }

    /// For a picture of any size.
    public Prediction predictImage(Path picture) {
        return predictor.picture(picture);
    }

    /// The class of each pixel of pictures of any size.
    ///
    /// @throws IjenException if the model tells no classes of pixels
    public List<PixelClasses> pixelClasses(List<Path> pictures) {
        if (!(task instanceof SegmentationTask)) {
            throw new IjenException("predict: this model tells no classes of pixels", description(),
                    "one trained for segmentation", "leave out --out, or train one such as unet");
        }
        try (var pixels = new Scorer(engine, x -> SegmentationTask.classes(model, x), task, problem, 1)) {
            return pictures.stream().map(p -> predictor.pixelClasses(p, pixels)).toList();
        }
    }

    /// For texts: what stands at their `[MASK]`s, the text's answer, or their class.
    ///
    /// @throws IjenException if the model does not take texts
    public List<Prediction> predictTexts(List<String> texts, List<String> sources) {
        return predictor.texts(texts, sources);
    }

    /// For every row of a table with the columns the model was trained on; the target's may be missing.
    public List<Prediction> predictCsv(Path table) {
        return predictor.table(table);
    }

    /// For the examples of a dataset.
    public List<Prediction> predict(Dataset data) {
        return predictor.examples(data);
    }

    /// How well it does on the examples of a path: the test part of a folder with parts, every row of a table. Of the very data it
    /// was trained on, only what was held out for the test is taken.
    ///
    /// @param path null for the run's own data
    public Evaluation evaluate(Path path) {
        return evaluate(data.of(path));
    }

    /// How well it does on a dataset.
    public Evaluation evaluate(Dataset data) {
        // classes of pixels are numbers of a label
        boolean classes = isClassification() && !(task instanceof SegmentationTask);
        if (data.isClassification() != classes || !data.input().shape().equals(pre.shape())) {
            throw new IjenException(
                    "evaluate: the data does not fit the model",
                    "examples " + data.input().shape() + (data.isClassification() ? ", classes" : ", numbers"),
                    "examples " + pre.shape() + (classes ? ", classes " + classNames() : ", numbers"),
                    "give data like that it was trained on");
        }
        return scorer.evaluate(classes ? Relabelled.of(data, classNames(), "data") : data);
    }

    /// What the network makes of the examples of a path; the same examples as in [#evaluate(Path)].
    ///
    /// @param path null for the run's own data
    /// @param layer whose values are taken; null for those before the last layer
    /// @param most examples, spread over all
    public Embeddings embed(Path path, String layer, int most) {
        var all = data.of(path);
        int n = Math.min(most, all.size());
        var indices = IntStream.range(0, n).map(i -> (int) ((long) i * all.size() / n)).toArray();
        var part = Subset.of(all, indices);
        try (var other = new Scorer(engine, x -> Embeddings.of(model, layer,
                () -> task.outputs(model, problem, x, null)), task, problem, config.training().evalBatchSize())) {
            return Embeddings.of(part, indices, other.outputs(part),
                    layer == null ? "before the last layer" : layer);
        }
    }

    /// The vectors of a text model's symbols.
    ///
    /// @throws EmbedException if it is no model of texts
    public Embeddings embedSymbols() {
        if (!(pre instanceof TokenRows.Tokens t)) {
            throw new EmbedException("no symbols", "a model of other data than texts", "a model of texts",
                    "leave out --table");
        }
        return Embeddings.table(model, t.vocabulary());
    }

    /// Where the run's own data is, in one line.
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s (%s)", description(), file);
    }

    /// Whether a path is a model that makes examples, as far as can be told without loading it.
    public static boolean isGenerative(Path path) {
        if (!Files.isDirectory(path) && !path.toString().endsWith(".safetensors")) {
            return false;
        }
        try (var in = Safetensors.open(file(path))) {
            var yaml = in.metadata().get("ijen.config");
            return yaml != null
                    && Task.of(ConfigReader.parse(path + " config", yaml, List.of())) instanceof Generative;
        }
    }

    /// Makes examples, F32 [count, …] as the data has them: pictures [count, C, H, W] from 0 to 1.
    ///
    /// @param prompt in words; empty for any
    /// @param seed the same seed gives the same examples
    /// @param steps of sampling; 0 for the configuration's
    /// @param guidance how much the prompt counts; negative for the configuration's
    /// @throws IjenException if the model makes nothing, or does not understand the prompt
    public HostTensor make(int count, String prompt, long seed, int steps, double guidance) {
        var wish = new Generative.Wish(count, prompt, seed, steps, guidance);
        return generative("generate").sample(engine, model, problem, wish);
    }

    private Generative generative(String command) {
        if (!(task instanceof Generative g)) {
            throw new IjenException(command + ": this model makes nothing", "a model that tells classes or numbers",
                    "one that was trained to make examples", "train dcgan, vae or diffusion-digits");
        }
        return g;
    }

    /// What a classifier says of examples this model makes: `prompted_accuracy` where they can be asked for by class, `classes`,
    /// `confident`, `inception_score`, `frechet_logits` (see [SampleJudge]).
    ///
    /// @param classifier of the same kind of examples and the same classes
    /// @param data the real examples; null for the test part of the data this model was trained on
    /// @param count examples to make, an equal share for each class
    /// @param seed the same seed gives the same examples
    /// @throws IjenException if this model makes nothing or the classifier is of another kind
    public Evaluation judge(Trained classifier, Path data, int count, long seed) {
        var g = generative("eval");
        if (classifier.task instanceof Generative) {
            throw new IjenException("eval: the judge tells no classes", classifier.description(), "a classifier",
                    "train one on the same data, such as mnist-cnn on MNIST");
        }
        SampleJudge.check(pre, classifier.pre);
        return new SampleJudge(g, problem, classifier.scorer, classifier.classNames()).judge(
                (wish, classes) -> classes == null ? g.sample(engine, model, problem, wish)
                        : g.sample(engine, model, problem, wish, classes),
                this.data.of(data), Generative.Wish.of(count, "", seed));
    }

    /// Frees the device.
    @Override
    public void close() {
        scorer.close();
        Module.close(model);
        engine.close();
    }
}
