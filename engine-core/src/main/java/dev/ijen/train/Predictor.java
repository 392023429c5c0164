package dev.ijen.train;

import dev.ijen.data.ArrayDataset;
import dev.ijen.data.Dataset;
import dev.ijen.data.ImageFolder;
import dev.ijen.engine.Engine;
import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.format.Images;
import dev.ijen.format.Npy;
import dev.ijen.format.Wav;
import dev.ijen.metrics.Argmax;
import dev.ijen.nn.Module;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// What a trained network says of pictures, tables, arrays, texts and sounds, each read as its training's data was.
///
/// @param engine the device
/// @param task what it was trained for
/// @param problem what was learnt about the data
/// @param model the network
/// @param scorer that runs it
record Predictor(Engine engine, Task task, Problem problem, Module model, Scorer scorer) {
    private static final Pattern NO_PICTURE = Pattern.compile("(?i)\\.(csv|tsv|txt|npy|npz|wav)$");

    private Preprocessor pre() {
        return problem.pre();
    }

    private boolean classes() {
        return !pre().classNames().isEmpty();
    }

    /// Predictions for files: one for a picture, one a row for a table.
    List<Prediction> files(List<Path> files) {
        var all = new ArrayList<Prediction>();
        for (var f : files) {
            if (task instanceof Generative) {
                throw FormatException.unsupported(f, "this input for this model", "a file to predict",
                        "nothing: the model makes examples", "let it make some: ijen generate RUN");
            }
            switch (pre()) {
                case Preprocessor.Image i -> all.add(picture(f));
                case Preprocessor.Table t -> all.addAll(table(f));
                case Preprocessor.Arrays a -> all.addAll(arrays(f));
                case TokenRows.Tokens t when classes() -> all.addAll(lines(f));
                case TokenRows.Tokens t -> throw wrongInput(f, "a file");
                case TokenRows.Masked m -> all.addAll(lines(f));
                case TokenRows.Pairs p -> all.addAll(lines(f));
                case Preprocessor.Audio a -> all.add(sound(f, a));
                case Preprocessor.Speech s -> all.add(speech(f, s));
                case Preprocessor.Series s -> throw wrongInput(f, "a file");
            }
        }
        return all;
    }

    /// For a picture of any size.
    Prediction picture(Path picture) {
        return predictions(pixels(picture), List.of(picture.toString())).getFirst();
    }

    /// The class of each pixel of a picture.
    ///
    /// @param pixels tells them, [N, H, W]
    PixelClasses pixelClasses(Path picture, Scorer pixels) {
        var x = pixels(picture);
        var y = pixels.outputs(x);
        var classes = new int[y.length];
        for (int i = 0; i < y.length; i++) {
            classes[i] = (int) y[i];
        }
        var size = Images.probe(picture);
        return new PixelClasses(picture.toString(), HostTensor.of(classes, x.shape().dim(2), x.shape().dim(3)),
                pre().classNames(), size.height(), size.width());
    }

    private HostTensor pixels(Path picture) {
        if (!(pre() instanceof Preprocessor.Image p)) {
            throw wrongInput(picture, "a picture");
        }
        var end = NO_PICTURE.matcher(picture.toString());
        if (end.find()) {
            throw wrongInput(picture, "a file " + end.group());
        }
        return pixels(picture, p);
    }

    private Prediction sound(Path file, Preprocessor.Audio a) {
        var x = Sounds.features(a, file.toString(), Wav.read(file));
        return predictions(HostTensor.of(x, 1, 1, a.frames(), a.width()), List.of(file.toString())).getFirst();
    }

    private Prediction speech(Path file, Preprocessor.Speech s) {
        var x = CtcTask.input(s, file);
        return Prediction.ofSequence(file.toString(),
                ((CtcTask) task).heard(s, scorer.outputs(x), x.shape().dim(2)));
    }

    /// For each line of a text.
    private List<Prediction> lines(Path file) {
        var lines = Texts.read(file).lines().toList();
        var names = IntStream.range(0, lines.size()).mapToObj(i -> file + ":" + (i + 1)).toList();
        return texts(lines, names);
    }

