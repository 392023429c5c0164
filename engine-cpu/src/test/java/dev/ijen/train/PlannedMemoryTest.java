package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;
import dev.ijen.train.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `--dry-run` says is what a training takes, for each kind of network, with recomputation and with gradients added up over calls.
class PlannedMemoryTest {
    private static final Map<String, String> NETWORKS = Map.of(
            "mlp", """
                    data: {kind: digits, count: 120, validation: 0.25, test: 0.2}
                    model: {layers: [flatten, linear: 256, relu, linear: 128, relu, output]}
                    """,
            "cnn", """
                    data: {kind: digits, count: 120, validation: 0.25, test: 0.2}
                    model: {layers: [conv: 8, batchnorm, relu, maxpool: 2, conv: 16, relu, flatten, output]}
                    """,
            "resnet", """
                    data: {kind: digits, count: 120, validation: 0.25, test: 0.2}
                    model: {layers: [{resnet: {depth: 10, width: 8}}, output]}
                    """,
            "lstm", """
                    task: {type: forecast, length: 24, horizon: 4}
                    data: {path: PATH/series.csv, target: b, validation: 0.25, test: 0.2}
                    model: {layers: [{lstm: {hidden: 32, sequences: false}}, dropout: 0.2, output]}
                    """,
            "gpt", """
                    task: {type: language-model, length: 32}
                    data: {path: PATH/text.txt, validation: 0.2, test: 0}
                    model: {layers: [{decoder: {dim: 32, layers: 3, heads: 2, rotary: true, dropout: 0.05}}]}
                    """);

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"mlp", "cnn", "resnet", "lstm", "gpt"})
    void thePlanIsWhatIsMeasured(String network) throws IOException {
        var random = new Random(1);
        var series = new StringBuilder("a,b,c\n");
        var text = new StringBuilder();
        for (int i = 0; i < 400; i++) {
            series.append(random.nextFloat()).append(',').append(random.nextFloat()).append(',').append(i % 24)
                    .append('\n');
            text.append("abcdefgh ij\n", 0, 1 + random.nextInt(12));
        }
        Files.writeString(folder.resolve("series.csv"), series);
        Files.writeString(folder.resolve("text.txt"), text);
        long plain = 0;
        for (var sets : List.of(List.<String>of(), List.of("training.recompute=3"), List.of("optimizer.accumulation=3"),
                List.of("training.recompute=3", "optimizer.accumulation=3", "training.ema=0.9"))) {
            var yaml = "name: planned\n" + NETWORKS.get(network).replace("PATH", folder.toString())
                    + "optimizer: {type: adamw, lr: 1e-3, clip_norm: 1}\ntraining: {epochs: 1, batch_size: 16}\n";
            var config = ConfigReader.parse("test.yaml", yaml, sets);
            var options = TrainOptions.defaults().withDevice(Device.cpu())
                    .withEngine(EngineOptions.defaults().withThreads(1))
                    .withOut(folder.resolve("run"));
            try (var t = Trainer.of(config, options)) {
                long planned = t.plan().memoryBytes();
                t.fit();
                double measured = t.engine().memory().peakBytes();
                System.out.printf("%s %s: planned %,d bytes, measured %,.0f (%+.2f %%)%n", network, sets, planned,
                        measured,
                        100 * (planned / measured - 1));
                assertEquals(1, planned / measured, 0.05,
                        network + " " + sets + ": " + t.plan().memory() + "; measured " + measured);
                plain = sets.isEmpty() ? planned : plain;
            }
        }
        assertTrue(plain > 100_000, "too small to tell anything");
    }
}
