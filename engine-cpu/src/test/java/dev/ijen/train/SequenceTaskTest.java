package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.Dataset;
import dev.ijen.engine.Device;
import dev.ijen.format.Safetensors;
import dev.ijen.generate.Sampling;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hidden words, translation, and texts in word pieces: learnt, interrupted, used.
class SequenceTaskTest {
    private static final String MASKED = """
            name: gaps
            task: {type: masked-language-model, length: 16, stride: 1, vocabulary: VOCABULARY, symbols: 290}
            data: {path: PATH, validation: 0.2, test: 0.1}
            model: {layers: [{encoder: {dim: 32, layers: 1, heads: 2, rotary: true, dropout: 0.05}}]}
            optimizer: {type: adamw, lr: 1e-2, clip_norm: 1}
            schedule: {type: cosine, warmup: 0.1}
            training: {epochs: 8, batch_size: 8, checkpoint_every: 100, gap_warning: 0}
            """;

    private static final String PAIRS = """
            name: pairs
            task: {type: translation, length: 6, answer: 7}
            data: {path: PATH, validation: 0.1, test: 0.1}
            model: {layers: [{translator: {dim: 32, layers: 1, heads: 4, dropout: 0.02}}]}
            optimizer: {type: adamw, lr: 1e-2, clip_norm: 1}
            schedule: {type: cosine, warmup: 0.1}
            training: {epochs: 14, batch_size: 32, checkpoint_every: 100, label_smoothing: 0.05, gap_warning: 0}
            """;

    private static final String SENTENCE = "the cat sat on the mat, and the dog lay by the log. ";

    @TempDir Path dir;
    private Path text;
    private Path pairs;

    @BeforeEach
    void write() throws IOException {
        text = dir.resolve("text.txt");
        Files.writeString(text, SENTENCE.repeat(60));
        // letters and their reverse
        pairs = dir.resolve("pairs.tsv");
        var lines = new StringBuilder();
        for (int i = 0; i < 1500; i++) {
            var word = new StringBuilder();
            for (int k = i, n = 0; n < 3 + i % 3; n++, k = k / 5 + 7 * i % 11) {
                word.append((char) ('a' + k % 5));
            }
            lines.append(word).append('\t').append(new StringBuilder(word).reverse()).append('\n');
        }
        Files.writeString(pairs, lines.toString());
    }

    private static TrainConfig config(String yaml, Path path, String vocabulary) {
        return ConfigReader.parse("test", yaml.replace("PATH", path.toString()).replace("VOCABULARY", vocabulary),
                List.of());
    }

    private TrainOptions options(String out) {
        return TrainOptions.defaults().withDevice(Device.cpu()).withOut(dir.resolve(out));
    }

    private TrainResult fit(TrainConfig config, String out) {
        try (var t = Trainer.of(config, options(out))) {
            return t.fit();
        }
    }

    private static byte[] states(TrainResult r) throws IOException {
        return Files.readAllBytes(r.run().resolve("checkpoints/last/optimizer.safetensors").toRealPath());
    }

    /// The same run, interrupted in the middle of an epoch.
    private void resumesToTheSameBits(TrainConfig config, TrainResult whole) throws IOException {
        var cut = fit(config.withMaxSteps(whole.steps() / 2 + 1), "cut");
        var yaml = cut.run().resolve("config.yaml");
        Files.writeString(yaml, Files.readString(yaml).replaceFirst("max_steps: \\d+", "max_steps: 0"));
        TrainResult resumed;
        try (var t = Trainer.resume(cut.run(), options("unused"))) {
            resumed = t.fit();
        }
        assertEquals(whole.steps(), resumed.steps());
        assertArrayEquals(states(whole), states(resumed));
        assertEquals(whole.test().toMap(), resumed.test().toMap());
    }

