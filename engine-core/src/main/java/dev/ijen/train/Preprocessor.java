package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.TabularPreprocessor;
import dev.ijen.data.series.LinearForecast;
import dev.ijen.data.text.Characters;
import dev.ijen.data.text.Vocabulary;
import dev.ijen.data.text.Words;
import dev.ijen.format.FormatException;
import dev.ijen.format.Json;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was learnt about the data from the training part, and is needed to use the model: kept with every checkpoint.
public sealed interface Preprocessor {
    /// The classes by index; empty for regression.
    List<String> classNames();

    /// Shape of one example.
    Shape shape();

    /// An input batch as the network wants it; part of the compiled programs.
    Tensor standardize(Tensor x);

    /// A label or prediction in the data's own unit.
    default double targetValue(double label) {
        return label;
    }

    /// Pictures, F32 [C, H, W] from 0 to 1.
    ///
    /// @param channels 1 or 3
    /// @param height of an example
    /// @param width of an example
    /// @param mean of each channel; empty to leave values as they are
    /// @param std standard deviation of each channel
    /// @param classNames by index
    /// @param ink whether pictures to predict are looked at as ink on paper
    record Image(
            int channels, int height, int width, List<Double> mean, List<Double> std, List<String> classNames,
            boolean ink)
            implements Preprocessor {
        /// Copies the lists.
        public Image {
            mean = List.copyOf(mean);
            std = List.copyOf(std);
            classNames = List.copyOf(classNames);
        }

        @Override
        public Shape shape() {
            return Shape.of(channels, height, width);
        }

        @Override
        public Tensor standardize(Tensor x) {
            if (mean.isEmpty()) {
                return x;
            }
            if (channels == 1) {
                return x.sub(mean.getFirst()).mul(1 / std.getFirst());
            }
            return x.sub(constant(mean, 1)).mul(constant(std, -1));
        }

        private Tensor constant(List<Double> values, int power) {
            var f = new float[channels];
            for (int c = 0; c < channels; c++) {
                f[c] = (float) (power < 0 ? 1 / values.get(c) : values.get(c));
            }
            return Tensor.of(HostTensor.of(f, channels, 1, 1));
        }
    }

    /// Rows of a table.
    ///
    /// @param table what was learnt about its columns
    record Table(TabularPreprocessor table) implements Preprocessor {
        @Override
        public List<String> classNames() {
            return table.classNames();
        }

        @Override
        public Shape shape() {
            return Shape.of(table.featureNames().size());
        }

        @Override
        public Tensor standardize(Tensor x) {
            return x;
        }

        @Override
        public double targetValue(double label) {
            return table.targetValue(label);
        }
    }

    /// Arrays as they are.
    ///
    /// @param dtype of an example
    /// @param shape of an example
    /// @param classNames by index
    record Arrays(DType dtype, Shape shape, List<String> classNames) implements Preprocessor {
        /// Copies the list.
        public Arrays {
            classNames = List.copyOf(classNames);
        }

        @Override
        public Tensor standardize(Tensor x) {
            return x;
        }
    }

    /// Sounds, F32 [1, frames, width], where width is that of the bands or of their cosine coefficients.
    ///
    /// @param rate samples a second
    /// @param frames of a sound
    /// @param mels bands
    /// @param coefficients of cosines; 0 for the bands themselves
    /// @param mean of all numbers
    /// @param std of all numbers
    /// @param classNames by index
    record Audio(int rate, int frames, int mels, int coefficients, double mean, double std, List<String> classNames)
            implements Preprocessor {
        /// Copies the list.
        public Audio {
            classNames = List.copyOf(classNames);
        }

        Audio with(double m, double s) {
            return new Audio(rate, frames, mels, coefficients, m, s, classNames);
        }

        int width() {
            return coefficients == 0 ? mels : coefficients;
        }

        @Override
        public Shape shape() {
            return Shape.of(1, frames, width());
        }

        @Override
        public Tensor standardize(Tensor x) {
            return x.sub(mean).mul(1 / std);
        }
    }

