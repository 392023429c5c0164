package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.format.Npz;
import dev.ijen.format.Safetensors;
import dev.ijen.tensor.HostTensor;
import dev.ijen.train.TrainResult.Outcome;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Losses and gradients that are NaN or infinite: found, named, and answered as the configuration says.
class NonFiniteTest {
    private static final int COUNT = 80;

    @TempDir Path dir;

    private static final String YAML = """
            name: outlier
            data: {kind: npz, task: regression, validation: 0, test: 0}
            model:
              layers: [linear: 8, relu, output]
            optimizer: {type: sgd, lr: 1e-3}
            training: {epochs: 3, batch_size: 10, loss: mse, log_every: 4, prefetch: 0}
            """;

    /// y = x₀ − x₁ with one example whose square no F32 holds.
    private TrainConfig config(boolean outlier, String... sets) {
        var random = new Random(1);
        var x = new float[COUNT * 2];
        var y = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            x[2 * i] = (float) random.nextGaussian();
            x[2 * i + 1] = (float) random.nextGaussian();
            y[i] = x[2 * i] - x[2 * i + 1];
        }
        if (outlier) {
            x[60] = 1e30f;
        }
        var file = dir.resolve("data.npz");
        Npz.write(file, Map.of("x", HostTensor.of(x, COUNT, 2), "y", HostTensor.of(y, COUNT, 1)));
        return ConfigReader.parse("test.yaml", YAML, List.of(sets)).withDataPath(file.toString());
    }

    private TrainOptions options() {
        return TrainOptions.defaults()
                .withDevice(Device.cpu())
                .withEngine(EngineOptions.defaults().withThreads(1))
                .withOut(dir.resolve("run"));
    }

    private static TrainResult fit(TrainConfig c, TrainOptions o) {
        try (var t = Trainer.of(c, o)) {
            return t.fit();
        }
    }

    @Test
    void theFirstTensorOfTheFirstBadStepIsRemembered() {
        try (var engine = Engine.open(Device.cpu())) {
            try (var check = new FiniteCheck(engine);
                    var step = engine.program(in -> {
                        var gradients = new LinkedHashMap<String, dev.ijen.tensor.Tensor>();
                        gradients.put("a", in.get(1));
                        gradients.put("b", in.get(2));
                        return List.of(check.watch(in.get(0), gradients));
                    })) {
                var fine = HostTensor.of(new float[] {1, -2}, 2);
                var one = HostTensor.of(new float[] {1}, 1);
                var inf = HostTensor.of(new float[] {1, Float.NEGATIVE_INFINITY}, 2);
                var nan = HostTensor.of(new float[] {Float.NaN}, 1);
                assertEquals(1, step.run(one, fine, fine).get(0).get(0));
                assertFalse(check.any());
                assertEquals(0, step.run(one, fine, inf).get(0).get(0));
                step.run(nan, inf, inf);
                step.run(one, inf, fine);
                assertTrue(check.any());
                assertEquals(new FiniteCheck.Seen(4, 2, "the gradient of b", 3, 3), check.read());
                step.run(nan, inf, inf);
                assertEquals(new FiniteCheck.Seen(1, 1, "the loss", 1, 4), check.read());
                step.run(one, fine, fine);
                assertEquals(new FiniteCheck.Seen(1, 0, "the loss", 0, 0), check.read());
            }
            engine.close();
            assertEquals(0, engine.memory().buffers());
        }
    }

    @Test
    void stopNamesTensorAndStep() {
        var seen = new long[1];
        var e = assertThrows(TrainException.class, () -> fit(config(true), options().withListener(event -> {
            if (event instanceof TrainEvent.Step s) {
                seen[0] = s.step();
            }
        })));
        assertTrue(e.getMessage().matches("(?s)training: the loss is not finite at step [1-8]\n.*--detect-anomaly.*"),
                e.getMessage());
    }

    @Test
    void skipLeavesOutThatUpdateAndNothingElse() {
        var r = fit(config(true, "training.non_finite=skip", "optimizer.momentum=0.9"), options());
        assertEquals(Outcome.COMPLETED, r.outcome());
        assertEquals(24, r.steps());
        // one batch of each epoch holds the outlier
        assertEquals(3, r.warnings().stream().filter(w -> w.startsWith("1 step was left out: the loss")).count(),
                r.warnings().toString());
        for (var file : List.of("model.safetensors", "optimizer.safetensors")) {
            Safetensors.read(r.run().resolve("checkpoints/last").resolve(file)).forEach((name, t) -> {
                for (int i = 0; t.dtype().isFloat() && i < t.shape().size(); i++) {
                    assertTrue(Double.isFinite(t.get(i)), name);
                }
            });
        }
        // 21 updates were made
        assertEquals(21L, Safetensors.read(r.run().resolve("checkpoints/last/optimizer.safetensors"))
                .get("optimizer.step").getLong(0));
    }

    @Test
    void skipGivesUpWhenNothingElseHappens() {
        var c = config(true, "training.non_finite=skip", "training.batch_size=80", "training.epochs=300");
        var e = assertThrows(TrainException.class, () -> fit(c, options()));
        assertTrue(e.getMessage().startsWith("training: 100 steps one after the other were left out"), e.getMessage());
    }

    @Test
    void rollbackLowersTheRateUntilItGoes() {
        // least squares by steps far longer than the curvature allows
        var c = config(false, "training.non_finite=rollback", "model.layers=[output]", "optimizer.lr=20",
                "optimizer.momentum=0", "training.epochs=60");
        var r = fit(c, options());
        assertEquals(Outcome.COMPLETED, r.outcome());
        var back = r.warnings().stream().filter(w -> w.contains("back to step")).toList();
        assertTrue(back.size() >= 3 && back.getFirst().endsWith("the learning rate times 0.5"), back.toString());
        assertTrue(back.get(1).endsWith("the learning rate times 0.25"), back.toString());
        assertEquals(480, r.steps());
        var lines = MetricsLog.lines(r.run().resolve("metrics.jsonl"));
        assertTrue((Double) lines.getLast().get("loss") < 1e-3, lines.getLast().toString());
    }

    @Test
    void rollbackGivesUpWhenItHelpsNothing() {
        var e = assertThrows(TrainException.class, () -> fit(config(true, "training.non_finite=rollback"), options()));
        assertTrue(e.getMessage().startsWith("training: after 10 rollbacks the loss is not finite"), e.getMessage());
    }

    @Test
    void detectAnomalyNamesTheLayerAndSavesTheWeightsBefore() {
        var e = assertThrows(TrainException.class, () -> fit(config(true), options().withDetectAnomaly(true)));
        assertTrue(
                e.getMessage()
                        .matches("(?s)training: the first value that is not finite at step [1-8] comes from \\S+ .*"),
                e.getMessage());
        assertTrue(e.getMessage().contains("infinity in "), e.getMessage());
        try (var t = Trainer.resume(dir.resolve("run"), options().withDetectAnomaly(true))) {
            var again = assertThrows(TrainException.class, t::fit);
            assertEquals(e.getMessage(), again.getMessage());
        }
    }

    @Test
    void detectAnomalyChangesNothingWhereAllIsWell() {
        fit(config(false), options());
        fit(config(false), options().withDetectAnomaly(true));
        assertEquals(
                Environment.sha256(dir.resolve("run/checkpoints/last/model.safetensors")),
                Environment.sha256(dir.resolve("run-2/checkpoints/last/model.safetensors")));
    }
}
