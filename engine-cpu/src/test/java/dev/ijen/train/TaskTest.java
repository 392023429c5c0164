package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tasks other than classes and numbers train, resume to the same bits and are used again.
class TaskTest {
    private static final String WRITER = """
            name: writer
            task: {type: language-model, length: 16, stride: 8}
            data: {path: %s, validation: 0.2, test: 0.1}
            model: {layers: [{decoder: {dim: 16, layers: 1, heads: 2, rotary: true, dropout: 0.1}}]}
            optimizer: {type: adamw, lr: 1e-2}
            training: {epochs: 3, batch_size: 8, checkpoint_every: 7, gap_warning: 0}
            """;

    @TempDir Path dir;
    private Path text;

    @BeforeEach
    void write() throws IOException {
        text = dir.resolve("text.txt");
        Files.writeString(text, "the cat sat on the mat. ".repeat(60));
    }

    private TrainConfig config(String yaml, Path path) {
        return ConfigReader.parse("test", yaml.formatted(path), List.of());
    }

    private TrainOptions options(String out) {
        return TrainOptions.defaults().withDevice(Device.cpu()).withOut(dir.resolve(out));
    }

    private TrainResult fit(TrainConfig config, String out) {
        try (var t = Trainer.of(config, options(out))) {
            return t.fit();
        }
    }

    @Test
    void aLanguageModelLearnsAndResumesToTheSameBits() throws IOException {
        var whole = fit(config(WRITER, text), "whole");
        // a text of 24 letters again and again: soon known by heart
        assertTrue(whole.test().loss() < 1.2, whole.toText());
        assertEquals(Math.exp(whole.test().loss()), whole.test().metric("perplexity"), 1e-9);
        try (var samples = Files.list(whole.run().resolve("samples"))) {
            assertTrue(samples.allMatch(p -> Files.exists(p.resolve("sample.txt"))));
        }
        var cut = fit(config(WRITER, text).withMaxSteps(17), "cut");
        // go on without the limit
        var yaml = cut.run().resolve("config.yaml");
        Files.writeString(yaml, Files.readString(yaml).replace("max_steps: 17", "max_steps: 0"));
        TrainResult resumed;
        try (var t = Trainer.resume(cut.run(), options("unused"))) {
            resumed = t.fit();
        }
        assertEquals(whole.steps(), resumed.steps());
        assertArrayEquals(
                Files.readAllBytes(whole.run().resolve("checkpoints/last/optimizer.safetensors").toRealPath()),
                Files.readAllBytes(resumed.run().resolve("checkpoints/last/optimizer.safetensors").toRealPath()));
        try (var model = Trained.load(whole.run(), options("unused"))) {
            assertEquals(whole.test().loss(), model.evaluate((Path) null).loss(), 1e-6);
        }
        try (var model = TextModel.load(whole.run(), null, options("unused"))) {
            var r = new TextModel.Request(dev.ijen.generate.Sampling.GREEDY, 0, 12, 0);
            assertEquals(12, model.write("the c", r, s -> {}, () -> false).text().length());
        }
    }

    @Test
    void aForecastIsComparedWithBaselines() throws IOException {
        var random = new Random(5);
        var csv = new StringBuilder("date,load,temperature\n");
        for (int i = 0; i < 400; i++) {
            csv.append("d").append(i).append(',').append(Math.cos(i / 4.0) + 0.05 * random.nextGaussian()).append(',')
                    .append(Math.sin(i / 4.0) + 0.05 * random.nextGaussian()).append('\n');
        }
        var table = dir.resolve("series.csv");
        Files.writeString(table, csv.toString());
        var r = fit(config("""
                name: waves
                task: {type: forecast, length: 12, horizon: 4}
                data: {path: %s, target: temperature, validation: 0.2, test: 0.2}
                model: {layers: [{temporal-conv: {out: 8, size: 3, dilation: 2}}, relu, {lstm: {hidden: 16, sequences: false}}, output]}
                optimizer: {lr: 1e-2}
                training: {epochs: 12, batch_size: 16, gap_warning: 0}
                """, table), "waves");
        var t = r.test();
        assertEquals(t.loss(), t.metric("mse"), 1e-9);
        assertTrue(t.metric("mse") < 0.5 * t.metric("naive_mse"), r.toText());
        // four steps ahead of a wave with noise: least squares of 12 steps finds it, too
        assertTrue(t.metric("linear_mse") < 0.2 * t.metric("naive_mse"), r.toText());
        assertEquals(80 - 4 + 1, t.examples());
        // other data is measured in the training's unit: the same series, all of it, ten times as high
        var higher = dir.resolve("higher.csv");
        Files.writeString(higher, csv.toString().lines().map(TaskTest::tenfold)
                .collect(java.util.stream.Collectors.joining("\n")));
        try (var model = Trained.load(r.run(), options("unused"))) {
            var own = model.evaluate((Path) null);
            assertEquals(t.metric("mse"), own.metric("mse"), 1e-6);
            var e = model.evaluate(higher);
            assertEquals(400 - 12 - 4 + 1, e.examples());
            assertEquals(100, e.metric("naive_mse") / own.metric("naive_mse"), 10);
        }
        var error = org.junit.jupiter.api.Assertions.assertThrows(dev.ijen.format.FormatException.class, () -> {
            var lacking = dir.resolve("lacking.csv");
            Files.writeString(lacking, "date,load\nd,1\n");
            try (var model = Trained.load(r.run(), options("unused"))) {
                model.evaluate(lacking);
            }
        });
        assertTrue(error.getMessage().contains("temperature"), error.getMessage());
    }