    /// Sounds with a sequence of symbols, F32 [1, frames, mels].
    ///
    /// @param rate samples a second
    /// @param frames of an example
    /// @param mels bands
    /// @param mean of all numbers
    /// @param std of all numbers
    /// @param symbols names of the symbols, without the blank
    record Speech(int rate, int frames, int mels, double mean, double std, List<String> symbols)
            implements Preprocessor {
        /// Copies the list.
        public Speech {
            symbols = List.copyOf(symbols);
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }

        @Override
        public Shape shape() {
            return Shape.of(1, frames, mels);
        }

        @Override
        public Tensor standardize(Tensor x) {
            return x.sub(mean).mul(1 / std);
        }
    }

    /// Several series, F32 [length, columns], in deviations from their means.
    ///
    /// @param columns names of the series
    /// @param mean of each
    /// @param std of each
    /// @param target which one is forecast
    /// @param length steps that are seen
    /// @param horizon steps that are asked for
    /// @param linear the linear baseline
    record Series(
            List<String> columns, List<Double> mean, List<Double> std, int target, int length, int horizon,
            LinearForecast linear) implements Preprocessor {
        /// Copies the lists.
        public Series {
            columns = List.copyOf(columns);
            mean = List.copyOf(mean);
            std = List.copyOf(std);
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }

        @Override
        public Shape shape() {
            return Shape.of(length, columns.size());
        }

        @Override
        public Tensor standardize(Tensor x) {
            return x;
        }

        @Override
        public double targetValue(double label) {
            return label * std.get(target) + mean.get(target);
        }
    }

    /// Texts as rows of tokens.
    ///
    /// @param vocabulary symbols
    /// @param length tokens of an example
    /// @param classNames by index
    record Tokens(Vocabulary vocabulary, int length, List<String> classNames) implements Preprocessor {
        /// Copies the list.
        public Tokens {
            classNames = List.copyOf(classNames);
        }

        @Override
        public Shape shape() {
            return Shape.of(length);
        }

        @Override
        public DType dtype() {
            return DType.I32;
        }

        @Override
        public Tensor standardize(Tensor x) {
            return x;
        }
    }

    /// Element type of an example.
    default DType dtype() {
        return DType.F32;
    }

    /// Numbers a prediction has: classes, or targets of a dataset.
    static int outputs(Dataset data) {
        return data.isClassification() ? data.classes() : data.label().shape().size();
    }

    /// As JSON.
    default String toJson() {
        var m = new LinkedHashMap<String, Object>();
        switch (this) {
            case Image i -> {
                m.put("kind", "image");
                m.put("channels", (long) i.channels);
                m.put("height", (long) i.height);
                m.put("width", (long) i.width);
                m.put("mean", i.mean);
                m.put("std", i.std);
                m.put("classes", i.classNames);
                m.put("ink", i.ink);
            }
            case Table t -> {
                m.put("kind", "table");
                m.put("table", t.table.toJson());
            }
            case Arrays a -> {
                m.put("kind", "arrays");
                m.put("dtype", a.dtype.name());
                m.put("shape", java.util.Arrays.stream(a.shape.dims()).mapToObj(d -> (long) d).toList());
                m.put("classes", a.classNames);
            }
            case Tokens t -> {
                m.put("kind", "tokens");
                if (t.vocabulary instanceof Subwords w) {
                    m.put("vocabulary", "tokenizer");
                    m.put("tokenizer", w.json());
                } else {
                    m.put("vocabulary", t.vocabulary instanceof Words ? "words" : "characters");
                    m.put("symbols", t.vocabulary.symbols());
                }
                m.put("length", (long) t.length);
                m.put("classes", t.classNames);
            }
            case Audio a -> {
                m.put("kind", "audio");
                m.put("rate", (long) a.rate);
                m.put("frames", (long) a.frames);
                m.put("mels", (long) a.mels);
                m.put("coefficients", (long) a.coefficients);
                m.put("mean", a.mean);
                m.put("std", a.std);
                m.put("classes", a.classNames);
            }
            case Speech s -> {
                m.put("kind", "speech");
                m.put("rate", (long) s.rate);
                m.put("frames", (long) s.frames);
                m.put("mels", (long) s.mels);
                m.put("mean", s.mean);
                m.put("std", s.std);
                m.put("symbols", s.symbols);
            }
            case Series s -> {
                m.put("kind", "series");
                m.put("columns", s.columns);
                m.put("mean", s.mean);
                m.put("std", s.std);
                m.put("target", (long) s.target);
                m.put("length", (long) s.length);
                m.put("horizon", (long) s.horizon);
                m.put("linear", s.linear.weights().stream().flatMap(List::stream).toList());
            }
        }
        return Json.write(m);
    }