    @Test
    void hiddenWordsAreTold() throws IOException {
        Files.writeString(text, SENTENCE.repeat(120)); // of fewer words held out, how a processor rounds decides
        var config = config(MASKED, text, "bpe");
        var whole = fit(config, "whole");
        var test = whole.test();
        assertTrue(test.loss() < 0.5 * test.metric("unigram_loss"), whole.toText());
        assertTrue(test.metric("accuracy") > test.metric("unigram_accuracy") + 0.3, whole.toText());
        assertTrue(Files.readString(whole.run().resolve("report.html")).contains("by frequency alone"));
        var brief = config(MASKED.replace("epochs: 8", "epochs: 1"), text, "bpe");
        resumesToTheSameBits(brief, fit(brief, "brief"));
        try (var model = Trained.load(whole.run(), options("unused"))) {
            assertEquals(test.loss(), model.evaluate((Path) null).loss(), 1e-9);
            // another text is read with the vocabulary that was learnt
            var other = dir.resolve("other.txt");
            Files.writeString(other, "the dog lay by the log. the cat sat on the mat, and ".repeat(9));
            assertTrue(model.evaluate(other).metric("accuracy") > 0.5);
            var p = model.predictTexts(List.of("the cat [MASK] on the [MASK], and the dog"), List.of("x"));
            assertEquals(List.of("sat", "mat"), p.stream().map(Prediction::label).toList());
            assertEquals("the cat sat on the mat, and the dog", p.getFirst().text());
            double sum = p.getFirst().probabilities().values().stream().mapToDouble(Double::doubleValue).sum();
            assertTrue(sum > 0.5 && sum <= 1 + 1e-5, p.toString());
            var e = assertThrows(IjenException.class, () -> model.predictTexts(List.of("the cat"), List.of("x")));
            assertTrue(e.getMessage().contains("a text with [MASK]"), e.getMessage());
            var tooLong = List.of("the cat sat on the mat, and [MASK] ".repeat(5));
            assertTrue(assertThrows(IjenException.class, () -> model.predictTexts(tooLong, List.of("x"))).getMessage()
                    .contains("at most 16"));
        }
        var e = assertThrows(IjenException.class, () -> TextModel.load(whole.run(), null, options("unused")));
        assertTrue(e.getMessage().contains("ijen predict"), e.getMessage());
    }

    @Test
    void hiddenLettersAreTold() {
        var test = fit(config(MASKED.replace("stride: 1", "stride: 4"), text, "characters"), "letters").test();
        assertTrue(test.loss() < 0.5 * test.metric("unigram_loss"), test.toText());
    }

    @Test
    void answersAreLearntWrittenAndResumed() throws IOException {
        var config = config(PAIRS, pairs, "");
        var whole = fit(config, "whole");
        assertTrue(whole.test().metric("exact_match") >= 0.9, whole.toText());
        var brief = config(PAIRS.replace("epochs: 14", "epochs: 3"), pairs, "");
        resumesToTheSameBits(brief, fit(brief, "brief"));
        DataParts parts = Task.of(config).load();
        assertTrue(new HashSet<>(texts(parts.train(), parts)).stream().noneMatch(texts(parts.test(), parts)::contains));
        try (var model = Trained.load(whole.run(), options("unused"));
                var writer = TextModel.load(whole.run(), null, options("unused"))) {
            assertEquals(whole.test().metric("exact_match"), model.evaluate((Path) null).metric("exact_match"));
            // what was counted without writing is what is written
            var test = texts(parts.test(), parts);
            int right = 0;
            for (var p : model.predictTexts(test, test)) {
                right += p.text().contentEquals(new StringBuilder(p.source()).reverse()) ? 1 : 0;
            }
            assertEquals(whole.test().metric("exact_match"), right / (double) test.size(), 1e-12);
            for (int beams : new int[] {0, 3}) {
                var shown = new StringBuilder();
                var written = writer.write("abcde", new TextModel.Request(null, beams, 200, 0), shown::append,
                        () -> false);
                assertEquals("edcba", written.text(), beams + " beams");
                assertEquals("edcba", shown.toString());
            }
            var hot = new TextModel.Request(Sampling.of(1e-3), 0, 3, 0);
            assertEquals("edc", writer.write("abcde", hot, s -> {}, () -> false).text());
            var e = assertThrows(IjenException.class, () -> writer.write("abcdeabcde", hot, s -> {}, () -> false));
            assertTrue(e.getMessage().contains("1 to 6 tokens"), e.getMessage());
        }
    }

