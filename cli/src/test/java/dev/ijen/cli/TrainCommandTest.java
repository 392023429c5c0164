package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainCommandTest {
    private static final String CONFIG = """
            name: tiny
            data:
              kind: digits
              count: 500
            model:
              layers:
                - flatten
                - linear: 32
                - relu
                - linear: 10
            optimizer:
              type: adam
              lr: 0.003
            training:
              epochs: 2
              batch_size: 25
            """;
    private static final long PARAMETERS = 784 * 32 + 32 + 32 * 10 + 10;

    @TempDir Path folder;

    private Path config;
    private Path run;

    @BeforeEach
    void write() throws IOException {
        config = Files.writeString(folder.resolve("tiny.yaml"), CONFIG);
        run = folder.resolve("run");
    }

    private Cli.Ran train(Object... more) {
        return train(new Cli(), more);
    }

    private Cli.Ran train(Cli cli, Object... more) {
        var args = new ArrayList<Object>(List.of("train", config, "--out", run, "--device", "cpu"));
        args.addAll(List.of(more));
        return cli.start(args.toArray());
    }

    private static double number(Object map, String key) {
        return ((Number) ((Map<?, ?>) map).get(key)).doubleValue();
    }

    /// What goes into the last layer: 32 numbers, none negative, for they come from a ReLU.
    private void embeds(double examples) throws IOException {
        var npy = folder.resolve("e.npy");
        var csv = folder.resolve("e.csv");
        var tensors = folder.resolve("e.safetensors");
        var picture = folder.resolve("e.svg");
        var said = Cli.run("embed", run, "--out", npy, "--picture", picture, "--projection", "tsne", "--count", 60,
                "--neighbours", "3", "--top", 4, "--json").ok().json();
        int n = (int) Math.min(60, examples);
        assertEquals(n, number(said, "vectors"));
        assertEquals(4, ((List<?>) said.get("neighbours")).size());
        var vectors = dev.ijen.format.Npy.read(npy);
        assertEquals(dev.ijen.tensor.Shape.of(n, 32), vectors.shape());
        for (float v : vectors.toFloatArray()) {
            assertTrue(v >= 0);
        }
        assertTrue(Files.readString(picture).startsWith("<svg"));
        Cli.run("embed", run, "--out", csv, "--layer", "0", "--count", 60).ok();
        var lines = Files.readAllLines(csv);
        assertEquals(n + 1, lines.size());
        assertEquals(2 + 784, lines.getFirst().split(",").length);
        Cli.run("embed", run, "--out", tensors, "--count", 60).ok();
        try (var in = dev.ijen.format.Safetensors.open(tensors)) {
            assertEquals(vectors.shape(), in.info("embeddings").shape());
            assertEquals("0\n1\n2\n3\n4\n5\n6\n7\n8\n9", in.metadata().get("classes"));
        }
        assertTrue(Cli.run("embed", run, "--layer", "99").block(2).contains("'99'"));
        assertTrue(Cli.run("embed", run, "--neighbours", "boring").block(2).contains("'boring'"));
        assertTrue(Cli.run("embed", run, "--table").block(2).contains("texts"));
        assertTrue(Cli.run("embed", run, "--out", "x.txt").block(2).contains(".npy"));
        assertTrue(Cli.run("embed", run, "--picture", "x.jpg").block(2).contains(".png"));
        assertTrue(Cli.run("embed", run, "--perplexity", "0").block(2).contains("from 1 on"));
        assertTrue(Cli.run("embed", folder.resolve("none")).block(Exit.BAD_FILE).contains("none"));
        var few = folder.resolve("few.svg");
        assertTrue(Cli.run("embed", run, "--projection", "tsne", "--picture", few, "--count", 3).block(2)
                .contains("at least 4 vectors"));
        assertFalse(Files.exists(few));
    }

    @Test
    void trainsEvaluatesPredictsAndInspects() throws IOException {
        var result = train("--json").ok().json();
        assertEquals(run.toString(), result.get("run"));
        assertEquals("completed", result.get("outcome"));
        assertEquals(2L, result.get("epochs"));
        for (var file : List.of(
                "config.yaml", "env.json", "metrics.jsonl", "tb", "train.log", "report.html", "report.json",
                "checkpoints/last/model.safetensors", "checkpoints/best/optimizer.safetensors",
                "checkpoints/best/state.json")) {
            assertTrue(Files.exists(run.resolve(file)), file);
        }

        var evaluation = Cli.run("eval", run, "--json").ok().json();
        assertEquals(number(result.get("test"), "accuracy"), number(evaluation, "accuracy"));
        assertEquals(number(result.get("test"), "loss"), number(evaluation, "loss"), 1e-9);
        assertTrue(number(evaluation, "accuracy") > 0.5, evaluation.toString()); // chance is 0.1

        Cli.run("synth", "digits", "--count", 10, "--test", 10, "--format", "png", "--seed", 9, "--out",
                folder.resolve("png")).ok();
        var image = folder.resolve("png/test/4/000014.png");
        var lines = Cli.run("predict", run, image, image, "--json").ok().out().lines().toList();
        assertEquals(2, lines.size());
        var table = Cli.run("predict", run, folder.resolve("t.csv")).block(4);
        assertTrue(table.contains("expected: a picture"), table);
        for (var line : lines) {
            var prediction = (Map<?, ?>) Json.parse("line", line);
            assertEquals(image.toString(), prediction.get("file"));
            var probabilities = (Map<?, ?>) prediction.get("probabilities");
            double best = number(probabilities, (String) prediction.get("class"));
            double sum = 0;
            for (var p : probabilities.values()) {
                sum += ((Number) p).doubleValue();
                assertTrue(((Number) p).doubleValue() <= best);
            }
            assertEquals(1, sum, 1e-5);
        }
        assertEquals(2, Cli.run("predict", run, image, "--top", 2).ok().out().split(" %", -1).length - 1);
        embeds(number(result.get("test"), "examples"));
        var folderEvaluation = Cli.run("eval", run, "--data", folder.resolve("png/test"), "--json").ok().json();
        assertEquals(10L, folderEvaluation.get("examples"));

        for (var what : List.of(run, run.resolve("checkpoints/last"),
                run.resolve("checkpoints/best/model.safetensors"))) {
            var plan = Cli.run("inspect", what, "--json").ok().json();
            assertEquals(PARAMETERS, plan.get("parameters"));
            // 2 a multiply-add
            assertEquals(2L * (784 * 32 + 32 * 10), plan.get("flops_forward"));
        }
        // as any other program would store it: tensors alone
        var file = Files.copy(run.resolve("checkpoints/best/model.safetensors"), folder.resolve("other.safetensors"));
        assertTrue(((Long) Cli.run("inspect", file, "--json").ok().json().get("parameters")) >= PARAMETERS);
    }

    @Test
    void aRunIsNeverOverwritten() {
        train("--max-steps", 2).ok();
        var second = train("--max-steps", 2, "--json").ok().json();
        assertEquals(run + "-2", second.get("run"));
    }

    @Test
    void limitsOptionsAndOverrides() {
        assertEquals(3L, train("--max-steps", 3, "--json").ok().json().get("steps"));
        assertEquals(1L, train("--epochs", 1, "--json").ok().json().get("epochs"));
        assertEquals(1L, train("--set", "training.epochs=1", "--json").ok().json().get("epochs"));
        assertEquals("max_time", train("--max-time", "0.001s", "--json").ok().json().get("outcome"));
    }

    @Test
    void theSameSeedGivesTheSameWeightsAtAnyNumberOfThreads() throws IOException {
        var weights = new ArrayList<Path>();
        for (var threads : List.of(1, 2, 1)) {
            var result = train("--threads", threads, "--seed", 7, "--epochs", 1, "--json").ok().json();
            weights.add(Path.of((String) result.get("run"), "checkpoints/last/model.safetensors"));
        }
        assertEquals(-1, Files.mismatch(weights.get(0), weights.get(1)));
        assertEquals(-1, Files.mismatch(weights.get(0), weights.get(2)));
        var other = train("--seed", 8, "--epochs", 1, "--json").ok().json();
        assertTrue(
                Files.mismatch(weights.get(0), Path.of((String) other.get("run"), "checkpoints/last/model.safetensors"))
                        >= 0);
    }

    @Test
    void aDryRunWritesNothing() {
        var plan = train("--dry-run", "--json").ok().json();
        assertEquals(PARAMETERS, plan.get("parameters"));
        assertTrue((Long) plan.get("memory_bytes") > PARAMETERS * 4 * 3); // weights and Adam's two moments
        assertFalse(Files.exists(run));
    }

    @Test
    void presetsAreInspectedWithoutTheirData() {
        for (var preset : new PresetNames()) {
            var plan = Cli.run("inspect", "--preset", preset, "--json").ok().json();
            assertTrue((Long) plan.get("parameters") > 0, preset);
            assertFalse(((List<?>) plan.get("layers")).isEmpty(), preset);
        }
        assertTrue(Cli.run("inspect", "--preset", "iris", "--graph", "mermaid").ok().out().startsWith("flowchart"));
        assertTrue(Cli.run("inspect", "--preset", "iris", "--graph", "dot").ok().out().startsWith("digraph"));
    }

    @Test
    void theFirstInterruptSavesTheSecondStops() {
        var cli = new Cli();
        var answers = new ArrayList<Boolean>();
        cli.watch(text -> {
            if (text.startsWith("epoch 1/") && answers.isEmpty()) {
                answers.add(cli.interrupts().signal());
                answers.add(cli.interrupts().signal());
            }
        });
        var ran = train(cli, "--progress", "plain", "--json", "--epochs", 200);
        assertEquals(List.of(false, true), answers);
        assertEquals(130, ran.code(), ran.err());
        assertEquals("interrupted", ran.json().get("outcome"));
        assertTrue(Files.exists(run.resolve("checkpoints/last/model.safetensors")));
        assertTrue(ran.err().contains("saving a checkpoint"), ran.err());
    }

    @Test
    void withoutGuardedWorkTheFirstInterruptStops() {
        assertTrue(new Interrupts().signal());
    }

    @Test
    void unknownKeyNamesTheNearestAndThePlace() throws IOException {
        Files.writeString(config, CONFIG.replace("lr:", "lrr:"));
        var block = train().block(2);
        assertTrue(block.contains("tiny.yaml:13:3") && block.contains("did you mean 'lr'?"), block);
        Files.writeString(config, CONFIG);
        assertTrue(train("--set", "training.epoch=3").block(2).contains("epochs"));
    }

    @Test
    void unknownLayerNamesTheNearestAndThePlace() throws IOException {
        Files.writeString(config, CONFIG.replace("- relu", "- rellu"));
        var block = train().block(2);
        assertTrue(block.contains("tiny.yaml:9:") && block.contains("did you mean 'relu'?"), block);
    }

    @Test
    void shapesThatDoNotFit() throws IOException {
        Files.writeString(config, CONFIG.replace("- flatten", "- flatten\n    - conv: 8"));
        assertTrue(train().block(2).contains("tiny.yaml:8:"));
        Files.writeString(config, CONFIG.replace("linear: 10", "linear: 11"));
        assertTrue(train().block(2).contains("[N, 10]"));
    }

    @Test
    void aLossThatIsNotANumber() throws IOException {
        // least squares by steps far longer than the curvature allows: the weights grow by a factor each step
        var csv = Files.writeString(folder.resolve("line.csv"), "x,y\n" + "1.5,2\n-0.5,1\n2.5,3\n0.5,-4\n".repeat(20));
        Files.writeString(config, """
                data: {kind: csv, target: y, task: regression, validation: 0, test: 0}
                model: {layers: [output]}
                optimizer: {type: sgd, lr: 1000}
                training: {epochs: 100, batch_size: 20, loss: mse}
                """);
        assertTrue(train("--data", csv, "--progress", "none").block(1).contains("step"));
    }

    @Test
    void aRunDirectoryThatCannotBeWritten() throws IOException {
        run = Files.createFile(folder.resolve("file")).resolve("run");
        assertTrue(train("--progress", "none").block(1).contains("cannot create the run directory"));
    }

    @Test
    void missingData() {
        assertTrue(Cli.run("train", folder.resolve("none.yaml")).block(4).contains("none.yaml"));
        assertTrue(Cli.run("train", "--preset", "iris").block(2).contains("--data"));
        assertTrue(Cli.run("train", "--preset", "iris", "--data", folder.resolve("none.csv")).block(4)
                .contains("none.csv"));
        assertTrue(Cli.run("predict", folder, "x.png").block(4).contains(folder.toString()));
        assertTrue(Cli.run("eval", folder.resolve("none")).block(4).contains("none"));
    }
}
