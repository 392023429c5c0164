package dev.ijen.train;

import dev.ijen.data.ArrayDataset;
import dev.ijen.data.Dataset;
import dev.ijen.data.Datasets;
import dev.ijen.data.IdxDataset;
import dev.ijen.data.ImageFolder;
import dev.ijen.data.Subset;
import dev.ijen.data.text.TokenWindows;
import dev.ijen.engine.Engine;
import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.format.Images;
import dev.ijen.format.Json;
import dev.ijen.format.Safetensors;
import dev.ijen.format.Wav;
import dev.ijen.nn.Module;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Precision;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// A trained model with everything needed to use it, out of a checkpoint's `model.safetensors`, which is complete by itself.
public final class Trained implements AutoCloseable {
    private static final Pattern NO_PICTURE = Pattern.compile("(?i)\\.(csv|tsv|txt|npy|npz|wav)$");

    private final Path file;
    private final TrainConfig config;
    private final Preprocessor pre;
    private final Engine engine;
    private final Task task;
    private final Problem problem;
    private final Module model;
    private final Scorer scorer;
    private final int outputs;

    private Trained(Path file, Path adapter, TrainConfig config, Preprocessor pre, int outputs, TrainOptions options) {
        this.file = file;
        this.config = config;
        this.pre = pre;
        this.outputs = outputs;
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
        return head + "input " + pre.shape() + ", "
                + (isClassification() ? outputs + " classes" : outputs + " target" + (outputs == 1 ? "" : "s"));
    }

    /// Layers, work and memory for a batch.
    public TrainPlan plan(int batchSize) {
        return TrainPlan.of(engine, model, scorer, pre, batchSize);
    }

    /// Predictions for files: one for a picture, one a row for a table.
    public List<Prediction> predict(List<Path> files) {
        var all = new ArrayList<Prediction>();
        for (var f : files) {
            switch (pre) {
                case Preprocessor.Image i -> all.add(predictImage(f));
                case Preprocessor.Table t -> all.addAll(predictCsv(f));
                case Preprocessor.Arrays a -> all.addAll(predictNpy(f));
                case Preprocessor.Tokens t when isClassification() -> all.addAll(predictTexts(f));
                case Preprocessor.Tokens t -> throw wrongInput(f, "a file");
                case Preprocessor.Masked m -> all.addAll(predictTexts(f));
                case Preprocessor.Pairs p -> all.addAll(predictTexts(f));
                case Preprocessor.Audio a -> all.add(predictSound(f, a));
                case Preprocessor.Speech s -> all.add(predictSpeech(f, s));
                case Preprocessor.Series s -> throw wrongInput(f, "a file");
            }
        }
        return all;
    }

    /// For a picture of any size.
    public Prediction predictImage(Path picture) {
        if (!(pre instanceof Preprocessor.Image p)) {
            throw wrongInput(picture, "a picture");
        }
        var end = NO_PICTURE.matcher(picture.toString());
        if (end.find()) {
            throw wrongInput(picture, "a file " + end.group());
        }
        return predictions(pixels(picture, p),
                List.of(picture.toString())).getFirst();
    }

    private Prediction predictSound(Path file, Preprocessor.Audio a) {
        var x = Sounds.features(a, file.toString(), Wav.read(file));
        return predictions(HostTensor.of(x, 1, 1, a.frames(), a.width()), List.of(file.toString())).getFirst();
    }

    private Prediction predictSpeech(Path file, Preprocessor.Speech s) {
        var x = CtcTask.input(s, file);
        return Prediction.ofSequence(file.toString(),
                ((CtcTask) task).heard(s, scorer.outputs(x), x.shape().dim(2)));
    }

    /// For each line of a text.
    private List<Prediction> predictTexts(Path file) {
        var lines = Texts.read(file).lines().toList();
        var names = IntStream.range(0, lines.size()).mapToObj(i -> file + ":" + (i + 1)).toList();
        return predictTexts(lines, names);
    }

    /// For texts: what stands at their `[MASK]`s, the text's answer, or their class.
    ///
    /// @throws IjenException if the model does not take texts
    public List<Prediction> predictTexts(List<String> texts, List<String> sources) {
        return switch (pre) {
            case Preprocessor.Masked m -> Filled.texts(engine, model, m, texts, sources);
            case Preprocessor.Pairs p -> Answered.texts(engine, Answered.translator(model), p, texts, sources);
            case Preprocessor.Tokens t when isClassification() -> texts.isEmpty() ? List.of()
                    : named(scorer.outputs(Lines.dataset(texts, new int[texts.size()], t)), sources);
            case Preprocessor other -> throw wrongInput(Path.of("text"), "a text");
        };
    }

