package dev.ijen.train;

import dev.ijen.data.TabularPreprocessor;
import dev.ijen.data.series.LinearForecast;
import dev.ijen.data.text.Characters;
import dev.ijen.data.text.Marked;
import dev.ijen.data.text.Vocabulary;
import dev.ijen.data.text.Words;
import dev.ijen.format.Json;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Preprocessors as JSON and back.
final class PreprocessorJson {
    private PreprocessorJson() {}

    static String write(Preprocessor pre) {
        var m = new LinkedHashMap<String, Object>();
        switch (pre) {
            case Preprocessor.Image i -> {
                m.put("kind", "image");
                m.put("channels", (long) i.channels());
                m.put("height", (long) i.height());
                m.put("width", (long) i.width());
                m.put("mean", i.mean());
                m.put("std", i.std());
                m.put("classes", i.classNames());
                m.put("ink", i.ink());
            }
            case Preprocessor.Table t -> {
                m.put("kind", "table");
                m.put("table", t.table().toJson());
            }
            case Preprocessor.Arrays a -> {
                m.put("kind", "arrays");
                m.put("dtype", a.dtype().name());
                m.put("shape", java.util.Arrays.stream(a.shape().dims()).mapToObj(d -> (long) d).toList());
                m.put("classes", a.classNames());
            }
            case TokenRows.Tokens t -> {
                m.put("kind", "tokens");
                vocabulary(t.vocabulary(), m);
                m.put("length", (long) t.length());
                m.put("classes", t.classNames());
            }
            case TokenRows.Masked k -> {
                m.put("kind", "masked");
                vocabulary(k.vocabulary(), m);
                m.put("length", (long) k.length());
                m.put("share", k.share());
                m.put("counts", k.counts());
            }
            case TokenRows.Pairs p -> {
                m.put("kind", "pairs");
                vocabulary(p.vocabulary(), m);
                m.put("length", (long) p.length());
                m.put("answer", (long) p.answer());
            }
            case Preprocessor.Audio a -> {
                m.put("kind", "audio");
                m.put("rate", (long) a.rate());
                m.put("frames", (long) a.frames());
                m.put("mels", (long) a.mels());
                m.put("coefficients", (long) a.coefficients());
                m.put("mean", a.mean());
                m.put("std", a.std());
                m.put("classes", a.classNames());
            }
            case Preprocessor.Speech s -> {
                m.put("kind", "speech");
                m.put("rate", (long) s.rate());
                m.put("frames", (long) s.frames());
                m.put("mels", (long) s.mels());
                m.put("mean", s.mean());
                m.put("std", s.std());
                m.put("symbols", s.symbols());
            }
            case Preprocessor.Series s -> {
                m.put("kind", "series");
                m.put("columns", s.columns());
                m.put("mean", s.mean());
                m.put("std", s.std());
                m.put("target", (long) s.target());
                m.put("length", (long) s.length());
                m.put("horizon", (long) s.horizon());
                m.put("linear", s.linear().weights().stream().flatMap(List::stream).toList());
            }
        }
        return Json.write(m);
    }

    static Preprocessor read(String source, String text) {
        var m = Fields.of(source, Json.parse(source, text));
        return switch (m.text("kind")) {
            case "image" -> image(m);
            case "table" -> new Preprocessor.Table(TabularPreprocessor.fromJson(source, m.text("table")));
            case "arrays" -> {
                try {
                    var dims = m.numbers("shape").stream().mapToInt(Double::intValue).toArray();
                    yield new Preprocessor.Arrays(DType.valueOf(m.text("dtype")), Shape.of(dims), m.texts("classes"));
                } catch (IllegalArgumentException e) {
                    throw m.wrong("dtype", "an element type");
                }
            }
            case "tokens" ->
                    new TokenRows.Tokens(vocabulary(source, m), m.whole("length", 1, 1 << 20), m.texts("classes"));
            case "masked" -> masked(source, m);
            case "pairs" -> new TokenRows.Pairs(marked(source, m, Marked.PAD, Marked.BEGIN, Marked.END),
                    m.whole("length", 1, 1 << 20), m.whole("answer", 2, 1 << 16));
            case "audio" -> new Preprocessor.Audio(
                    m.whole("rate", 1, 1 << 24), m.whole("frames", 1, 100_000), m.whole("mels", 1, 1024),
                    m.whole("coefficients", 0, 1024), m.number("mean"), m.number("std"), m.texts("classes"));
            case "speech" -> new Preprocessor.Speech(
                    m.whole("rate", 1, 1 << 24), m.whole("frames", 1, 100_000), m.whole("mels", 1, 1024),
                    m.number("mean"), m.number("std"), m.texts("symbols"));
            case "series" -> series(m);
            default -> throw m.wrong("kind", "image, table, arrays, tokens, masked, pairs, audio, speech or series");
        };
    }

    private static void vocabulary(Vocabulary v, Map<String, Object> m) {
        if (v instanceof Marked k) {
            m.put("marks", k.marks());
            vocabulary(k.of(), m);
        } else if (v instanceof Subwords w) {
            m.put("vocabulary", "tokenizer");
            m.put("tokenizer", w.json());
        } else {
            m.put("vocabulary", v instanceof Words ? "words" : "characters");
            m.put("symbols", v.symbols());
        }
    }

    private static TokenRows.Masked masked(String source, Fields m) {
        var vocabulary = marked(source, m, Marked.MASK);
        var counts = m.numbers("counts").stream().map(Double::longValue).toList();
        double share = m.number("share");
        if (counts.size() != vocabulary.size() || counts.stream().anyMatch(c -> c < 0) || !(share > 0 && share <= 1)) {
            throw m.wrong("counts", "a count for each of " + vocabulary.size() + " symbols, and a share from 0 to 1");
        }
        return new TokenRows.Masked(vocabulary, m.whole("length", 1, 1 << 20), share, counts);
    }

    private static Marked marked(String source, Fields m, String... marks) {
        if (!m.texts("marks").equals(List.of(marks))) {
            throw m.wrong("marks", String.join(", ", marks));
        }
        return new Marked(vocabulary(source, m), List.of(marks));
    }

    private static Vocabulary vocabulary(String source, Fields m) {
        return switch (m.text("vocabulary")) {
            case "words" -> Words.ofSymbols(m.texts("symbols"));
            case "tokenizer" -> Subwords.parse(source + " tokenizer", m.text("tokenizer"));
            default -> Characters.ofSymbols(m.texts("symbols"));
        };
    }

    private static Preprocessor.Series series(Fields m) {
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
        return new Preprocessor.Series(columns, m.numbers("mean"), m.numbers("std"),
                m.whole("target", 0, columns.size() - 1),
                length,
                horizon, new LinearForecast(linear));
    }

    private static Preprocessor.Image image(Fields m) {
        var i = new Preprocessor.Image(
                m.whole("channels", 1, 4),
                m.whole("height", 1, 1 << 15),
                m.whole("width", 1, 1 << 15),
                m.numbers("mean"),
                m.numbers("std"),
                m.texts("classes"),
                m.truth("ink"));
        boolean fits = i.mean().size() == i.std().size() && (i.mean().isEmpty() || i.mean().size() == i.channels());
        if (!fits || i.std().stream().anyMatch(s -> !(s > 0))) {
            throw m.wrong("mean", "one mean and positive deviation a channel");
        }
        return i;
    }
}
