package dev.ijen.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.synth.Digits;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TransformTest {
    private static final Transform.Context CONTEXT = new Transform.Context(1, 2, 3);

    private static Batch images(int n, int c, int h, int w) {
        var x = new float[n * c * h * w];
        var random = new Random(n + c + h + w);
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat();
        }
        var indices = new int[n];
        var labels = new int[n];
        for (int i = 0; i < n; i++) {
            indices[i] = 10 + i;
            labels[i] = i % 3;
        }
        return Batch.of(HostTensor.of(x, n, c, h, w), HostTensor.of(labels, n), indices);
    }

    private static float[] values(Batch b) {
        return b.input().toFloatArray();
    }

    /// Counted bytes give the very floats that sums of all numbers do.
    @Test
    void meanAndDeviationOfPixels() {
        var random = new Random(5);
        for (int channels : new int[] {1, 3}) {
            var pixels = new byte[700 * channels * 30];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : i % 7 == 0 ? 255 : 0);
            }
            var all = ArrayDataset.images(pixels, Shape.of(channels, 5, 6), new int[700], java.util.List.of("a"));
            var some = Subset.of(Subset.of(all, random.ints(600, 0, 700).toArray()),
                    random.ints(500, 0, 600).toArray());
            assertEquals(Normalize.fitFloats(all), Normalize.fit(all));
            assertEquals(Normalize.fitFloats(some), Normalize.fit(some));
            var constant = ArrayDataset.images(new byte[20], Shape.of(1, 4, 5), new int[1], java.util.List.of("a"));
            assertEquals(new Normalize(new float[] {0}, new float[] {1}), Normalize.fit(constant));
        }
    }

    @Test
    void inputsAreLeftAsTheyAre() {
        var all = new Transform[] {
            new Normalize(new float[] {.5f, .4f, .3f}, new float[] {1, 2, 3}),
            new ToFloat(2),
            new RandomAffine(30, .2, .8, 1.2, 10, 0),
            new RandomFlip(1),
            new RandomCrop(6, 6, 2),
            new CenterCrop(4, 4),
            new ColorJitter(.5, .5, .5),
            new SpecAugment(4, 4),
            new Mixup(.4, 3),
            new CutMix(1, 3)
        };
        for (var t : all) {
            var b = images(5, 3, 8, 8);
            float[] before = values(b).clone();
            var first = t.apply(b, CONTEXT);
            assertArrayEquals(before, values(b), t.toString());
            assertArrayEquals(values(first), values(t.apply(b, CONTEXT)), "repeatable " + t);
            assertFalse(Arrays.equals(before, values(first)), t.toString());
            assertEquals(t.output(new ElementSpec("image", DType.F32, Shape.of(3, 8, 8))).shape(),
                    first.input().shape().without(0));
        }
    }

    @Test
    void normalizing() {
        var b = Batch.of(
                HostTensor.ofBytes(new byte[] {10, 20, (byte) 200, 100}, 1, 2, 2), HostTensor.of(new int[1], 1),
                new int[1]);
        var n = new Normalize(new float[] {10, 100}, new float[] {5, 50}).apply(b, CONTEXT);
        assertArrayEquals(new float[] {0, 2, 2, 0}, values(n));
        assertArrayEquals(new float[] {1, 2, 20, 10}, values(new ToFloat(.1f).apply(b, CONTEXT)), 1e-5f);
        assertThrows(IjenException.class, () -> new Normalize(new float[1], new float[1]));
        assertThrows(IjenException.class, () -> new Normalize(new float[1], new float[] {1, 1}));
        assertThrows(IjenException.class, () -> new Normalize(new float[3], new float[] {1, 1, 1}).apply(b, CONTEXT));
        assertEquals(new Normalize(new float[] {1}, new float[] {2}), new Normalize(new float[] {1}, new float[] {2}));
    }

    @Test
    void aFlipMirrorsRows() {
        var b = images(1, 1, 1, 3);
        float[] x = values(b).clone();
        assertArrayEquals(new float[] {x[2], x[1], x[0]}, values(new RandomFlip(1).apply(b, CONTEXT)));
        assertArrayEquals(x, values(new RandomFlip(0).apply(b, CONTEXT)));
        int flipped = 0;
        for (int e = 0; e < 1_000; e++) {
            flipped += Arrays.equals(x, values(new RandomFlip(.3).apply(b, new Transform.Context(1, e, 0)))) ? 0 : 1;
        }
        assertEquals(300, flipped, 60);
    }

    @Test
    void cropsCutRectangles() {
        var b = images(2, 2, 4, 4);
        float[] x = values(b);
        float[] c = values(new CenterCrop(2, 2).apply(b, CONTEXT));
        assertArrayEquals(new float[] {x[5], x[6], x[9], x[10]}, Arrays.copyOf(c, 4));
        float[] whole = values(new RandomCrop(4, 4, 0).apply(b, CONTEXT));
        assertArrayEquals(x, whole);
        // each crop is found in the padded image at exactly the place drawn for it
        var padded = new RandomCrop(8, 8, 2).apply(b, CONTEXT);
        double sum = 0;
        for (float v : values(padded)) {
            sum += v;
        }
        double expected = 0;
        for (float v : x) {
            expected += v;
        }
        assertEquals(expected, sum, 1e-4);
        assertThrows(IjenException.class, () -> new RandomCrop(9, 9, 2).apply(b, CONTEXT));
        assertThrows(IjenException.class, () -> new CenterCrop(0, 2));
    }

    @Test
    void stretchesOfTimeAndPitchAreBlanked() {
        var b = images(1, 2, 8, 6);
        float[] x = values(b);
        var times = new int[4];
        var pitches = new int[3];
        var begins = new int[8];
        for (int e = 0; e < 3_000; e++) {
            float[] y = values(new SpecAugment(3, 2).apply(b, new Transform.Context(1, e, 0)));
            // frames and bands that are zeros throughout, alike in both channels; all else is as it was
            var frames = new boolean[8];
            var bands = new boolean[6];
            for (int t = 0; t < 8; t++) {
                frames[t] = y[t * 6] == 0 && y[t * 6 + 5] == 0;
            }
            for (int m = 0; m < 6; m++) {
                bands[m] = y[m] == 0 && y[7 * 6 + m] == 0;
            }
            int time = 0;
            int first = 8;
            for (int t = 0; t < 8; t++) {
                time += frames[t] ? 1 : 0;
                first = frames[t] ? Math.min(first, t) : first;
                for (int m = 0; m < 6; m++) {
                    boolean blank = frames[t] || bands[m];
                    assertEquals(blank ? 0 : x[t * 6 + m], y[t * 6 + m]);
                    assertEquals(blank ? 0 : x[48 + t * 6 + m], y[48 + t * 6 + m]);
                }
            }
            int pitch = 0;
            for (boolean m : bands) {
                pitch += m ? 1 : 0;
            }
            for (int t = first; t < first + time; t++) {
                assertTrue(frames[t], "one stretch");
            }
            times[time]++;
            pitches[pitch]++;
            if (time == 1) {
                begins[first]++;
            }
        }
        // every length as often as the others, everywhere as often as elsewhere
        for (int n : times) {
            assertEquals(750, n, 120);
        }
        for (int n : pitches) {
            assertEquals(1_000, n, 140);
        }
        for (int n : begins) {
            assertEquals(94, n, 45);
        }
        assertArrayEquals(x, values(new SpecAugment(0, 0).apply(b, CONTEXT)));
        assertThrows(IjenException.class, () -> new SpecAugment(-1, 0));
        var e = assertThrows(IjenException.class, () -> new SpecAugment(9, 0).apply(b, CONTEXT));
        assertTrue(e.getMessage().contains("no longer than the spectrogram"), e.getMessage());
        assertThrows(IjenException.class, () -> new SpecAugment(0, 7).apply(b, CONTEXT));
    }

    @Test
    void affineMapsAreThoseAnnounced() {
        var b = images(1, 1, 5, 5);
        float[] x = values(b);
        assertArrayEquals(x, values(new RandomAffine(0, 0, 1, 1, 0, 0).apply(b, CONTEXT)), 1e-6f);
        // magnified twice about the centre: the centre stays, its neighbour moves two pixels
        float[] twice = values(new RandomAffine(0, 0, 2, 2, 0, 0).apply(b, CONTEXT));
        assertEquals(x[12], twice[12], 1e-6f);
        assertEquals(x[13], twice[14], 1e-6f);
        assertEquals((x[12] + x[13]) / 2, twice[13], 1e-6f);
        // shrunk to a fifth: only fill at the corners
        assertEquals(0.25f, values(new RandomAffine(0, 0, .2, .2, 0, .25f).apply(b, CONTEXT))[0], 1e-6f);
        // rotation keeps a disc about the centre
        var disc = new float[21 * 21];
        for (int i = 0; i < disc.length; i++) {
            double r = Math.hypot(i % 21 - 10, i / 21 - 10);
            disc[i] = (float) Math.clamp(8 - r, 0, 1);
        }
        var d = Batch.of(HostTensor.of(disc, 1, 1, 21, 21), HostTensor.of(new int[1], 1), new int[1]);
        assertArrayEquals(disc, values(new RandomAffine(180, 0, 1, 1, 0, 0).apply(d, CONTEXT)), .35f);
        assertThrows(IjenException.class, () -> new RandomAffine(0, 0, 0, 1, 0, 0));
    }

    @Test
    void colorsStayColors() {
        var b = images(3, 3, 4, 4);
        for (float v : values(new ColorJitter(1, 1, 1).apply(b, CONTEXT))) {
            assertTrue(v >= 0 && v <= 1);
        }
        assertArrayEquals(values(b), values(new ColorJitter(0, 0, 0).apply(b, CONTEXT)), 1e-6f);
        var gray = Batch.of(HostTensor.of(new float[] {.5f, .5f, .5f}, 1, 3, 1, 1), HostTensor.of(new int[1], 1),
                new int[1]);
        assertArrayEquals(new float[] {.5f, .5f, .5f}, values(new ColorJitter(0, 1, 1).apply(gray, CONTEXT)), 1e-6f);
        assertThrows(IjenException.class, () -> new ColorJitter(-1, 0, 0));
    }

    @Test
    void mixupMixesInputsAsItMixesLabels() {
        // inputs that are the one-hot labels themselves stay equal to the labels under any mixture
        int n = 12;
        var x = new float[n * 3];
        var labels = new int[n];
        var indices = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % 3;
            x[i * 3 + labels[i]] = 1;
            indices[i] = i;
        }
        var b = Batch.of(HostTensor.of(x, n, 3), HostTensor.of(labels, n), indices);
        var mixed = new Mixup(.5, 3).apply(b, CONTEXT);
        assertEquals(Shape.of(n, 3), mixed.labels().shape());
        assertArrayEquals(mixed.labels().toFloatArray(), values(mixed), 1e-6f);
        assertFalse(Arrays.equals(x, values(mixed)));
        var twice = new Mixup(.5, 3).apply(mixed, CONTEXT);
        for (int i = 0; i < n; i++) {
            float[] l = twice.labels().toFloatArray();
            assertEquals(1, l[3 * i] + l[3 * i + 1] + l[3 * i + 2], 1e-6f);
        }
        assertThrows(IjenException.class, () -> new Mixup(0, 3));
        assertThrows(IjenException.class, () -> new Mixup(1, 2).apply(b, CONTEXT));
    }

    @Test
    void cutMixCountsAreas() {
        // image i is filled with its class; the mean of one-hot planes is then the label
        int n = 16;
        var x = new float[n * 3 * 64];
        var labels = new int[n];
        var indices = new int[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % 3;
            Arrays.fill(x, (i * 3 + labels[i]) * 64, (i * 3 + labels[i] + 1) * 64, 1);
            indices[i] = i;
        }
        var b = Batch.of(HostTensor.of(x, n, 3, 8, 8), HostTensor.of(labels, n), indices);
        var mixed = new CutMix(1, 3).apply(b, CONTEXT);
        float[] y = values(mixed);
        float[] soft = mixed.labels().toFloatArray();
        boolean changed = false;
        for (int k = 0; k < n * 3; k++) {
            double mean = 0;
            for (int p = 0; p < 64; p++) {
                mean += y[k * 64 + p] / 64.0;
            }
            assertEquals(mean, soft[k], 1e-5);
            changed |= soft[k] > 0.01 && soft[k] < 0.99;
        }
        assertTrue(changed);
    }

    @Test
    void shapesAndTypesAreCheckedBeforeLoading() {
        var flat = new ElementSpec("x", DType.F32, Shape.of(4));
        assertThrows(IjenException.class, () -> new RandomFlip(.5).output(flat));
        var loader = Loader.of(Digits.dataset(10, 1), 5).transform(new CenterCrop(20, 24), new Mixup(.2, 10));
        assertEquals("image F32[1, 20, 24]", loader.inputs().getFirst().toString());
        assertEquals("label F32[10]", loader.label().toString());
        assertThrows(IjenException.class,
                () -> Loader.of(Digits.dataset(10, 1), 5).transform(new CenterCrop(40, 40)).inputs());
    }
}