    private static HostTensor pixels(Path picture, Preprocessor.Image p) {
        return p.ink() && p.channels() == 1
                ? HostTensor.of(InkReader.read(Images.read(picture, 1), p.height(), p.width()), 1, 1, p.height(),
                        p.width())
                : ImageFolder.read(picture, p.channels(), p.height(), p.width());
    }

    /// For every row of a table with the columns the model was trained on; the target's may be missing.
    public List<Prediction> predictCsv(Path table) {
        if (!(pre instanceof Preprocessor.Table p)) {
            throw wrongInput(table, "a table");
        }
        var csv = Csv.read(table);
        var rows = IntStream.range(0, csv.rows()).toArray();
        var names = IntStream.of(rows).mapToObj(r -> table + ":" + csv.line(r)).toList();
        return csv.rows() == 0 ? List.of() : predictions(p.table().features(csv, rows), names);
    }

    private List<Prediction> predictNpy(Path file) {
        var x = dev.ijen.format.Npy.read(file);
        boolean one = x.shape().equals(pre.shape());
        var batch = one ? new HostTensor(x.dtype(), x.shape().insert(0, 1), x.data()) : x;
        if (batch.dtype() != pre.dtype() || batch.shape().rank() == 0
                || !batch.shape().without(0).equals(pre.shape())) {
            throw FormatException.unsupported(
                    file, "its shape", x.dtype() + x.shape().toString(), pre.dtype() + "[N, …] of " + pre.shape(),
                    "store examples as the model was trained on");
        }
        int n = batch.shape().dim(0);
        return predictions(batch, IntStream.range(0, n).mapToObj(i -> file + ":" + i).toList());
    }

    /// For the examples of a dataset.
    public List<Prediction> predict(Dataset data) {
        return named(scorer.outputs(data), IntStream.range(0, data.size()).mapToObj(Integer::toString).toList());
    }

    private List<Prediction> predictions(HostTensor batch, List<String> sources) {
        int n = batch.shape().dim(0);
        var data = ArrayDataset.of(batch, HostTensor.of(new float[n], n, 1), List.of());
        return named(scorer.outputs(data), sources);
    }

    private List<Prediction> named(double[] y, List<String> sources) {
        var all = new ArrayList<Prediction>();
        if (isClassification()) {
            HostLoss.softmax(y, outputs);
        }
        for (int i = 0; i < sources.size(); i++) {
            if (!isClassification()) {
                all.add(new Prediction(sources.get(i), null, pre.targetValue(y[i * outputs]), java.util.Map.of()));
                continue;
            }
            var p = new LinkedHashMap<String, Double>();
            int best = 0;
            for (int c = 0; c < outputs; c++) {
                p.put(classNames().get(c), y[i * outputs + c]);
                best = y[i * outputs + c] > y[i * outputs + best] ? c : best;
            }
            all.add(new Prediction(sources.get(i), classNames().get(best), Double.NaN, p));
        }
        return all;
    }

    private IjenException wrongInput(Path file, String got) {
        var wants = switch (pre) {
            case Preprocessor.Image i -> "a picture, PNG or JPEG, of any size";
            case Preprocessor.Table t -> "a table of the columns it was trained on, .csv";
            case Preprocessor.Arrays a -> "an array [N, …] of " + pre.shape() + ", .npy";
            case Preprocessor.Tokens t ->
                    isClassification() ? "a text, an example a line" : "the beginning of a text, by 'ijen generate'";
            case Preprocessor.Masked m -> "texts with [MASK], an example a line";
            case Preprocessor.Pairs p -> "texts to answer, an example a line";
            case Preprocessor.Audio a -> "sound, .wav";
            case Preprocessor.Speech s -> "sound, .wav";
            case Preprocessor.Series s -> "a series, by 'ijen eval'";
        };
        return FormatException.unsupported(file, "this input for this model", got, wants,
                "give what the model was trained on");
    }

    /// How well it does on the examples of a path: the test part of a folder with parts, every row of a table. Of the very data it
    /// was trained on, only what was held out for the test is taken.
    ///
    /// @param path null for the run's own data
    public Evaluation evaluate(Path path) {
        return evaluate(dataset(path));
    }

