package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.Images;
import dev.ijen.format.Npz;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.train.TrainEvent;
import dev.ijen.train.TrainOptions;
import dev.ijen.train.Trainer;
import dev.ijen.train.config.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Presets of pictures, tables and points, shrunken, train for two steps on CUDA with the losses of the CPU. Deep networks of convolutions have larger pictures or batches,
/// and a small rate: where their last norms see four values a channel, rounding becomes as large as the values, and a large step
/// makes it larger still.
class CudaPresetsTest {
    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.forward();

    @TempDir Path dir;

    /// @param data what the preset is given
    /// @param side of pictures
    /// @param batch examples of a step
    /// @param sets what is smaller
    private record Case(String preset, Data data, int side, int batch, String... sets) {
        Case(String preset, Data data, String... sets) {
            this(preset, data, 8, 4, sets);
        }

        /// All that is emulated is slow: nothing but the steps.
        static Case deep(String preset, int side, int batch, String layer) {
            return new Case(preset, Data.PICTURES, side, batch, "model.layers.0=" + layer, "optimizer.lr=1e-3",
                    "data.validation=0", "data.test=0");
        }
    }

    private enum Data {
        PICTURES, ARRAYS, DRAWN, TABLE
    }

    private static final String TINY_GAN = "model.layers=[linear: 16, reshape: [1, 4, 4], relu, conv-transpose: 1, tanh]";
    private static final String TINY_CRITIC = "model.critic=[conv: {out: 2, size: 4, stride: 4}, leaky-relu, flatten, output]";

    private static final String SMALL_CNN = "model.layers=[conv: {out: 2, size: 3}, relu, maxpool: 2, flatten, dropout: 0.2, output]";

    private static Stream<Case> cases() {
        return Stream.of(
                new Case("resnet-18", Data.PICTURES, "model.layers.0={resnet: {depth: 10, width: 4}}"),
                new Case("mobilenet-v3", Data.PICTURES, "model.layers.0={mobilenet: {version: v3-small, width: 0.05}}"),
                Case.deep("resnet-50", 8, 16, "{resnet: {depth: 50, width: 4}}"),
                Case.deep("mobilenet-v2", 24, 8, "{mobilenet: {version: v2, width: 0.1}}"),
                Case.deep("efficientnet-b0", 16, 8, "{efficientnet: {size: 0, width: 0.1}}"),
                new Case("vit-b16", Data.PICTURES, "model.layers.0={vit: {patch: 4, features: 8, depth: 1, heads: 2}}"),
                new Case("unet", Data.DRAWN, "model.layers.0={unet: {width: 2, levels: 1}}", "data.count=20",
                        "data.height=16", "data.width=16"),
                new Case("gan-mixture", Data.DRAWN, "model.layers=[linear: 6, relu, output]",
                        "model.critic=[linear: 6, relu, output]", "data.count=60", "task.generative.critic_steps=1"),
                new Case("dcgan", Data.ARRAYS, TINY_GAN, TINY_CRITIC, "task.generative.latent=3"),
                new Case("wgan-gp", Data.ARRAYS, TINY_GAN, TINY_CRITIC, "task.generative.latent=3",
                        "task.generative.critic_steps=1"),
                new Case("vae", Data.ARRAYS, "model.layers=[flatten, linear: 6, relu, output]",
                        "task.generative.latent=2",
                        "model.decoder=[linear: 6, relu, output, reshape: [1, 8, 8]]"),
                new Case("diffusion-digits", Data.ARRAYS, "model.layers=[unet: {width: 8, levels: 1}]",
                        "task.generative.context=8"),
                new Case("cifar-resnet", Data.PICTURES, "model.layers.0={resnet: {depth: 10, width: 4}}",
                        "optimizer.lr=1e-3"),
                new Case("vit-tiny", Data.PICTURES,
                        "model.layers.0={vit: {patch: 4, features: 8, depth: 1, heads: 2}}"),
                new Case("digits", Data.ARRAYS, SMALL_CNN),
                new Case("mnist-cnn", Data.ARRAYS, SMALL_CNN),
                new Case("mnist-mlp", Data.ARRAYS, "model.layers=[flatten, linear: 6, relu, dropout: 0.3, output]"),
                new Case("fraud", Data.TABLE, "model.layers=[linear: 6, relu, output]"),
                new Case("iris", Data.TABLE, "model.layers=[linear: 6, tanh, output]", "data.target=y"),
                new Case("titanic", Data.TABLE, "model.layers=[linear: 6, relu, dropout: 0.3, output]", "data.target=y",
                        "data.drop=[]"),
                new Case("housing", Data.TABLE, "model.layers=[linear: 6, gelu, output]", "data.target=a"));
    }