    /// For texts: what stands at their `[MASK]`s, the text's answer, or their class.
    ///
    /// @throws IjenException if the model does not take texts
    List<Prediction> texts(List<String> texts, List<String> sources) {
        return switch (pre()) {
            case TokenRows.Masked m -> Filled.texts(engine, model, m, texts, sources);
            case TokenRows.Pairs p -> Answered.texts(engine, Answered.translator(model), p, texts, sources);
            case TokenRows.Tokens t when classes() -> texts.isEmpty() ? List.of()
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
    List<Prediction> table(Path table) {
        if (!(pre() instanceof Preprocessor.Table p)) {
            throw wrongInput(table, "a table");
        }
        var csv = Csv.read(table);
        var rows = IntStream.range(0, csv.rows()).toArray();
        var names = IntStream.of(rows).mapToObj(r -> table + ":" + csv.line(r)).toList();
        return csv.rows() == 0 ? List.of() : predictions(p.table().features(csv, rows), names);
    }

    private List<Prediction> arrays(Path file) {
        var x = Npy.read(file);
        boolean one = x.shape().equals(pre().shape());
        var batch = one ? new HostTensor(x.dtype(), x.shape().insert(0, 1), x.data()) : x;
        if (batch.dtype() != pre().dtype() || batch.shape().rank() == 0
                || !batch.shape().without(0).equals(pre().shape())) {
            throw FormatException.unsupported(
                    file, "its shape", x.dtype() + x.shape().toString(), pre().dtype() + "[N, …] of " + pre().shape(),
                    "store examples as the model was trained on");
        }
        int n = batch.shape().dim(0);
        return predictions(batch, IntStream.range(0, n).mapToObj(i -> file + ":" + i).toList());
    }

    /// For the examples of a dataset.
    List<Prediction> examples(Dataset data) {
        return named(scorer.outputs(data), IntStream.range(0, data.size()).mapToObj(Integer::toString).toList());
    }

    private List<Prediction> predictions(HostTensor batch, List<String> sources) {
        int n = batch.shape().dim(0);
        if (task.judgesWithLabels()) { // here are none
            return named(scorer.outputs(batch), sources);
        }
        var data = ArrayDataset.of(batch, HostTensor.of(new float[n], n, 1), List.of());
        return named(scorer.outputs(data), sources);
    }

    private List<Prediction> named(double[] y, List<String> sources) {
        var all = new ArrayList<Prediction>();
        int outputs = problem.outputs();
        if (classes()) {
            HostLoss.softmax(y, outputs);
        }
        for (int i = 0; i < sources.size(); i++) {
            if (!classes()) {
                all.add(new Prediction(sources.get(i), null, pre().targetValue(y[i * outputs]), Map.of()));
                continue;
            }
            var p = new LinkedHashMap<String, Double>();
            for (int c = 0; c < outputs; c++) {
                p.put(pre().classNames().get(c), y[i * outputs + c]);
            }
            int best = Argmax.of(y, i * outputs, outputs);
            all.add(new Prediction(sources.get(i), pre().classNames().get(best), Double.NaN, p));
        }
        return all;
    }

    private IjenException wrongInput(Path file, String got) {
        var wants = switch (pre()) {
            case Preprocessor.Image i -> "a picture, PNG or JPEG, of any size";
            case Preprocessor.Table t -> "a table of the columns it was trained on, .csv";
            case Preprocessor.Arrays a -> "an array [N, …] of " + pre().shape() + ", .npy";
            case TokenRows.Tokens t ->
                    classes() ? "a text, an example a line" : "the beginning of a text, by 'ijen generate'";
            case TokenRows.Masked m -> "texts with [MASK], an example a line";
            case TokenRows.Pairs p -> "texts to answer, an example a line";
            case Preprocessor.Audio a -> "sound, .wav";
            case Preprocessor.Speech s -> "sound, .wav";
            case Preprocessor.Series s -> "a series, by 'ijen eval'";
        };
        return FormatException.unsupported(file, "this input for this model", got, wants,
                "give what the model was trained on");
    }
}