    /// What [#toJson] wrote.
    ///
    /// @throws FormatException if it is not that
    static Preprocessor fromJson(String source, String text) {
        var m = Fields.of(source, Json.parse(source, text));
        return switch (m.text("kind")) {
            case "image" -> image(m);
            case "table" -> new Table(TabularPreprocessor.fromJson(source, m.text("table")));
            case "arrays" -> {
                try {
                    var dims = m.numbers("shape").stream().mapToInt(Double::intValue).toArray();
                    yield new Arrays(DType.valueOf(m.text("dtype")), Shape.of(dims), m.texts("classes"));
                } catch (IllegalArgumentException e) {
                    throw m.wrong("dtype", "an element type");
                }
            }
            case "tokens" -> new Tokens(vocabulary(source, m), m.whole("length", 1, 1 << 20), m.texts("classes"));
            case "audio" -> new Audio(
                    m.whole("rate", 1, 1 << 24), m.whole("frames", 1, 100_000), m.whole("mels", 1, 1024),
                    m.whole("coefficients", 0, 1024), m.number("mean"), m.number("std"), m.texts("classes"));
            case "speech" -> new Speech(
                    m.whole("rate", 1, 1 << 24), m.whole("frames", 1, 100_000), m.whole("mels", 1, 1024),
                    m.number("mean"), m.number("std"), m.texts("symbols"));
            case "series" -> series(m);
            default -> throw m.wrong("kind", "image, table, arrays, tokens, audio, speech or series");
        };
    }

    private static Vocabulary vocabulary(String source, Fields m) {
        return switch (m.text("vocabulary")) {
            case "words" -> Words.ofSymbols(m.texts("symbols"));
            case "tokenizer" -> Subwords.parse(source + " tokenizer", m.text("tokenizer"));
            default -> Characters.ofSymbols(m.texts("symbols"));
        };
    }

    private static Series series(Fields m) {
        var columns = m.texts("columns");
        int length = m.whole("length", 1, 1 << 20);
        int horizon = m.whole("horizon", 1, 1 << 20);
        var flat = m.numbers("linear");
        boolean fits = !columns.isEmpty() && m.numbers("mean").size() == columns.size()
                && m.numbers("std").size() == columns.size() && flat.size() == (long) horizon * (length + 1);
        if (!fits) {
            throw m.wrong("linear", "numbers for " + columns.size() + " series and " + horizon + " steps");
        }
        var linear = new java.util.ArrayList<List<Double>>();
        for (int k = 0; k < horizon; k++) {
            linear.add(flat.subList(k * (length + 1), (k + 1) * (length + 1)));
        }
        return new Series(columns, m.numbers("mean"), m.numbers("std"), m.whole("target", 0, columns.size() - 1),
                length,
                horizon, new LinearForecast(linear));
    }

    private static Image image(Fields m) {
        var i = new Image(
                m.whole("channels", 1, 4),
                m.whole("height", 1, 1 << 15),
                m.whole("width", 1, 1 << 15),
                m.numbers("mean"),
                m.numbers("std"),
                m.texts("classes"),
                m.truth("ink"));
        boolean fits = i.mean.size() == i.std.size() && (i.mean.isEmpty() || i.mean.size() == i.channels);
        if (!fits || i.std.stream().anyMatch(s -> !(s > 0))) {
            throw m.wrong("mean", "one mean and positive deviation a channel");
        }
        return i;
    }

    /// The examples of a folder or file with the model's classes, for evaluation.
    static Map<String, Integer> index(List<String> names) {
        var all = new LinkedHashMap<String, Integer>();
        for (var n : names) {
            all.put(n, all.size());
        }
        return all;
    }
}
