package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Safetensors;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.config.ConfigWriter;
import dev.ijen.train.config.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir Path dir;

    private Checkpoints checkpoints;

    @BeforeEach
    void folder() {
        checkpoints = new Checkpoints(dir);
    }

    private void save(long step, boolean best, int keep) {
        var w = Map.of("w", HostTensor.of(new float[] {step}, 1));
        checkpoints.save(step, w, Map.of("k", "v"), w, Map.of("step", step), best, keep);
    }

    private Set<String> names() throws IOException {
        try (var all = Files.list(dir)) {
            return all.map(p -> p.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @Test
    void pointersResolveToWholeCheckpoints() {
        assertNull(checkpoints.find("last"));
        save(10, true, 2);
        save(20, false, 2);
        assertEquals(dir.resolve("step-20"), checkpoints.find("last"));
        assertEquals(dir.resolve("step-10"), checkpoints.find("best"));
        for (var file : List.of("model.safetensors", "optimizer.safetensors", "state.json")) {
            assertTrue(Files.isRegularFile(dir.resolve("last").resolve(file)));
            assertTrue(Files.isRegularFile(dir.resolve("best/" + file)));
        }
        assertEquals(20f, Safetensors.read(dir.resolve("last/model.safetensors")).get("w").toFloatArray()[0]);
    }

    @Test
    void oldOnesGoButTheBestAndTheLast() throws IOException {
        save(1, true, 2);
        for (int i = 2; i <= 11; i++) {
            save(i, false, 2);
        }
        assertEquals(Set.of("step-1", "step-10", "step-11", "best", "last"), names());
    }

    @Test
    void theSameStepAgainMovesOnlyThePointers() {
        save(5, false, 2);
        save(5, true, 2);
        assertEquals(checkpoints.find("last"), checkpoints.find("best"));
    }

    @Test
    void whatACrashLeftIsNoCheckpoint() throws IOException {
        save(5, true, 1);
        Files.createDirectory(dir.resolve(".step-6.tmp123"));
        Files.createDirectory(dir.resolve(".step-4.removed"));
        save(7, true, 1);
        assertEquals(dir.resolve("step-7"), checkpoints.find("last"));
        Files.delete(dir.resolve("last"));
        Files.createSymbolicLink(dir.resolve("last"), Path.of("step-99"));
        assertNull(checkpoints.find("last"));
    }

    @Test
    void aRunDirectoryIsNeverShared() throws IOException {
        var config = Presets.load("iris", List.of());
        var wanted = dir.resolve("runs/iris");
        var first = RunDirectory.create(wanted, ConfigWriter.yaml(config));
        assertEquals(wanted, first.path());
        assertEquals(config, first.readConfig());
        assertEquals(dir.resolve("runs/iris-2"), RunDirectory.create(wanted, ConfigWriter.yaml(config)).path());
        assertEquals(dir.resolve("runs/iris-3"), RunDirectory.create(wanted, ConfigWriter.yaml(config)).path());
        var empty = Files.createDirectory(dir.resolve("empty"));
        assertEquals(empty, RunDirectory.create(empty, ConfigWriter.yaml(config)).path());
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        var file = Files.writeString(dir.resolve("file"), "x");
        var e = assertThrows(IjenException.class,
                () -> RunDirectory.create(file.resolve("run"), ConfigWriter.yaml(Presets.load("iris", List.of()))));
        assertTrue(e.getMessage().contains("cannot create the run directory"), e.getMessage());
        assertTrue(e.getMessage().contains(file + " is a file"), e.getMessage());
        assertThrows(IjenException.class, () -> RunDirectory.open(dir));
    }

    @Test
    void metricsGoOnWhereTheCheckpointWas() throws IOException {
        var file = dir.resolve("metrics.jsonl");
        Files.writeString(
                file,
                """
                {"step":10,"epoch":1,"split":"train","loss":0.5}
                {"step":20,"epoch":1,"split":"train","loss":0.4}
                {"step":10,"epoch":1,"split":"test","accuracy":0.4}
                {"step":30,"epoch":2,"split":"tra""");
        try (var log = MetricsLog.open(file, 10)) {
            log.on(new TrainEvent.Step(15, 100, 1, 3, 5, 10, 0.25, 0.5, 1e-3, 10, 1, 0));
            log.on(new TrainEvent.Step(16, 100, 1, 3, 6, 10, Double.NaN, Double.NaN, Double.NaN, 0, 1, 0));
        }
        assertEquals(
                List.of(
                        "{\"step\":10,\"epoch\":1,\"split\":\"train\",\"loss\":0.5}",
                        "{\"step\":15,\"epoch\":1,\"split\":\"train\",\"loss\":0.25,\"accuracy\":0.5,\"lr\":0.001,\"samples_per_s\":10.0,\"time_s\":1.0}"),
                Files.readAllLines(file));
    }
}
