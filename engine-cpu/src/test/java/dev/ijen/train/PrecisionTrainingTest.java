package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;
import dev.ijen.format.Safetensors;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Precision;
import dev.ijen.train.TrainResult.Outcome;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.ConfigWriter;
import dev.ijen.train.config.TrainConfig;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whole trainings of every precision on the CPU.
class PrecisionTrainingTest {
    private static final String DIGITS = """
            name: digits
            seed: 3
            data: {kind: digits, count: 600, validation: 0.2, test: 0.2}
            model:
              layers:
                - conv: {out: 8, size: 5, stride: 2}
                - batchnorm
                - relu
                - flatten
                - dropout: 0.1
                - linear: 32
                - gelu
                - output
            optimizer: {type: adamw, lr: 4e-3, weight_decay: 1e-2, clip_norm: 1}
            schedule: {type: cosine}
            training: {epochs: 8, batch_size: 24, log_every: 5}
            """;

    @TempDir Path dir;

    private static TrainConfig config(Precision p, String... sets) {
        return ConfigReader.parse("test", DIGITS, List.of(sets)).withPrecision(p);
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

    private static Map<String, String> bits(Path run, String file) {
        var all = new TreeMap<String, String>();
        Safetensors.read(run.resolve("checkpoints/last").resolve(file))
                .forEach((name, t) -> all.put(name, Environment.sha256(t.data().toArray(ValueLayout.JAVA_BYTE))));
        return all;
    }

    @Test
    void everyPrecisionLearnsAsF32Does() {
        double f32 = fit(config(Precision.F32), options("f32")).test().metric("accuracy");
        assertTrue(f32 >= 0.9, "f32 itself: " + f32);
        for (var p : List.of(Precision.BF16, Precision.F16)) {
            var result = fit(config(p), options(p.label()));
            double accuracy = result.test().metric("accuracy");
            // 120 examples: four of them
            assertTrue(accuracy >= f32 - 0.034, p + ": " + accuracy + ", f32 " + f32);
            assertTrue(result.warnings().stream().noneMatch(w -> w.startsWith("f16:")), result.warnings().toString());
            // master weights and states are F32
            for (var file : List.of(Checkpoints.MODEL, Checkpoints.OPTIMIZER)) {
                Safetensors.read(result.run().resolve("checkpoints/last").resolve(file))
                        .forEach((name, t) -> assertTrue(
                                t.dtype() != DType.BF16 && t.dtype() != DType.F16, name + " " + t.dtype()));
            }
        }
    }

    @Test
    void tf32IsExactlyF32OnADeviceWithoutIt() {
        var f32 = fit(config(Precision.F32, "training.epochs=1"), options("f32"));
        var tf32 = fit(config(Precision.TF32, "training.epochs=1"), options("tf32"));
        assertEquals(bits(f32.run(), Checkpoints.MODEL), bits(tf32.run(), Checkpoints.MODEL));
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16"})
    void resumingGivesTheSameBits(Precision p) {
        String[] sets = {"training.epochs=2", "optimizer.accumulation=2", "training.ema=0.9",
            "training.checkpoint_seconds=0"};
        var whole = fit(config(p, sets), options("whole"));
        var counter = new int[1];
        var cut = fit(config(p, sets), options("cut").withInterrupted(() -> counter[0]++ >= 17));
        assertEquals(Outcome.INTERRUPTED, cut.outcome());
        try (var t = Trainer.resume(cut.run(), options("unused"))) {
            assertEquals(p, t.engine().precision());
            assertEquals(Outcome.COMPLETED, t.fit().outcome());
        }
        assertEquals(bits(whole.run(), Checkpoints.MODEL), bits(cut.run(), Checkpoints.MODEL));
        var states = bits(whole.run(), Checkpoints.OPTIMIZER);
        assertEquals(states, bits(cut.run(), Checkpoints.OPTIMIZER));
        assertEquals(p == Precision.F16, states.containsKey("optimizer.loss_scale"));
    }

    @Test
    void threadsDoNotChangeABit() {
        var two = fit(config(Precision.BF16, "training.epochs=1"), options("two"));
        var one = fit(config(Precision.BF16, "training.epochs=1"),
                options("one").withEngine(EngineOptions.defaults().withThreads(1)));
        assertEquals(bits(two.run(), Checkpoints.MODEL), bits(one.run(), Checkpoints.MODEL));
    }

    @Test
    void aRunGoesOnInItsPrecisionOnly() throws Exception {
        var counter = new int[1];
        var cut = fit(config(Precision.F32), options("cut").withInterrupted(() -> counter[0]++ >= 3));
        var file = cut.run().resolve("config.yaml");
        Files.writeString(file, ConfigWriter.yaml(config(Precision.F16)));
        try (var t = Trainer.resume(cut.run(), options("unused"))) {
            var e = assertThrows(ConfigException.class, t::fit);
            assertTrue(e.getMessage().contains("checkpoint of f32") && e.getMessage().contains("precision: f32"),
                    e.getMessage());
        }
    }

    @Test
    void aTrainedModelKeepsItsPrecisionUnlessToldOtherwise() {
        var run = fit(config(Precision.BF16, "training.epochs=2"), options("run")).run();
        double own;
        try (var t = Trained.load(run, options("unused"))) {
            assertEquals(Precision.BF16, t.engine().precision());
            assertEquals(Precision.BF16, t.plan(4).precision());
            assertTrue(t.plan(4).toText().contains("bf16: products"), t.plan(4).toText());
            assertEquals("bf16", t.plan(4).toMap().get("precision"));
            own = t.evaluate((Path) null).loss();
        }
        try (var t = Trained.load(run, options("unused"), Precision.F32)) {
            assertEquals(Precision.F32, t.engine().precision());
            double wide = t.evaluate((Path) null).loss();
            assertEquals(wide, own, 0.02 * wide, "BF16 has 8 bits");
            assertTrue(wide != own, "computed in another precision");
        }
    }

    @Test
    void weightsThatF16CannotHoldAreRefused() {
        var run = fit(config(Precision.F32, "training.epochs=1"), options("run")).run();
        var best = run.resolve("checkpoints/last/model.safetensors");
        Map<String, HostTensor> all = new TreeMap<>(Safetensors.read(best));
        all.get("0.weight").set(7, 70000);
        var alone = dir.resolve("large.safetensors");
        Map<String, String> metadata;
        try (var in = Safetensors.open(best)) {
            metadata = in.metadata();
        }
        Safetensors.write(alone, all, metadata);
        var e = assertThrows(IjenException.class, () -> Trained.load(alone, options("unused"), Precision.F16));
        assertTrue(e.getMessage().contains("70000.0 in '0.weight'") && e.getMessage().contains("bf16"),
                e.getMessage());
        Trained.load(alone, options("unused"), Precision.BF16).close();
    }
}
