package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.synth.Synthetic;
import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;
import dev.ijen.format.FormatException;
import dev.ijen.format.Json;
import dev.ijen.format.Npz;
import dev.ijen.format.Safetensors;
import dev.ijen.format.TfEvents;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.TrainResult.Outcome;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole trainings on the CPU, as small as they can be.
class TrainerTest {
    @TempDir Path dir;

    /// A network with everything that has a state: batch norm, dropout, momentum, averages, accumulation.
    private static final String RICH = """
            name: rich
            seed: 3
            data: {kind: digits, count: 120, validation: 0.25, test: 0.2}
            model:
              layers:
                - conv: {out: 4, size: 5, stride: 3}
                - batchnorm
                - relu
                - flatten
                - dropout: 0.3
                - output
            optimizer: {type: adamw, lr: 5e-3, weight_decay: 1e-2, accumulation: 2, clip_norm: 1}
            schedule: {type: cosine, warmup: 0.1}
            training: {epochs: 3, batch_size: 8, log_every: 3, ema: 0.9, checkpoint_seconds: 0}
            augmentation: {degrees: 10, translate: 0.1, mixup: 0.2}
            """;

    private static final String BLOBS = """
            name: blobs
            data: {kind: npz, validation: 0.25, test: 0.25}
            model:
              layers: [linear: 16, relu, output]
            optimizer: {lr: 1e-2}
            training: {epochs: 4, batch_size: 10}
            """;

    private static TrainConfig config(String yaml, String... sets) {
        return ConfigReader.parse("test", yaml, List.of(sets));
    }

    private TrainConfig blobs(String... sets) {
        return config(BLOBS, sets).withDataPath(blobFile().toString());
    }

    private Path blobFile() {
        var file = dir.resolve("blobs.npz");
        if (!Files.exists(file)) {
            var all = Synthetic.blobs(120, 3, 4, 0.6, 7).batch(IntStream.range(0, 120).toArray());
            Npz.write(file, Map.of("x", all.input(), "y", all.labels()));
        }
        return file;
    }

    private TrainOptions options(String out) {
        return TrainOptions.defaults()
                .withDevice(Device.cpu())
                .withEngine(EngineOptions.defaults().withThreads(2))
                .withOut(dir.resolve(out));
    }

    private static TrainResult fit(TrainConfig c, TrainOptions o) {
        try (var t = Trainer.of(c, o)) {
            var result = t.fit();
            return result;
        }
    }

    private static Map<String, String> bits(Path safetensors) {
        var all = new TreeMap<String, String>();
        Safetensors.read(safetensors).forEach((name, t) -> {
            var bytes = t.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
            all.put(name, Environment.sha256(bytes));
        });
        return all;
    }

    private static List<Path> checkpoint(Path run, String which) {
        var c = run.resolve("checkpoints").resolve(which);
        return List.of(c.resolve("model.safetensors"), c.resolve("optimizer.safetensors"));
    }

