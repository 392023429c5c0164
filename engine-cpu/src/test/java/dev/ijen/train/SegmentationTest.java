package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.synth.Figures;
import dev.ijen.engine.Device;
import dev.ijen.format.Images;
import dev.ijen.format.Npz;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.Presets;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A class for each pixel.
class SegmentationTest {
    @TempDir Path dir;

    private TrainOptions options() {
        return TrainOptions.defaults().withDevice(Device.cpu()).withOut(dir.resolve("run"));
    }

    @Test
    void aSmallUNetLearnsFigures() {
        var sets = List.of("data.count=240", "data.height=32", "data.width=32", "training.epochs=6",
                "training.batch_size=8", "model.layers.0={unet: {width: 8, levels: 2}}", "optimizer.lr=5e-3");
        try (var t = Trainer.of(Presets.load("unet", sets), options())) {
            var r = t.fit();
            // background alone gives an iou below 0.25
            assertTrue(r.test().metric("iou") > 0.5, r.toText());
            assertTrue(r.test().metric("pixel_accuracy") > 0.9, r.toText());
            others(r);
        }
    }

    /// Pictures and files that were not there in training.
    private void others(TrainResult r) {
        try (var model = Trained.load(r.run(), options())) {
            assertEquals(r.test().metrics(), model.evaluate((Path) null).metrics());
            var batch = Figures.dataset(1, 32, 5).batch(new int[] {0});
            var file = dir.resolve("others.npz");
            Npz.write(file, Map.of("x", batch.input(), "y", batch.labels()));
            double right = model.evaluate(file).metric("pixel_accuracy");
            assertTrue(right > 0.8, "" + right);
            var pixels = new byte[32 * 32];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (byte) Math.round(255 * batch.input().get(i));
            }
            var png = dir.resolve("one.png");
            Images.writePng(png, HostTensor.ofBytes(pixels, 32, 32, 1));
            var p = model.predict(List.of(png)).getFirst();
            assertEquals(Figures.CLASSES, List.copyOf(p.probabilities().keySet()));
            assertEquals(1, p.probabilities().values().stream().mapToDouble(v -> v).sum(), 1e-6);
            // the share of the background's pixels, as far as the network is right
            double background = 0;
            for (int i = 0; i < pixels.length; i++) {
                background += batch.labels().get(i) == 0 ? 1.0 / pixels.length : 0;
            }
            assertEquals(background, p.probabilities().get(Figures.CLASSES.getFirst()), 0.1);
            pixels(model, png, p, batch.labels());
        }
    }

    /// Each pixel of a picture, at its own size and at one the network does not see.
    private void pixels(Trained model, Path png, Prediction p, HostTensor labels) {
        var pixels = model.pixelClasses(List.of(png)).getFirst();
        var again = pixels.prediction();
        assertEquals(p.label(), again.label());
        p.probabilities().forEach((name, share) -> assertEquals(share, again.probabilities().get(name), 1e-6));
        int right = 0;
        for (int i = 0; i < 32 * 32; i++) {
            right += labels.get(i) == pixels.classes().get(i) ? 1 : 0;
        }
        assertTrue(right > 0.8 * 32 * 32, right + " pixels right");
        var large = dir.resolve("large.png");
        Images.writePng(large, Images.resize(Images.read(png), 64, 96, Images.Resize.NEAREST));
        var picture = model.pixelClasses(List.of(large)).getFirst().picture();
        assertEquals(Shape.of(64, 96, 3), picture.shape());
    }

    @Test
    void aPixelHasItsClassesColour() {
        var pixels = new PixelClasses("a.png", HostTensor.of(new int[] {0, 1, 2, 1}, 2, 2), List.of("a", "b", "c"), 2,
                4);
        // PASCAL VOC's colours: black, dark red, dark green
        assertEquals(Map.of("a", "#000000", "b", "#800000", "c", "#008000"), pixels.colors());
        var row = new byte[] {0, 0, 0, 0, 0, 0, (byte) 128, 0, 0, (byte) 128, 0, 0};
        assertArrayEquals(row, Arrays.copyOf(pixels.picture().data().toArray(ValueLayout.JAVA_BYTE), 12));
        assertEquals(Shape.of(2, 4, 3), pixels.picture().shape());
        assertEquals("b", pixels.prediction().label());
        assertEquals(Map.of("a", 0.25, "b", 0.5, "c", 0.25), pixels.prediction().probabilities());
        // as the development kit's table has them: person, tv monitor, the void around objects
        assertEquals(List.of(0xc08080, 0x004080, 0xe0e0c0),
                List.of(PixelClasses.color(15), PixelClasses.color(20), PixelClasses.color(255)));
        assertEquals(256, IntStream.range(0, 256).map(PixelClasses::color).distinct().count());
    }

    @Test
    void unionsAreCountedByHand() {
        var config = Presets.load("unet", List.of());
        var task = new SegmentationTask(config);
        var pre = new Preprocessor.Image(2, 1, 3, List.of(), List.of(), List.of("a", "b"), false);
        var p = new Problem(pre, task.label(pre, 2), 2, null);
        // the network says b where channel 1 is greater: a, b, b against a, a, b
        var x = Tensor.of(HostTensor.of(new float[] {1, 0, 0, 0, 1, 1}, 1, 2, 1, 3));
        var y = Tensor.of(HostTensor.of(new float[] {0, 0, 1}, 1, 1, 3));
        try (var engine = dev.ijen.engine.Engine.open(Device.cpu())) {
            var out = engine.evaluate(task.outputs(in -> in, p, x, y)).toDoubleArray();
            // softmax of (1, 0) is 1 / (1 + 1/e); right twice, wrong once
            double right = Math.log(1 + Math.exp(-1));
            double wrong = Math.log(1 + Math.exp(1));
            assertEquals((2 * right + wrong) / 3, out[0], 1e-6);
            var e = task.evaluate(p, Figures.dataset(1, 16, 1), out);
            assertEquals((1 / 2.0 + 1 / 2.0) / 2, e.metric("iou"), 1e-6);
            assertEquals(2 / 3.0, e.metric("pixel_accuracy"), 1e-6);
        }
    }

    @Test
    void figuresAreDrawnAlikeAndLabelled() {
        var a = Figures.dataset(5, 32, 3).batch(new int[] {4});
        var b = Figures.dataset(9, 32, 3).batch(new int[] {4});
        assertEquals(List.of(a.input().toFloatArray()[77], a.labels().toFloatArray()[77]),
                List.of(b.input().toFloatArray()[77], b.labels().toFloatArray()[77]));
        var seen = new int[4];
        for (float v : Figures.dataset(40, 32, 3).batch(java.util.stream.IntStream.range(0, 40).toArray()).labels()
                .toFloatArray()) {
            seen[(int) v]++;
        }
        for (int c = 0; c < 4; c++) {
            assertTrue(seen[c] > 100, c + ": " + seen[c]);
        }
        assertEquals(DType.F32, a.labels().dtype());
    }

    @Test
    void figuresNeedTheirTask() {
        var e = assertThrows(ConfigException.class,
                () -> Trainer.of(Presets.load("unet", List.of("task.type=auto")), options()));
        assertTrue(e.getMessage().contains("task.type: segmentation"), e.getMessage());
    }
}
