package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.TrainResult.Outcome;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.TrainConfig;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens to a training from outside: said clearly, and what was learnt is not lost.
class AccidentsTest {
    @TempDir Path dir;

    private TrainOptions options(Consumer<TrainEvent> seen) {
        return TrainOptions.defaults()
                .withDevice(Device.cpu())
                .withEngine(EngineOptions.defaults().withThreads(1))
                .withOut(dir.resolve("run"))
                .withListener(seen::accept);
    }

    private static TrainConfig digits(String... sets) {
        return ConfigReader.parse("test.yaml", """
                name: accident
                data: {kind: digits, count: 60, validation: 0.2, test: 0.2}
                model: {layers: [flatten, linear: 8, relu, output]}
                training: {epochs: 6, batch_size: 8, log_every: 1, checkpoint_seconds: 0}
                """, List.of(sets));
    }

    private static void delete(Path tree) {
        try (var all = Files.walk(tree)) {
            for (var p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Two classes of pictures, dark and bright; the paths of all of them.
    private List<Path> pictures() throws IOException {
        var random = new Random(1);
        for (var name : List.of("dark", "bright")) {
            var folder = Files.createDirectories(dir.resolve("pictures").resolve(name));
            for (int i = 0; i < 20; i++) {
                var image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
                for (int k = 0; k < 256; k++) {
                    image.getRaster().setSample(k % 16, k / 16, 0,
                            (name.equals("dark") ? 0 : 128) + random.nextInt(128));
                }
                ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
            }
        }
        try (var all = Files.walk(dir.resolve("pictures"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private TrainConfig images(int prefetch) {
        return ConfigReader.parse("test.yaml", """
                name: pictures
                data: {kind: images, validation: 0.2, test: 0.2}
                model: {layers: [flatten, linear: 4, relu, output]}
                training: {epochs: 4, batch_size: 4, log_every: 1, checkpoint_seconds: 1000, prefetch: %d}
                """.formatted(prefetch), List.of()).withDataPath(dir.resolve("pictures").toString());
    }

    @Test
    void theRunDirectoryDeletedUnderUs() {
        var e = assertThrows(IjenException.class, () -> {
            try (var t = Trainer.of(digits(), options(event -> {
                if (event instanceof TrainEvent.Step s && s.step() == 7) {
                    delete(dir.resolve("run"));
                }
            }))) {
                t.fit();
            }
        });
        assertTrue(e.getMessage().contains(dir.resolve("run").toString()), e.getMessage());
        assertTrue(e.getMessage().contains("fix:"), e.getMessage());
    }

    /// The files are cut while the training reads them, on the thread that prepares batches and on the one that asks for them.
    @Test
    void dataCutWhileItIsRead() throws IOException {
        for (int prefetch : new int[] {0, 2}) {
            var all = pictures();
            var e = assertThrows(FormatException.class, () -> {
                try (var t = Trainer.of(images(prefetch), options(event -> {
                    if (event instanceof TrainEvent.Step s && s.step() == 8) {
                        cut(all);
                    }
                }))) {
                    t.fit();
                }
            });
            assertTrue(e.getMessage().contains(".png"), e.getMessage());
            // what was learnt is on disk, and the training can go on once the data is there again
            var run = dir.resolve(prefetch == 0 ? "run" : "run-2");
            assertTrue(Files.isRegularFile(run.resolve("checkpoints/last/model.safetensors")));
            delete(dir.resolve("pictures"));
            pictures();
            try (var t = Trainer.resume(run, options(event -> {}))) {
                assertEquals(Outcome.COMPLETED, t.fit().outcome());
            }
            delete(dir.resolve("pictures"));
        }
        // neither the error nor the resuming changed a bit of the result
        pictures();
        try (var t = Trainer.of(images(2), options(event -> {}))) {
            t.fit();
        }
        var weights = "checkpoints/last/model.safetensors";
        assertEquals(-1, Files.mismatch(dir.resolve("run-2").resolve(weights), dir.resolve("run-3").resolve(weights)));
    }

    private static void cut(List<Path> files) {
        for (var f : files) {
            try (var file = new RandomAccessFile(f.toFile(), "rw")) {
                file.setLength(file.length() / 2);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Going on with other data or another configuration is allowed, and told of.
    @Test
    void dataAndConfigurationChangedBetweenCheckpointAndResume() throws IOException {
        var csv = Files.writeString(dir.resolve("t.csv"), "a,b,y\n" + "1,2,p\n3,1,q\n2,2,p\n4,1,q\n".repeat(10));
        var config = ConfigReader.parse("test.yaml", """
                name: table
                data: {kind: csv, target: y, validation: 0.2, test: 0}
                model: {layers: [linear: 4, relu, output]}
                training: {epochs: 4, batch_size: 8, checkpoint_seconds: 0}
                """, List.of()).withDataPath(csv.toString());
        var steps = new int[1];
        try (var t = Trainer.of(config, options(event -> {}).withInterrupted(() -> steps[0]++ >= 5))) {
            assertEquals(Outcome.INTERRUPTED, t.fit().outcome());
        }
        var run = dir.resolve("run");
        assertEquals(List.of(), warnings(run, 1)); // nothing has changed
        Files.writeString(csv, Files.readString(csv).replaceFirst("3,1", "3,2"));
        var yaml = run.resolve("config.yaml");
        Files.writeString(yaml, Files.readString(yaml).replace("epochs: 4", "epochs: 5"));
        var told = warnings(run, 1);
        assertEquals(2, told.size(), told.toString());
        assertTrue(told.getFirst().startsWith("config.yaml was changed since the checkpoint of step "),
                told.toString());
        assertTrue(told.getLast().startsWith("the data was changed (t.csv) since "), told.toString());
        assertEquals(told, warnings(run, 100)); // remembered, and not told anew
    }

    /// Of a run that goes on for some steps.
    private List<String> warnings(Path run, int steps) {
        var made = new int[1];
        try (var t = Trainer.resume(run, options(event -> {}).withInterrupted(() -> made[0]++ >= steps))) {
            return t.fit().warnings();
        }
    }

    @Test
    void theTimeIsUp() throws IOException {
        long steps;
        try (var t = Trainer.of(digits("training.max_time=0.05", "training.epochs=100000"), options(event -> {}))) {
            var r = t.fit();
            assertEquals(Outcome.MAX_TIME, r.outcome());
            assertTrue(r.steps() > 0);
            steps = r.steps();
        }
        assertTrue(Files.isRegularFile(dir.resolve("run/checkpoints/last/model.safetensors")));
        assertFalse(Files.exists(dir.resolve("run-2")));
        // and there is as much again for whoever goes on
        try (var t = Trainer.resume(dir.resolve("run"), options(event -> {}))) {
            var r = t.fit();
            assertEquals(Outcome.MAX_TIME, r.outcome());
            assertTrue(r.steps() > steps, r.steps() + " after " + steps);
        }
        assertTrue(Files.readString(dir.resolve("run/report.html")).contains("The time was up after step"));
    }

    /// However little time there is, whoever goes on comes further; and a sitting may have another limit than the first.
    @Test
    void noTimeAtAllIsAStep() {
        try (var t = Trainer.of(digits("training.max_time=1e-9"), options(event -> {}))) {
            assertEquals(1, t.fit().steps());
        }
        try (var t = Trainer.resume(dir.resolve("run"), options(event -> {}))) {
            assertEquals(2, t.fit().steps());
        }
        try (var t = Trainer.resume(dir.resolve("run"), options(event -> {}).withMaxTime(0.0))) {
            assertEquals(Outcome.COMPLETED, t.fit().outcome());
        }
    }

    /// Whoever listens fails: the same as an error of our own.
    @Test
    void aListenerThatThrows() {
        var e = assertThrows(IllegalStateException.class, () -> {
            try (var t = Trainer.of(digits(), options(event -> {
                if (event instanceof TrainEvent.Epoch epoch && epoch.epoch() == 2) {
                    throw new IllegalStateException("listener");
                }
            }))) {
                t.fit();
            }
        });
        assertEquals("listener", e.getMessage());
        try (var t = Trainer.resume(dir.resolve("run"), options(event -> {}))) {
            assertEquals(Outcome.COMPLETED, t.fit().outcome());
        }
    }
}