    private static void assertSameBits(Path a, Path b, String which) {
        for (int i = 0; i < 2; i++) {
            assertEquals(bits(checkpoint(a, which).get(i)), bits(checkpoint(b, which).get(i)), which + " " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 9, 14, 26})
    void resumingGivesTheSameBits(int interruptAt) {
        var whole = fit(config(RICH), options("whole"));
        assertEquals(Outcome.COMPLETED, whole.outcome());
        assertEquals(27, whole.steps());

        var counter = new int[1];
        var first = fit(config(RICH), options("cut").withInterrupted(() -> counter[0]++ >= interruptAt));
        assertEquals(Outcome.INTERRUPTED, first.outcome());
        assertEquals(interruptAt, first.steps());
        assertNull(first.test());

        try (var t = Trainer.resume(first.run(), options("unused"))) {
            var second = t.fit();
            assertEquals(Outcome.COMPLETED, second.outcome());
            assertEquals(first.run(), second.run());
            assertEquals(whole.test().metrics(), second.test().metrics());
            assertEquals(whole.test().loss(), second.test().loss());
            assertEquals(whole.bestStep(), second.bestStep());
        }
        assertSameBits(whole.run(), first.run(), "last");
        assertSameBits(whole.run(), first.run(), "best");
        // every epoch's means are the same, too: sums of a cut epoch are carried on
        assertEquals(epochs(whole.run()), epochs(first.run()));
    }

    private static List<String> epochs(Path run) {
        return MetricsLog.lines(run.resolve("metrics.jsonl")).stream()
                .filter(l -> l.containsKey("summary") || "val".equals(l.get("split")))
                .map(l -> l.get("step") + " " + l.get("split") + " " + l.get("loss") + " " + l.get("accuracy"))
                .toList();
    }

    @Test
    void aRunWithoutACheckpointStartsOver() throws Exception {
        var whole = fit(blobs(), options("whole"));
        var copy = dir.resolve("killed");
        Files.createDirectory(copy);
        Files.copy(whole.run().resolve("config.yaml"), copy.resolve("config.yaml"));
        try (var t = Trainer.resume(copy, options("unused"))) {
            t.fit();
        }
        assertSameBits(whole.run(), copy, "last");
        assertThrows(FormatException.class, () -> Trainer.resume(dir.resolve("none"), options("x")));
    }

    @Test
    void aFinishedRunStaysAsItIs() {
        var whole = fit(blobs(), options("whole"));
        var before = bits(checkpoint(whole.run(), "last").getFirst());
        try (var t = Trainer.resume(whole.run(), options("unused"))) {
            assertEquals(whole.steps(), t.fit().steps());
        }
        assertEquals(before, bits(checkpoint(whole.run(), "last").getFirst()));
    }

    @Test
    void threadsDoNotChangeABit() {
        var two = fit(config(RICH), options("two"));
        var again = fit(config(RICH), options("again"));
        var one = fit(config(RICH), options("one").withEngine(EngineOptions.defaults().withThreads(1)));
        assertSameBits(two.run(), again.run(), "last");
        assertSameBits(two.run(), one.run(), "last");
        var other = fit(config(RICH, "seed=4"), options("other"));
        assertNotEquals(bits(checkpoint(two.run(), "last").getFirst()),
                bits(checkpoint(other.run(), "last").getFirst()));
    }

    @Test
    void earlyStoppingRestoresTheBestWeights() {
        // a rate at which nothing gets better for long
        var seen = new ArrayList<TrainEvent.Epoch>();
        var c = blobs("optimizer.type=sgd", "optimizer.lr=3", "training.epochs=60", "training.patience=3",
                "training.monitor=loss");
        try (var t = Trainer.of(c, options("run").withListener(e -> {
            if (e instanceof TrainEvent.Epoch epoch) {
                seen.add(epoch);
            }
        }))) {
            var r = t.fit();
            assertEquals(Outcome.EARLY_STOPPED, r.outcome());
            double best = seen.stream().mapToDouble(TrainEvent.Epoch::value).min().orElseThrow();
            assertEquals(best, r.bestMetric());
            assertEquals(best, r.validation().loss());
            assertTrue(seen.getLast().value() > best);
            assertEquals(3, seen.stream().filter(e -> e.step() > r.bestStep()).count());
            var weights = Safetensors.read(checkpoint(r.run(), "best").getFirst());
            dev.ijen.nn.Module.parameters(t.model())
                    .forEach((name, p) -> assertArrayEquals(weights.get(name).toFloatArray(), p.read().toFloatArray()));
            assertNotEquals(bits(checkpoint(r.run(), "best").getFirst()), bits(checkpoint(r.run(), "last").getFirst()));
        }
    }

    @Test
    void whatIsLearntByHeartIsToldOnce() {
        // far more weights than examples: the training part is soon right throughout, the others are not
        var yaml = """
                name: heart
                data: {kind: digits, count: 60, validation: 0.6, test: 0}
                model:
                  layers: [flatten, linear: 64, relu, output]
                optimizer: {lr: 3e-3}
                training: {epochs: 20, batch_size: 12, checkpoint_seconds: 1000}
                """;
        var warnings = fit(config(yaml), options("run")).warnings();
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.getFirst().matches("over-fitting: epoch \\d+ is 0\\.\\d{3} better on the training part .*"),
                warnings.toString());
        assertEquals(List.of(), fit(config(yaml, "training.gap_warning=0"), options("quiet")).warnings());
    }

