package dev.ijen.train;

import dev.ijen.data.ArrayDataset;
import dev.ijen.data.Dataset;
import dev.ijen.data.Datasets;
import dev.ijen.data.text.Words;
import dev.ijen.tensor.HostTensor;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.DataConfig;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Texts with classes: a file of each class, a text a line.
final class Lines {
    private static final int LEAST = 2;

    private Lines() {}

    /// Lines that are not blank, and the number of each one's file.
    private record Read(List<String> texts, int[] labels) {
        static Read of(DataConfig d) {
            var folder = DataParts.path(d);
            if (d.files().size() < 2) {
                throw new ConfigException(Mark.of("data.files"), "too few files", d.files().toString(),
                        "a file of lines for each class", "name them: [positive.txt, negative.txt]");
            }
            var texts = new ArrayList<String>();
            var labels = new ArrayList<Integer>();
            for (int c = 0; c < d.files().size(); c++) {
                for (var line : Texts.read(folder.resolve(d.files().get(c))).lines().toList()) {
                    if (!line.isBlank()) {
                        texts.add(line);
                        labels.add(c);
                    }
                }
            }
            return new Read(texts, labels.stream().mapToInt(Integer::intValue).toArray());
        }
    }

    /// @param fractions of training, validation and test part
    static DataParts load(TrainConfig config, double[] fractions) {
        var d = config.data();
        var folder = DataParts.path(d);
        var read = Read.of(d);
        var texts = read.texts;
        var y = read.labels;
        var names = names(d.files());
        int n = texts.size();
        var number = new int[n];
        java.util.Arrays.setAll(number, i -> i);
        var numbered = ArrayDataset.of(HostTensor.of(number, n, 1), HostTensor.of(y, n), names);
        var parts = Datasets.split(numbered, fractions, config.seed(), true);
        var train = new ArrayList<String>();
        for (int i : lines(parts.getFirst())) {
            train.add(texts.get(i));
        }
        var words = d.tokenizer().isBlank() ? Words.of(train, LEAST, d.words(), d.ngrams())
                : Subwords.read(Path.of(d.tokenizer()));
        int length = config.task().length();
        var pre = new TokenRows.Tokens(words, length, names);
        var sets = parts.stream().map(p -> p.size() == 0 ? null : encoded(p, texts, pre)).toList();
        return new DataParts(sets.get(0), sets.get(1), sets.get(2), pre,
                folder + ", " + n + " lines, " + words.size() + (words instanceof Subwords ? " tokens" : " words"));
    }

    /// All texts of other files, by the vocabulary of the training.
    static Dataset all(DataConfig d, TokenRows.Tokens pre) {
        var read = Read.of(d);
        return dataset(read.texts, read.labels, pre);
    }

    private static int[] lines(Dataset part) {
        var all = new int[part.size()];
        java.util.Arrays.setAll(all, i -> i);
        return part.batch(all).input().toIntArray();
    }

    private static Dataset encoded(Dataset part, List<String> texts, TokenRows.Tokens pre) {
        return dataset(java.util.Arrays.stream(lines(part)).mapToObj(texts::get).toList(), part.classIndices(), pre);
    }

    /// Texts as tokens.
    static Dataset dataset(List<String> texts, int[] labels, TokenRows.Tokens pre) {
        var x = new int[texts.size() * pre.length()];
        for (int i = 0; i < texts.size(); i++) {
            int[] ids = pre.vocabulary().encode(texts.get(i), pre.length());
            int from = i * pre.length();
            java.util.Arrays.fill(x, from, from + pre.length(), pre.vocabulary().padding());
            System.arraycopy(ids, 0, x, from, ids.length);
        }
        return ArrayDataset.of(HostTensor.of(x, texts.size(), pre.length()), HostTensor.of(labels, labels.length),
                pre.classNames());
    }

    /// What differs in the files' names.
    private static List<String> names(List<String> files) {
        int head = 0;
        int tail = 0;
        var first = files.getFirst();
        int shortest = files.stream().mapToInt(String::length).min().orElse(0);
        for (int i = 1; i < shortest; i++) {
            int k = i;
            // words are not taken apart
            boolean begins = !Character.isLetterOrDigit(first.charAt(i - 1));
            boolean ends = !Character.isLetterOrDigit(first.charAt(first.length() - i));
            head = begins && files.stream().allMatch(f -> f.startsWith(first.substring(0, k))) ? i : head;
            tail = ends && files.stream().allMatch(f -> f.endsWith(first.substring(first.length() - k))) ? i : tail;
        }
        int from = head;
        int to = tail;
        return files.stream().map(f -> f.substring(Math.min(from, f.length()), Math.max(from, f.length() - to)))
                .toList();
    }
}
