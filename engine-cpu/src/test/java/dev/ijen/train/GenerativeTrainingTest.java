package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;
import dev.ijen.format.Images;
import dev.ijen.format.Safetensors;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.TrainResult.Outcome;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.Presets;
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
import org.junit.jupiter.params.provider.ValueSource;

/// Networks that make examples: whole trainings on the CPU, as small as they can be.
class GenerativeTrainingTest {
    @TempDir Path dir;

    private TrainOptions options(String out) {
        return TrainOptions.defaults()
                .withDevice(Device.cpu())
                .withEngine(EngineOptions.defaults().withThreads(2))
                .withOut(dir.resolve(out));
    }

    private static TrainResult fit(TrainConfig c, TrainOptions o) {
        try (var t = Trainer.of(c, o)) {
            return t.fit();
        }
    }

    private static final String GAN = "{kind: digits, count: 100, validation: 0.2, test: 0.2}";

    /// Both losses of a GAN, and the others, on drawn digits.
    private static TrainConfig small(String kind) {
        var yaml = switch (kind) {
            case "gan", "wgan" -> """
                    task: {type: gan, generative: {latent: 4, samples: 4, gan_loss: %s, critic_steps: 2}}
                    model:
                      layers: [linear: 49, reshape: [1, 7, 7], batchnorm, relu, conv-transpose: 4, relu, conv-transpose: 1, tanh]
                      critic: [conv: {out: 4, size: 4, stride: 4}, leaky-relu, flatten, output]
                    """.formatted(kind.equals("gan") ? "standard" : "wasserstein");
            case "vae" -> """
                    task: {type: vae, generative: {latent: 3, samples: 4}}
                    model:
                      layers: [flatten, linear: 16, relu, output]
                      decoder: [linear: 16, relu, output, reshape: [1, 28, 28]]
                    """;
            default -> """
                    task: {type: diffusion, generative: {context: 8, steps: 3, samples: 10}}
                    model: {layers: [unet: {width: 8, levels: 1}]}
                    """;
        };
        return ConfigReader.parse("test", "name: " + kind + "\nseed: 5\ndata: " + GAN + "\n" + yaml + """
                optimizer: {type: adam, lr: 2e-3, beta1: 0.5}
                training: {epochs: 3, batch_size: 15, log_every: 2, ema: 0.9, checkpoint_seconds: 0, gap_warning: 0}
                """, List.of());
    }

    private static Map<String, String> bits(Path run, String file) {
        var all = new TreeMap<String, String>();
        Safetensors.read(run.resolve("checkpoints/last").resolve(file)).forEach(
                (name, t) -> all.put(name, Environment.sha256(t.data().toArray(ValueLayout.JAVA_BYTE))));
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gan", "wgan", "vae", "diffusion"})
    void resumingGivesTheSameBits(String kind) {
        var whole = fit(small(kind), options("whole"));
        assertEquals(Outcome.COMPLETED, whole.outcome());
        assertEquals(12, whole.steps());
        for (int at : new int[] {3, 5}) {
            var counter = new int[1];
            var cut = fit(small(kind), options("cut" + at).withInterrupted(() -> counter[0]++ >= at));
            assertEquals(at, cut.steps());
            try (var t = Trainer.resume(cut.run(), options("unused"))) {
                assertEquals(whole.test().metrics(), t.fit().test().metrics());
            }
            for (var file : List.of("model.safetensors", "optimizer.safetensors")) {
                assertEquals(bits(whole.run(), file), bits(cut.run(), file), kind + " cut at " + at + ": " + file);
            }
        }
        // a picture of each epoch, which draws nothing from the generator of the training
        assertTrue(Files.isRegularFile(whole.run().resolve("samples/step-4/samples.png")));
        var quiet = fit(withoutPictures(small(kind)), options("quiet"));
        assertEquals(bits(whole.run(), "model.safetensors"), bits(quiet.run(), "model.safetensors"));
        assertFalse(Files.exists(quiet.run().resolve("samples")));
    }

    private static TrainConfig withoutPictures(TrainConfig c) {
        return ConfigReader.parse("test", dev.ijen.train.config.ConfigWriter.yaml(c),
                List.of("task.generative.samples=0"));
    }

    @Test
    void aTrainedModelMakesThePicturesItIsAskedFor() {
        var run = fit(small("diffusion"), options("run")).run();
        try (var t = Trained.load(run, options("unused"))) {
            assertTrue(Trained.isGenerative(run));
            var seven = t.make(2, "a seven", 1, 0, -1);
            assertEquals(List.of(2, 1, 28, 28), java.util.Arrays.stream(seven.shape().dims()).boxed().toList());
            for (float v : seven.toFloatArray()) {
                assertTrue(v >= 0 && v <= 1, () -> "pixel " + v);
            }
            assertArrayEquals(seven.toFloatArray(), t.make(2, "a seven", 1, 0, -1).toFloatArray());
            assertThrows(IjenException.class, () -> t.make(1, "a zebra", 1, 0, -1));
            var grid = SampleGrid.of(seven);
            Images.writePng(dir.resolve("x.png"), grid);
            assertEquals(grid.shape().dim(0), Images.read(dir.resolve("x.png")).shape().dim(0));
        }
        var plain = fit(small("vae"), options("vae")).run();
        try (var t = Trained.load(plain, options("unused"))) {
            var e = assertThrows(IjenException.class, () -> t.make(1, "a seven", 1, 0, -1));
            assertTrue(e.getMessage().contains("takes no prompt"), e.getMessage());
            assertEquals(3, t.make(3, "", 1, 0, -1).shape().dim(0));
        }
    }

    @Test
    void anAutoencodersEpochsShowWhatItUnderstands() {
        var folder = fit(small("vae"), options("vae")).run().resolve("samples/step-4");
        // ten columns of 28 pixels with gaps of 2: two rows of examples and theirs again, ten ways between examples
        var again = Images.read(folder.resolve("reconstructions.png"));
        assertEquals(List.of(4 * 30 + 2, 10 * 30 + 2), List.of(again.shape().dim(0), again.shape().dim(1)));
        var ways = Images.read(folder.resolve("interpolation.png"));
        assertEquals(List.of(10 * 30 + 2, 10 * 30 + 2), List.of(ways.shape().dim(0), ways.shape().dim(1)));
        // a way begins at the first example's reconstruction, and ends at that of the eleventh
        for (int y = 0; y < 28; y++) {
            for (int x = 0; x < 28; x++) {
                assertEquals(pixel(again, 32 + y, 2 + x), pixel(ways, 2 + y, 2 + x), 1);
                assertEquals(pixel(again, 92 + y, 2 + x), pixel(ways, 2 + y, 272 + x), 1);
            }
        }
    }

    private static double pixel(HostTensor picture, int y, int x) {
        return picture.get(((long) y * picture.shape().dim(1) + x) * picture.shape().dim(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gan-mixture", "dcgan", "wgan-gp", "vae", "diffusion-digits", "cifar-resnet", "vit-tiny",
        "unet", "fraud"})
    void presetsCanBeLookedAtWithoutData(String preset) {
        var plan = TrainPlan.of(Presets.load(preset, List.of("training.batch_size=4")), options("unused"));
        assertTrue(plan.parameters() > 0 && plan.flopsForward() > 0 && plan.memoryBytes() > 0, plan::toText);
        assertEquals(plan.flopsForward(), 2 * (Long) plan.toMap().get("macs_forward"));
    }
}