    @Test
    void oneBatchIsLearntByHeart() {
        var c = config(
                """
                name: one
                data: {kind: digits, count: 20, validation: 0, test: 0}
                model:
                  layers: [flatten, linear: 64, relu, output]
                optimizer: {lr: 3e-3}
                training: {epochs: 150, batch_size: 20, log_every: 50, checkpoint_seconds: 1000}
                """);
        var last = new double[1];
        var r = fit(c, options("run").withListener(e -> {
            if (e instanceof TrainEvent.Epoch epoch) {
                last[0] = epoch.trainLoss();
            }
        }));
        assertTrue(last[0] < 1e-3, "loss " + last[0]);
        assertNull(r.validation());
        assertNull(r.test());
    }

    @Test
    void aLossThatIsNoNumberStopsAndNamesTheStep() {
        var c = blobs("optimizer.type=sgd", "optimizer.lr=1000", "optimizer.momentum=0.99", "training.epochs=200",
                "training.log_every=7",
                "training.gap_warning=0");
        var e = assertThrows(TrainException.class, () -> fit(c, options("run")));
        assertTrue(e.getMessage().matches("(?s)training: .* not finite at step \\d+\\n.*optimizer\\.lr.*"),
                e.getMessage());
        // what was saved before is usable
        var best = dir.resolve("run/checkpoints/best");
        if (Files.exists(best)) {
            try (var t = Trained.load(best, options("x"))) {
                assertTrue(Double.isFinite(t.evaluate((Path) null).loss()));
            }
        }
    }