    private static List<String> texts(Dataset data, DataParts parts) {
        var pre = (TokenRows.Pairs) parts.preprocessor();
        return IntStream.range(0, data.size()).mapToObj(i -> {
            int[] x = data.batch(new int[] {i}).input().toIntArray();
            return pre.vocabulary().decode(Arrays.copyOf(x, pre.length()));
        }).toList();
    }

    @Test
    void whatIsWrongWithPairsIsSaid() throws IOException {
        var three = dir.resolve("three.csv");
        Files.writeString(three, "a,b,c\nx,y,z\nu,v,w\n");
        fails(config(PAIRS, three, ""), "3 columns", "two: a text and its answer");
        var longer = dir.resolve("longer.tsv");
        Files.writeString(longer, "short\tlong\nmuch too long\tshort\n");
        fails(config(PAIRS, longer, ""), "13 tokens: 'much too long'", "set task.length=13");
        var empty = dir.resolve("empty.tsv");
        Files.writeString(empty, "a\tb\nc\t\n\td\n");
        fails(config(PAIRS, empty, ""), "line 3", "a text and its answer");
        var none = ConfigReader.parse("test", "task: {type: translation}\nmodel: {layers: [{translator: {dim: 8}}]}",
                List.of());
        fails(none, "--data PAIRS.tsv", "data.kind: dates");
        var digits = ConfigReader.parse("test", "data: {kind: dates}\nmodel: {layers: [output]}", List.of());
        fails(digits, "task.type: translation");
        fails(config(MASKED, dir, "bpe"), "a folder", "give one file");
    }

    private void fails(TrainConfig config, String... said) {
        var e = assertThrows(IjenException.class, () -> Trainer.of(config, options("unused")).close());
        for (var s : said) {
            assertTrue(e.getMessage().contains(s), s + " in " + e.getMessage());
        }
    }

    @Test
    void aTextInWordPiecesComparesWithLetters() throws IOException {
        var yaml = """
                name: pieces
                task: {type: language-model, length: 12, stride: 4, vocabulary: VOCABULARY, symbols: 280}
                data: {path: PATH, validation: 0.2, test: 0.1}
                model: {layers: [{decoder: {dim: 16, layers: 1, heads: 2, rotary: true}}]}
                optimizer: {type: adamw, lr: 2e-2}
                training: {epochs: 3, batch_size: 8, checkpoint_every: 7, gap_warning: 0}
                """;
        var config = config(yaml, text, "bpe");
        var whole = fit(config, "whole");
        var t = whole.test();
        // 52 characters, again and again
        try (var model = Trained.load(whole.run(), options("unused"))) {
            var vocabulary = ((TokenRows.Tokens) model.preprocessor()).vocabulary();
            assertEquals(280, vocabulary.size());
            var sentence = Files.readString(text).substring(0, 52);
            double perToken = 52.0 / vocabulary.encode(sentence).length;
            assertTrue(perToken > 1.5, "word pieces hold " + perToken + " characters");
            // what is told of the last tenth: tokens of different sizes, all but the first, in whole windows of 12
            int[] ids = vocabulary.encode(Files.readString(text).substring(52 * 60 * 9 / 10));
            int told = (ids.length - 1) / 12 * 12;
            assertEquals(told / 12, t.examples());
            int characters = vocabulary.decode(Arrays.copyOfRange(ids, 1, 1 + told)).length();
            assertEquals(t.metric("bits_per_token") * told / characters, t.metric("bits_per_character"), 1e-9);
            assertEquals(t.loss(), model.evaluate((Path) null).loss(), 1e-9);
        }
        resumesToTheSameBits(config, whole);
        try (var writer = TextModel.load(whole.run(), null, options("unused"))) {
            var r = new TextModel.Request(Sampling.GREEDY, 0, 12, 0);
            assertTrue("the cat sat on the mat, and the dog lay by the log. ".repeat(3)
                    .contains("the cat" + writer.write("the cat", r, s -> {}, () -> false).text().substring(0, 8)));
        }
        var letters = fit(config(yaml, text, "characters"), "letters").test();
        assertEquals(letters.metric("bits_per_token"), letters.metric("bits_per_character"), 1e-9);
        try (var in = Safetensors.open(Trained.file(whole.run()))) {
            assertTrue(in.metadata().get("ijen.preprocessor").contains("tokenizer"));
        }
    }
}