    private String data(Case c) throws IOException {
        var random = new Random(7);
        return switch (c.data) {
            case DRAWN -> "";
            case ARRAYS -> {
                var x = HostTensor.zeros(DType.F32, Shape.of(20, 1, 8, 8));
                for (int i = 0; i < x.shape().size(); i++) {
                    x.set(i, random.nextDouble());
                }
                var y = new int[20];
                for (int i = 0; i < y.length; i++) {
                    y[i] = i % 2;
                }
                var file = dir.resolve("x.npz");
                Npz.write(file, Map.of("x", x, "y", HostTensor.of(y, 20)));
                yield file.toString();
            }
            case PICTURES -> {
                var all = dir.resolve("pictures-" + c.preset);
                for (int i = 0; i < 5 * c.batch; i++) {
                    var pixels = new byte[c.side * c.side * 3];
                    random.nextBytes(pixels);
                    var folder = all.resolve("c" + i % 2);
                    Files.createDirectories(folder);
                    Images.writePng(folder.resolve(i + ".png"), HostTensor.ofBytes(pixels, c.side, c.side, 3));
                }
                yield all.toString();
            }
            case TABLE -> {
                var text = new StringBuilder("a,kind,y\n");
                for (int i = 0; i < 40; i++) {
                    text.append(random.nextGaussian()).append(',').append("pqr".charAt(i % 3)).append(',')
                            .append(i % 4 == 0 ? "bad\n" : "good\n");
                }
                AtomicFiles.write(dir.resolve("t.csv"), text.toString());
                yield dir.resolve("t.csv").toString();
            }
        };
    }

    private List<Double> losses(Case c, Device device, String name) throws IOException {
        var sets = new ArrayList<>(List.of("data.height=" + c.side, "data.width=" + c.side));
        sets.addAll(List.of(c.sets));
        sets.addAll(List.of("training.batch_size=" + c.batch, "training.eval_batch_size=4",
                "training.log_every=1", "training.max_steps=2", "training.ema=0", "task.generative.samples=0",
                "training.monitor=auto", "augmentation.crop=0"));
        if (c.data == Data.ARRAYS) {
            sets.add("data.kind=npz");
        }
        var config = Presets.load(c.preset, sets);
        var losses = new ArrayList<Double>();
        var options = TrainOptions.defaults().withDevice(device)
                .withEngine(EngineOptions.defaults().withNativeLibraries(false))
                .withOut(dir.resolve(name))
                .withListener(e -> {
                    if (e instanceof TrainEvent.Step s && !Double.isNaN(s.loss())) {
                        losses.add(s.loss());
                    }
                });
        try (var t = Trainer.of(config.withDataPath(data(c)), options)) {
            t.fit();
        }
        return losses;
    }

    @Test
    void everyPresetIsHereOrAmongThoseOfSequences() {
        var all = new TreeSet<>(CudaSequencePresetsTest.NAMES);
        cases().forEach(c -> all.add(c.preset));
        assertEquals(new TreeSet<>(Presets.names()), all);
    }

    @TestFactory
    Stream<DynamicTest> twoStepsAsOnTheCpu() {
        return cases().map(c -> dynamicTest(c.preset, () -> {
            var expected = losses(c, Device.cpu(), c.preset + "-cpu");
            var got = losses(c, Device.cuda(0), c.preset + "-cuda");
            assertEquals(2, expected.size());
            assertEquals(expected.size(), got.size());
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(expected.get(i), got.get(i), 1e-5 * Math.max(1, Math.abs(expected.get(i))), "step " + i);
            }
            assertTrue(Double.isFinite(got.getLast()));
        }));
    }
}
