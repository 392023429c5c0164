package dev.ijen.train;

import dev.ijen.data.Batch;
import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.data.synth.Phrases;
import dev.ijen.data.text.Marked;
import dev.ijen.data.text.TextPair;
import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Texts and their answers: drawn, or the rows of a table of two columns.
final class TextPairs {
    private TextPairs() {}

    /// Those a configuration asks for, every text once. A file that is named comes before what would be drawn.
    static List<TextPair> of(TrainConfig config) {
        var d = config.data();
        if (!d.path().isBlank()) {
            return distinct(read(DataParts.path(d)));
        }
        return switch (d.kind()) {
            case DATES -> Phrases.dates(d.count(), config.seed());
            case NUMBERS -> Phrases.numbers(d.count(), config.seed());
            case AUTO, CSV -> throw new ConfigException(Mark.of("data.path"), "no data", "nothing",
                    "a table of two columns: a text and its answer",
                    "give one: --data PAIRS.tsv; or draw some: data.kind: dates");
            case DIGITS, RING, FIGURES, IDX, IMAGES, NPZ, LINES, AUDIO -> throw new ConfigException(
                    Mark.of("data.kind"), "no pairs of texts", d.kind().toString(), "dates, numbers or csv",
                    "set one of them, or another task.type");
        };
    }

    /// The two columns of a table: of `.csv` below their names; of `.tsv` and `.txt`, which have tabs, from the first line on.
    static List<TextPair> read(Path file) {
        boolean tabs = file.toString().endsWith(".tsv") || file.toString().endsWith(".txt");
        var options = Csv.Options.defaults().withMissing(Set.of());
        var csv = Csv.read(file, tabs ? options.withSeparator('\t').withHeader(Csv.Header.NO)
                : options.withHeader(Csv.Header.YES));
        if (csv.columns().size() != 2) {
            throw FormatException.unsupported(file, "its columns", csv.columns().size() + " columns",
                    "two: a text and its answer",
                    tabs ? "put a tab between them" : "quote texts with commas, or use tabs and the ending .tsv");
        }
        var all = new ArrayList<TextPair>();
        for (int i = 0; i < csv.rows(); i++) {
            var text = csv.columns().get(0).text(i);
            var answer = csv.columns().get(1).text(i);
            if (text == null || text.isBlank() || answer == null) {
                throw FormatException.damaged(file, "line " + csv.line(i), "an empty cell", "a text and its answer",
                        "complete the line, or leave it out");
            }
            all.add(new TextPair(text, answer));
        }
        return all;
    }

    /// The first of all pairs with the same text: what is held out must not have been learnt.
    private static List<TextPair> distinct(List<TextPair> all) {
        var seen = new LinkedHashMap<String, TextPair>();
        all.forEach(p -> seen.putIfAbsent(p.text(), p));
        return List.copyOf(seen.values());
    }

    /// Inputs I32 [length + answer]: the text, filled up, then the answer behind its beginning; labels I32 [answer]: the answer and its
    /// end, −1 behind it.
    ///
    /// @throws FormatException naming a pair that is too long
    static Dataset dataset(String source, List<TextPair> pairs, TokenRows.Pairs pre) {
        var v = pre.vocabulary();
        int width = pre.length() + pre.answer();
        var x = new int[pairs.size() * width];
        var y = new int[pairs.size() * pre.answer()];
        Arrays.fill(x, v.padding());
        Arrays.fill(y, -1);
        for (int i = 0; i < pairs.size(); i++) {
            int[] text = v.encode(pairs.get(i).text());
            int[] answer = v.encode(pairs.get(i).answer());
            check(source, "task.length", pairs.get(i).text(), text.length, pre.length());
            check(source, "task.answer", pairs.get(i).answer(), answer.length + 1, pre.answer());
            System.arraycopy(text, 0, x, i * width, text.length);
            x[i * width + pre.length()] = v.id(Marked.BEGIN);
            System.arraycopy(answer, 0, x, i * width + pre.length() + 1, answer.length);
            System.arraycopy(answer, 0, y, i * pre.answer(), answer.length);
            y[i * pre.answer() + answer.length] = v.id(Marked.END);
        }
        return new Rows(x, y, width, pre.answer());
    }

    /// Pairs as tokens.
    ///
    /// @param x texts and beginnings of answers, a row of `width` each
    /// @param y answers, a row of `answer` each
    private record Rows(int[] x, int[] y, int width, int answer) implements Dataset {
        @Override
        public int size() {
            return y.length / answer;
        }

        @Override
        public Batch batch(int[] indices) {
            int n = indices.length;
            var in = new int[n * width];
            var out = new int[n * answer];
            for (int i = 0; i < n; i++) {
                int row = Objects.checkIndex(indices[i], size());
                System.arraycopy(x, row * width, in, i * width, width);
                System.arraycopy(y, row * answer, out, i * answer, answer);
            }
            return Batch.of(HostTensor.of(in, n, width), HostTensor.of(out, n, answer), indices.clone());
        }

        @Override
        public List<ElementSpec> inputs() {
            return List.of(new ElementSpec("text", DType.I32, Shape.of(width)));
        }

        @Override
        public ElementSpec label() {
            return new ElementSpec("answer", DType.I32, Shape.of(answer));
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }
    }

    private static void check(String source, String key, String text, int length, int most) {
        if (length > most) {
            throw FormatException.unsupported(source, "a text of this length", length + " tokens: '" + text + "'",
                    "at most " + key + " = " + most, "set " + key + "=" + length + " or more, or leave the pair out");
        }
    }
}