    @Test
    void theTargetsOwnPastIsAddedToAForecast() throws IOException {
        var random = new Random(6);
        var csv = new StringBuilder("date,a\n");
        for (int i = 0; i < 600; i++) {
            csv.append("d").append(i).append(',').append(Math.sin(i / 2.0) + 0.1 * random.nextGaussian())
                    .append('\n');
        }
        var table = dir.resolve("wave.csv");
        Files.writeString(table, csv.toString());
        // a network that says nothing: what is learnt is the weighted sum
        var r = fit(config("""
                name: past
                task: {type: forecast, length: 8, horizon: 4, linear: true}
                data: {path: %s, target: a, validation: 0.2, test: 0.2}
                model: {layers: [{dropout: 0.9}, {pool-steps: last}, output]}
                optimizer: {lr: 1e-2}
                training: {epochs: 30, batch_size: 32, gap_warning: 0}
                """, table), "past");
        assertTrue(r.test().metric("mse") < 0.3 * r.test().metric("naive_mse"), r.toText());
    }

    @Test
    void textsAndTheirClasses() throws IOException {
        var random = new Random(2);
        for (var name : List.of("good", "bad")) {
            var lines = new StringBuilder();
            for (int i = 0; i < 80; i++) {
                lines.append("a film that is ").append(name.equals("good") ? "fine" : "dull").append(" number ")
                        .append(random.nextInt(20)).append('\n');
            }
            Files.writeString(dir.resolve("x." + name + ".txt"), lines.toString());
        }
        var r = fit(config("""
                name: taste
                task: {length: 8}
                data: {kind: lines, path: %s, files: [x.good.txt, x.bad.txt], validation: 0.2, test: 0.2}
                model: {layers: [{embedding: {count: 60, dim: 8}}, {pool-steps: mean}, output]}
                optimizer: {lr: 3e-2}
                training: {epochs: 6, batch_size: 16}
                """, dir), "taste");
        assertEquals(1, r.test().metric("accuracy"));
        try (var model = Trained.load(r.run(), options("unused"))) {
            var file = dir.resolve("new.txt");
            Files.writeString(file, "a film that is dull number 77\na film that is fine number 78\n");
            assertEquals(List.of("bad", "good"), model.predict(List.of(file)).stream().map(Prediction::label).toList());
            // other texts in another order of words: a vocabulary learnt from them would number the words otherwise
            var other = Files.createDirectory(dir.resolve("other"));
            Files.writeString(other.resolve("x.good.txt"), "fine fine number 1\nnumber 2 fine film\n");
            Files.writeString(other.resolve("x.bad.txt"), "dull dull dull 3 3 3\nso dull a film\nit is dull\n");
            var e = model.evaluate(other);
            assertEquals(5, e.examples(), "all of them");
            assertEquals(1, e.metric("accuracy"));
        }
    }

    @Test
    void pairsOfWordsTellWhatWordsDoNot() throws IOException {
        // the same words, in another order
        for (var name : List.of("good", "bad")) {
            var lines = new StringBuilder();
            for (int i = 0; i < 80; i++) {
                lines.append(name.equals("good") ? "not dull but fine " : "not fine but dull ").append(i % 9)
                        .append('\n');
            }
            Files.writeString(dir.resolve("x." + name + ".txt"), lines.toString());
        }
        var yaml = """
                name: order
                task: {length: 12}
                data: {kind: lines, path: %s, files: [x.good.txt, x.bad.txt], ngrams: 2, validation: 0.2, test: 0.2}
                model: {layers: [{embedding-bag: {count: 60, dim: 8}}, output]}
                optimizer: {lr: 3e-2}
                training: {epochs: 6, batch_size: 16}
                """;
        assertEquals(1, fit(config(yaml, dir), "pairs").test().metric("accuracy"));
        assertTrue(fit(config(yaml.replace("ngrams: 2", "ngrams: 1"), dir), "words").test().metric("accuracy") < 0.8);
    }

    @Test
    void aModelOfTextsIsMeasuredOnOthersByItsOwnSymbols() throws IOException {
        var run = fit(config(WRITER, text), "writer").run();
        var other = dir.resolve("other.txt");
        // characters that were not in the training part would shift all others
        Files.writeString(other, "!\"# " + "the cat sat on the mat. ".repeat(30));
        try (var model = Trained.load(run, options("unused"))) {
            assertTrue(model.evaluate(other).loss() < 1.5, model.evaluate(other).toText());
        }
    }

    private static String tenfold(String line) {
        if (line.startsWith("date")) {
            return line;
        }
        var cells = List.of(line.split(",", -1));
        return cells.getFirst() + "," + 10 * Double.parseDouble(cells.get(1)) + ","
                + 10 * Double.parseDouble(cells.get(2));
    }
}
