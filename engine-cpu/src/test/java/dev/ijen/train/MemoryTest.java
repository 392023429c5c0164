package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Linear;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Memory is known before it is used, and what does not fit is refused with what would.
class MemoryTest {
    @TempDir Path dir;

    private static TrainConfig config(String training, String... sets) {
        return ConfigReader.parse("test.yaml", """
                name: memory
                data: {kind: digits, count: 120, validation: 0.25, test: 0.2}
                model:
                  layers:
                    - conv: 8
                    - batchnorm
                    - relu
                    - conv: 8
                    - relu
                    - flatten
                    - linear: 64
                    - relu
                    - output
                training: {epochs: 1, batch_size: 16%s}
                """.formatted(training), List.of(sets));
    }

    private TrainOptions options() {
        return TrainOptions.defaults()
                .withDevice(Device.cpu())
                .withEngine(EngineOptions.defaults().withThreads(1))
                .withOut(dir.resolve("run"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", ema: 0.9", ", eval_batch_size: 64", ", recompute: 3", ", non_finite: skip"})
    void thePlanIsWhatIsMeasured(String training) {
        try (var t = Trainer.of(config(training), options())) {
            long planned = t.plan().memoryBytes();
            t.fit();
            double measured = t.engine().memory().peakBytes();
            assertEquals(1, planned / measured, 0.05, t.plan().memory().toString() + "; measured " + measured);
        }
    }

    @Test
    void recomputingNeedsLessMemoryAndChangesNothing() {
        try (var kept = Trainer.of(config("", "training.batch_size=60"), options());
                var again = Trainer.of(config(", recompute: 3", "training.batch_size=60"), options())) {
            long a = kept.plan().step().workspaceBytes();
            long b = again.plan().step().workspaceBytes();
            assertTrue(b < a, b + " < " + a);
        }
        // the layers' sums are the same operations on the same numbers
        for (var training : List.of("", ", recompute: 3")) {
            try (var t = Trainer.of(config(training, "optimizer.type=sgd"), options())) {
                t.fit();
            }
        }
        var one = dev.ijen.format.Safetensors.read(dir.resolve("run/checkpoints/last/model.safetensors"));
        var two = dev.ijen.format.Safetensors.read(dir.resolve("run-2/checkpoints/last/model.safetensors"));
        one.forEach((name, t) -> {
            for (int i = 0; i < t.shape().size(); i++) {
                assertEquals(t.get(i), two.get(name).get(i), 1e-5 * Math.max(1, Math.abs(t.get(i))), name);
            }
        });
    }

    @Test
    void aPlanOverTheLimitIsRefusedWithABatchThatFits() {
        var c = config(", eval_batch_size: 16", "training.batch_size=64");
        long need;
        try (var t = Trainer.of(c, options())) {
            need = t.plan().memoryBytes();
        }
        long limit = need * 8 / 10;
        var limited = options().withEngine(options().engine().withMemoryLimit(limit));
        IjenException e;
        try (var t = Trainer.of(c, limited)) {
            e = assertThrows(IjenException.class, t::fit);
        }
        assertFalse(Files.exists(dir.resolve("run")), "nothing is written");
        assertTrue(e.getMessage().contains("workspace of the training step") && e.getMessage().contains("layer "),
                e.getMessage());
        var m = Pattern.compile("training\\.batch_size: (\\d+) with optimizer\\.accumulation: (\\d+)")
                .matcher(e.getMessage());
        assertTrue(m.find(), e.getMessage());
        int batch = Integer.parseInt(m.group(1));
        var fits = config(", eval_batch_size: 16", "training.batch_size=" + batch,
                "optimizer.accumulation=" + m.group(2));
        try (var t = Trainer.of(fits, limited)) {
            t.fit();
            assertTrue(t.engine().memory().peakBytes() <= limit);
        }
        // and no larger one does
        try (var t = Trainer.of(
                config(", eval_batch_size: 16", "training.batch_size=" + (batch + 1), "optimizer.accumulation=2"),
                limited)) {
            assertThrows(IjenException.class, t::fit);
        }
    }

    @Test
    void whenMemoryRunsOutTheOwnersAndABatchThatFitsAreNamed() {
        long limit = 6 << 20;
        try (var engine = Engine.open(Device.cpu(), EngineOptions.defaults().withMemoryLimit(limit))) {
            var model = Chain.of(Linear.of(engine, 1000, 500), Activation.TANH, Linear.of(engine, 500, 10));
            try (var step = engine.inference(model::apply)) {
                var x = HostTensor.zeros(DType.F32, Shape.of(2000, 1000));
                var e = assertThrows(IjenException.class, () -> step.run(x));
                assertTrue(e.getMessage().contains("a request for "), e.getMessage());
                assertTrue(e.getMessage().contains("weight F32[500, 1000] 1.91 MiB"), e.getMessage());
                var m = Pattern.compile("a batch of (\\d+) instead of 2000 would fit").matcher(e.getMessage());
                assertTrue(m.find(), e.getMessage());
                int fits = Integer.parseInt(m.group(1));
                step.run(HostTensor.zeros(DType.F32, Shape.of(fits, 1000)));
                assertTrue(engine.memory().peakBytes() <= limit);
            }
            try (var step = engine.inference(model::apply)) {
                var x = HostTensor.zeros(DType.F32, Shape.of(2000, 1000));
                int fits = step.largestBatch(List.of(dev.ijen.engine.InputSpec.of(x)),
                        limit - engine.memory().liveBytes());
                var more = HostTensor.zeros(DType.F32, Shape.of(fits + 1, 1000));
                assertThrows(IjenException.class, () -> step.run(more));
            }
            // weights that have no room
            var none = assertThrows(IjenException.class, () -> Linear.of(engine, 4000, 4000));
            assertTrue(none.getMessage().contains("F32[4000, 4000]"), none.getMessage());
            engine.close();
            assertEquals(0, engine.memory().buffers());
        }
    }
}