    @Test
    void theFirstBadStepIsTheOneNamed() {
        var x = new float[40 * 2];
        var y = new int[40];
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 7;
            y[i / 2] = i / 2 % 2;
        }
        x[3] = Float.NaN; // one example of forty: in one of the four batches of ten
        var file = dir.resolve("nan.npz");
        Npz.write(file, Map.of("x", HostTensor.of(x, 40, 2), "y", HostTensor.of(y, 40)));
        var c = config(BLOBS, "data.validation=0", "data.test=0", "training.log_every=100")
                .withDataPath(file.toString());
        int batch = -1;
        try (var t = Trainer.of(c, options("x"))) {
            int at = 0;
            try (var epoch = Augmentations.loader(c, t.data().train()).epoch(0)) {
                for (var b : epoch) {
                    at++;
                    for (float v : b.input().toFloatArray()) {
                        batch = Float.isNaN(v) ? at : batch;
                    }
                }
            }
        }
        var e = assertThrows(TrainException.class, () -> fit(c, options("run")));
        assertTrue(e.getMessage().contains("at step " + batch + "\n"), batch + ": " + e.getMessage());
    }

    @Test
    void theRunDirectoryHoldsWhatItShould() throws Exception {
        var r = fit(config(RICH, "training.keep=1"), options("run"));
        var run = r.run();
        for (var file : List.of("config.yaml", "env.json", "metrics.jsonl", "train.log", "report.html",
                "report.json")) {
            assertTrue(Files.size(run.resolve(file)) > 0, file);
        }
        assertEquals(config(RICH, "training.keep=1"), ConfigReader.read(run.resolve("config.yaml"), List.of()));
        var env = Fields.of("env", Json.parse(run.resolve("env.json")));
        assertEquals(
                Environment.sha256(checkpoint(run, "best").getFirst()),
                env.object("sha256").object("weights").text("best"));
        var lines = MetricsLog.lines(run.resolve("metrics.jsonl"));
        for (var l : lines) {
            assertTrue(
                    l.get("step") instanceof Long && l.get("epoch") instanceof Long && l.get("split") instanceof String,
                    l.toString());
            assertTrue(l.get("loss") instanceof Double && l.get("time_s") instanceof Double, l.toString());
        }
        assertTrue(lines.stream()
                .anyMatch(l -> l.get("lr") instanceof Double && l.get("samples_per_s") instanceof Double));
        assertTrue(lines.stream().anyMatch(l -> "test".equals(l.get("split"))));
        try (var tb = Files.list(run.resolve("tb"))) {
            var events = TfEvents.read(tb.findFirst().orElseThrow());
            assertTrue(events.stream().anyMatch(e -> e.scalars().containsKey("validation/accuracy")));
        }
        try (var c = Files.list(run.resolve("checkpoints"))) {
            var names = c.map(p -> p.getFileName().toString()).filter(n -> n.startsWith("step-")).toList();
            assertTrue(names.size() <= 2 && names.contains("step-27"), names.toString());
        }
        var html = Files.readString(run.resolve("report.html"));
        assertFalse(html.contains("http:") || html.contains("https:"), "nothing from the network");
        assertTrue(html.contains("Worst errors") && html.contains("data:image/png"), "pictures of errors");
        assertTrue(Json.parse(run.resolve("report.json")) instanceof Map<?, ?> m && m.containsKey("confusion"));

        // never overwritten
        var second = fit(config(RICH, "training.max_steps=1"), options("run"));
        assertEquals(dir.resolve("run-2"), second.run());
        assertEquals(Outcome.MAX_STEPS, second.outcome());
        assertEquals(1, second.steps());
    }

    @Test
    void aTrainedModelSaysWhatTheTrainerMeasured() throws Exception {
        var r = fit(blobs(), options("run"));
        assertTrue(r.test().metric("accuracy") > 0.9, r.toText());
        for (var path : List.of(r.run(), r.run().resolve("checkpoints/best"),
                r.run().resolve("checkpoints/best/model.safetensors"))) {
            try (var t = Trained.load(path, options("x"))) {
                assertEquals(r.test().metrics(), t.evaluate(blobFile()).metrics());
                assertEquals(r.test().loss(), t.evaluate((Path) null).loss());
                assertEquals(List.of("0", "1", "2"), t.classNames());
                var all = DataParts.load(blobs()).test();
                var p = t.predict(all);
                assertEquals(all.size(), p.size());
                int right = 0;
                for (int i = 0; i < p.size(); i++) {
                    assertEquals(1, p.get(i).probabilities().values().stream().mapToDouble(v -> v).sum(), 1e-12);
                    right += p.get(i).label().equals("" + all.classIndices()[i]) ? 1 : 0;
                }
                assertEquals(r.test().metric("accuracy"), (double) right / p.size(), 1e-12);
            }
        }
        // a weight file without its configuration, and a damaged one
        var alone = dir.resolve("alone.safetensors");
        Safetensors.write(alone, Safetensors.read(checkpoint(r.run(), "best").getFirst()), Map.of());
        assertThrows(FormatException.class, () -> Trained.load(alone, options("x")));
        var cut = Files.readAllBytes(checkpoint(r.run(), "best").getFirst());
        Files.write(alone, java.util.Arrays.copyOf(cut, cut.length - 5));
        assertThrows(FormatException.class, () -> Trained.load(alone, options("x")));
        assertThrows(FormatException.class, () -> Trained.load(dir.resolve("none"), options("x")));
        assertThrows(FormatException.class, () -> Trained.load(dir, options("x")));
    }

    @Test
    void tablesAreReadPredictedAndUndone() throws Exception {
        var csv = new StringBuilder("size,kind,price\n");
        for (int i = 0; i < 200; i++) {
            csv.append(i % 37 == 5 ? "" : "" + i).append(i % 2 == 0 ? ",old," : ",new,")
                    .append(1000 + 10 * i + 200 * (i % 2)).append('\n');
        }
        var file = Files.writeString(dir.resolve("houses.csv"), csv);
        var c = config(
                """
                name: houses
                data: {target: price}
                model: {layers: [linear: 16, tanh, output]}
                optimizer: {lr: 1e-2}
                training: {epochs: 60, batch_size: 16, checkpoint_seconds: 100}
                """).withDataPath(file.toString());
        var r = fit(c, options("run"));
        assertTrue(r.test().metric("r2") > 0.9, r.toText());
        assertNull(r.test().confusion());
        assertEquals(40, r.test().examples());
        var ask = Files.writeString(dir.resolve("ask.csv"), "kind,size\nnew,101\nold,20\n");
        try (var t = Trained.load(r.run(), options("x"))) {
            var p = t.predict(List.of(ask));
            assertEquals(2, p.size());
            assertEquals(2210, p.get(0).value(), 300);
            assertEquals(1200, p.get(1).value(), 300);
            assertNull(p.get(0).label());
            assertEquals(ask + ":2", p.get(0).source());
            assertThrows(IjenException.class, () -> t.predictImage(ask));
            assertThrows(IjenException.class, () -> t.evaluate(Synthetic.blobs(10, 3, 4, 0.6, 7)));
        }
    }

    @Test
    void badSettingsAreFoundBeforeAnythingIsWritten() {
        for (var set : List.of(
                "training.loss=mse",
                "training.monitor=r2",
                "augmentation.flip=0.5",
                "model.layers=[linear: 7]",
                "schedule.type=multi-step",
                "data.path=")) {
            assertThrows(ConfigException.class,
                    () -> Trainer.of(config(BLOBS, "data.path=" + blobFile(), set), options("run")).close(), set);
        }
        assertThrows(FormatException.class,
                () -> Trainer.of(blobs().withDataPath("/no/such/file.npz"), options("run")).close());
        assertFalse(Files.exists(dir.resolve("run")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"constant", "step", "exponential", "cosine", "one-cycle", "polynomial", "plateau"})
    void everyScheduleTrains(String type) {
        var rates = new ArrayList<Double>();
        var c = blobs("schedule.type=" + type, "schedule.every=1", "schedule.patience=1", "schedule.factor=0.5",
                "training.log_every=1");
        var r = fit(c, options("run").withListener(e -> {
            if (e instanceof TrainEvent.Step s && s.logged()) {
                rates.add(s.learningRate());
            }
        }));
        assertEquals(r.steps(), rates.size());
        assertTrue(rates.stream().allMatch(v -> v >= 0 && v <= 1e-2 * 1.0001), rates.toString());
        if (List.of("step", "cosine", "polynomial", "exponential").contains(type)) {
            assertTrue(rates.getLast() < rates.getFirst());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"adam", "adamw", "sgd", "rmsprop", "adagrad", "lamb", "lion", "adafactor"})
    void everyOptimizerTrains(String type) {
        var losses = new ArrayList<Double>();
        fit(blobs("optimizer.type=" + type, "optimizer.lr=0.003", "training.epochs=6"),
                options("run").withListener(e -> {
                    if (e instanceof TrainEvent.Epoch s) {
                        losses.add(s.trainLoss());
                    }
                }));
        assertTrue(losses.getLast() < losses.getFirst(), losses.toString());
    }

    @Test
    void whatFrozenMeans() {
        try (var t = Trainer.of(blobs("optimizer.frozen=['0.*']"), options("run"))) {
            var before = dev.ijen.nn.Module.parameters(t.model()).get("0.weight").read().toFloatArray();
            var head = dev.ijen.nn.Module.parameters(t.model()).get("2.weight").read().toFloatArray();
            t.fit();
            assertArrayEquals(before, dev.ijen.nn.Module.parameters(t.model()).get("0.weight").read().toFloatArray());
            assertFalse(java.util.Arrays.equals(head,
                    dev.ijen.nn.Module.parameters(t.model()).get("2.weight").read().toFloatArray()));
            assertEquals(3 * 16 + 3, t.plan().trainable());
            assertThrows(IjenException.class, t::fit);
        }
    }

    @Test
    void nothingIsLeftOnTheDevice() {
        var t = Trainer.of(config(RICH, "training.epochs=1"), options("run"));
        t.fit();
        t.close();
        assertEquals(0, t.engine().memory().buffers());
    }
}
