package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;
import dev.ijen.train.TrainOptions;
import dev.ijen.train.TrainResult;
import dev.ijen.train.TrainResult.Outcome;
import dev.ijen.train.Trainer;
import dev.ijen.train.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A training on CUDA in deterministic mode that is interrupted and gone on with becomes, bit for bit, the one that was left alone.
class CudaResumeTest {
    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.backward();

    private static final String CONFIG = """
            name: resumed
            data: {kind: digits, count: 40, validation: 0.2, test: 0.2}
            model: {layers: [flatten, linear: 6, batch_norm, relu, dropout: 0.2, output]}
            optimizer: {type: adamw, lr: 0.004}
            schedule: {type: cosine}
            training: {epochs: 2, batch_size: 6, log_every: 1, ema: 0.9}
            """;

    @TempDir Path dir;

    private TrainOptions options(String run, BooleanSupplier interrupted) {
        return TrainOptions.defaults()
                .withDevice(Device.cuda(0))
                .withEngine(EngineOptions.defaults().withNativeLibraries(false).withDeterministic(true))
                .withOut(dir.resolve(run))
                .withInterrupted(interrupted);
    }

    private TrainResult train(String run, BooleanSupplier interrupted) {
        try (var t = Trainer.of(ConfigReader.parse("resumed.yaml", CONFIG, List.of()), options(run, interrupted))) {
            return t.fit();
        }
    }

    @Test
    void resumingGivesTheSameBits() throws IOException {
        var whole = train("whole", () -> false);
        assertEquals(Outcome.COMPLETED, whole.outcome());
        var asked = new int[1];
        var cut = train("cut", () -> asked[0]++ >= 3);
        assertEquals(Outcome.INTERRUPTED, cut.outcome());
        assertEquals(3, cut.steps());
        try (var t = Trainer.resume(cut.run(), options("unused", () -> false))) {
            assertEquals(whole.steps(), t.fit().steps());
        }
        for (var name : List.of("model.safetensors", "optimizer.safetensors")) {
            var file = Path.of("checkpoints", "last", name);
            assertEquals(-1, Files.mismatch(whole.run().resolve(file), cut.run().resolve(file)), name);
        }
    }
}