    /// How well it does on a dataset.
    public Evaluation evaluate(Dataset data) {
        if (data.isClassification() != isClassification() || !data.input().shape().equals(pre.shape())) {
            throw new IjenException(
                    "evaluate: the data does not fit the model",
                    "examples " + data.input().shape() + (data.isClassification() ? ", classes" : ", numbers"),
                    "examples " + pre.shape() + (isClassification() ? ", classes " + classNames() : ", numbers"),
                    "give data like that it was trained on");
        }
        return scorer.evaluate(isClassification() ? Relabelled.of(data, classNames(), "data") : data);
    }

    private Dataset dataset(Path path) {
        if (path == null || same(path)) {
            var parts = Task.of(path == null ? config : config.withDataPath(path.toString())).load();
            var held = parts.test() != null ? parts.test() : parts.validation();
            return held != null ? held : parts.train();
        }
        if (task instanceof TextTask t) {
            return t.dataset(path, pre);
        }
        return switch (pre) {
            case Preprocessor.Image i -> images(path, i);
            case Preprocessor.Table t -> {
                var csv = Csv.read(path);
                yield t.table().dataset(csv, IntStream.range(0, csv.rows()).toArray());
            }
            case Preprocessor.Arrays a -> Datasets.npz(path, "x", "y");
            // what was learnt about the training's data holds for other data, too
            case Preprocessor.Tokens t when isClassification() -> Lines.all(config.data().withPath(path.toString()), t);
            case Preprocessor.Tokens t ->
                    new TokenWindows(t.vocabulary().encode(Texts.read(path)), t.length(), t.length());
            case Preprocessor.Series s -> new Forecast(config).all(path, s);
            case Preprocessor.Speech s -> StringParts.other(config.withDataPath(path.toString()), s);
            case Preprocessor.Audio _,Preprocessor.Masked _,Preprocessor.Pairs _ -> {
                var parts = Task.of(config.withDataPath(path.toString())).load();
                yield parts.test() != null ? parts.test() : parts.train();
            }
        };
    }

    /// What the network makes of the examples of a path; the same examples as in [#evaluate(Path)].
    ///
    /// @param path null for the run's own data
    /// @param layer whose values are taken; null for those before the last layer
    /// @param most examples, spread over all
    public Embeddings embed(Path path, String layer, int most) {
        var data = dataset(path);
        int n = Math.min(most, data.size());
        var indices = new int[n];
        for (int i = 0; i < n; i++) {
            indices[i] = (int) ((long) i * data.size() / n);
        }
        var part = Subset.of(data, indices);
        try (var other = new Scorer(engine, x -> Embeddings.of(model, layer,
                () -> task.outputs(model, problem, x, null)), task, problem, config.training().evalBatchSize())) {
            double[] all = other.outputs(part);
            int d = n == 0 ? 0 : all.length / n;
            var vectors = new double[n][];
            for (int i = 0; i < n; i++) {
                vectors[i] = java.util.Arrays.copyOfRange(all, i * d, (i + 1) * d);
            }
            var none = new int[n];
            java.util.Arrays.fill(none, -1);
            return new Embeddings(IntStream.of(indices).mapToObj(Integer::toString).toList(), vectors,
                    part.isClassification() ? part.classIndices() : none, part.classNames(),
                    layer == null ? "before the last layer" : layer);
        }
    }

    /// The vectors of a text model's symbols.
    ///
    /// @throws EmbedException if it is no model of texts
    public Embeddings embedSymbols() {
        if (!(pre instanceof Preprocessor.Tokens t)) {
            throw new EmbedException("no symbols", "a model of other data than texts", "a model of texts",
                    "leave out --table");
        }
        return Embeddings.table(model, t.vocabulary());
    }

    private static Dataset images(Path path, Preprocessor.Image i) {
        return switch (Datasets.detect(path)) {
            case IDX -> IdxDataset.test(path);
            case IMAGE_FOLDER -> ImageFolder.of(path, i.channels(), i.height(), i.width());
            case IMAGE_SPLITS -> ImageFolder.of(
                    path.resolve(Files.isDirectory(path.resolve("test")) ? "test" : "val"), i.channels(), i.height(),
                    i.width());
            case CSV, NPZ, NPY -> throw FormatException.unsupported(
                    path, "this data for a model of pictures", "a file", "a folder of pictures or IDX files",
                    "give data like that it was trained on");
        };
    }

    private boolean same(Path path) {
        var own = config.data().path();
        try {
            return !own.isBlank() && Files.exists(Path.of(own)) && Files.exists(path)
                    && Files.isSameFile(Path.of(own), path);
        } catch (IOException e) {
            return false;
        }
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
                dataset(data), Generative.Wish.of(count, "", seed));
    }

    /// Frees the device.
    @Override
    public void close() {
        scorer.close();
        Module.close(model);
        engine.close();
    }
}
