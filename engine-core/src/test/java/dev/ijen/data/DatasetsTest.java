package dev.ijen.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.format.Idx;
import dev.ijen.format.Images;
import dev.ijen.format.Npy;
import dev.ijen.format.Npz;
import dev.ijen.format.SharedData;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
    @TempDir Path folder;

    private static Dataset classes(int... labels) {
        var x = new float[labels.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
        }
        int most = Arrays.stream(labels).max().orElse(0);
        return ArrayDataset.of(
                HostTensor.of(x, x.length, 1), HostTensor.of(labels, labels.length), Datasets.numbered(most + 1));
    }

    @Test
    void arraysGiveRows() {
        var d = ArrayDataset.of(
                List.of(
                        HostTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2),
                        HostTensor.ofBytes(new byte[] {7, 8, 9}, 3)),
                HostTensor.of(new float[] {10, 20, 30}, 3),
                List.of());
        var b = d.batch(new int[] {2, 0, 2});
        assertArrayEquals(new float[] {5, 6, 1, 2, 5, 6}, b.inputs().get(0).toFloatArray());
        assertArrayEquals(new int[] {9, 7, 9}, b.inputs().get(1).toIntArray());
        assertArrayEquals(new float[] {30, 10, 30}, b.labels().toFloatArray());
        assertEquals(Shape.of(3, 1), b.labels().shape());
        assertEquals(Shape.of(2), d.inputs().get(0).shape());
        assertEquals("input1 U8[]", d.inputs().get(1).toString());
        assertFalse(d.isClassification());
        assertThrows(IjenException.class, d::classIndices);
        assertThrows(IjenException.class, () -> d.batch(new int[] {3}));
        assertThrows(IjenException.class, () -> classes(0, 1).batch(new int[] {-1}));
    }

    @Test
    void mismatchedArraysAreRefused() {
        var x = HostTensor.of(new float[6], 3, 2);
        assertThrows(IjenException.class, () -> ArrayDataset.of(x, HostTensor.of(new int[2], 2), List.of("a")));
        assertThrows(
                IjenException.class,
                () -> ArrayDataset.of(x, HostTensor.of(new int[] {0, 1, 2}, 3), List.of("a", "b")));
        assertThrows(IjenException.class, () -> ArrayDataset.of(x, HostTensor.of(new float[3], 3), List.of("a", "b")));
        assertThrows(IjenException.class, () -> ArrayDataset.images(x, new int[3], List.of("a")));
        assertThrows(IjenException.class,
                () -> ArrayDataset.images(new byte[8], Shape.of(2, 2), new int[2], List.of("a")));
        assertThrows(IjenException.class,
                () -> ArrayDataset.images(new byte[9], Shape.of(1, 2, 2), new int[2], List.of("a")));
    }

    @Test
    void bytesBecomeNumbersFromZeroToOne() {
        var d = ArrayDataset.images(
                HostTensor.ofBytes(new byte[] {0, (byte) 255, 51, 102}, 2, 1, 2), new int[] {1, 0}, List.of("a", "b"));
        var b = d.batch(new int[] {1, 0});
        assertEquals(Shape.of(2, 1, 1, 2), b.input().shape());
        assertArrayEquals(new float[] {0.2f, 0.4f, 0, 1}, b.input().toFloatArray(), 1e-6f);
        assertArrayEquals(new int[] {0, 1}, b.labels().toIntArray());
    }

    @Test
    void splitsAreDisjointSizedSeededAndStratified() {
        var labels = IntStream.range(0, 1_000).map(i -> i % 10 == 0 ? 1 : i % 3 == 0 ? 2 : 0).toArray();
        var d = classes(labels);
        for (boolean stratified : new boolean[] {false, true}) {
            var parts = Datasets.split(d, new double[] {0.7, 0.2, 0.1}, 4, stratified);
            assertEquals(List.of(700, 200, 100), parts.stream().map(Dataset::size).toList());
            var seen = new HashSet<Integer>();
            for (var p : parts) {
                for (int i : ((Subset) p).indices()) {
                    assertTrue(seen.add(i));
                }
            }
            assertEquals(1_000, seen.size());
            var again = Datasets.split(d, new double[] {0.7, 0.2, 0.1}, 4, stratified);
            assertArrayEquals(((Subset) parts.get(1)).indices(), ((Subset) again.get(1)).indices());
            var other = Datasets.split(d, new double[] {0.7, 0.2, 0.1}, 5, stratified);
            assertFalse(Arrays.equals(((Subset) parts.get(1)).indices(), ((Subset) other.get(1)).indices()));
            if (stratified) {
                for (var p : parts) {
                    long ones = Arrays.stream(p.classIndices()).filter(c -> c == 1).count();
                    assertEquals(p.size() * 0.1, (double) ones, 1);
                }
            }
        }
        var part = Datasets.split(d, new double[] {0.25}, 1, true);
        assertEquals(250, part.getFirst().size());
        for (double[] bad : new double[][] {{}, {0.7, 0.7}, {-0.1}, {Double.NaN}}) {
            assertThrows(IjenException.class, () -> Datasets.split(d, bad, 1, false));
        }
        // 150 examples of three classes in 0.8 and 0.2, as with iris: 40 and 10 of each
        var iris = Datasets.split(classes(IntStream.range(0, 150).map(i -> i / 50).toArray()), new double[] {0.8, 0.2},
                0, true);
        var counts = new int[3];
        for (int c : iris.get(1).classIndices()) {
            counts[c]++;
        }
        assertArrayEquals(new int[] {10, 10, 10}, counts);
    }

    @Test
    void subsetsCountForThemselves() {
        var s = Subset.of(classes(0, 1, 0, 1), 3, 1);
        var b = s.batch(new int[] {1, 0});
        assertArrayEquals(new float[] {1, 3}, b.input().toFloatArray());
        assertArrayEquals(new int[] {1, 0}, b.indices());
        assertArrayEquals(new int[] {1, 1}, s.classIndices());
        assertEquals(2, Datasets.take(classes(0, 1, 0, 1), 2).size());
        assertThrows(IjenException.class, () -> s.batch(new int[] {2}));
    }

    @Test
    void idxFolders() throws IOException {
        var images = HostTensor.ofBytes(new byte[3 * 4], 3, 2, 2);
        Idx.write(folder.resolve("train-images-idx3-ubyte.gz"), images);
        var missing = assertThrows(FormatException.class, () -> IdxDataset.train(folder));
        assertTrue(missing.getMessage().contains("train-labels-idx1-ubyte"), missing.getMessage());
        Idx.write(folder.resolve("train-labels.idx1-ubyte"), HostTensor.ofBytes(new byte[] {1, 2, 11}, 3));
        var d = IdxDataset.train(folder);
        assertEquals(12, d.classes());
        assertEquals("image F32[1, 2, 2]", d.input().toString());
        Idx.write(folder.resolve("train-labels.idx1-ubyte"), HostTensor.ofBytes(new byte[] {1, 2}, 2));
        assertTrue(assertThrows(FormatException.class, () -> IdxDataset.train(folder))
                .getMessage()
                .contains("2 labels"));
        assertEquals(Datasets.Kind.IDX, Datasets.detect(folder));
    }

    @Test
    void mnist() {
        Path mnist = SharedData.file("mnist/t10k-images-idx3-ubyte.gz").getParent();
        var test = IdxDataset.test(mnist);
        assertEquals(10_000, test.size());
        assertEquals(10, test.classes());
        assertEquals(Datasets.Kind.IDX, Datasets.detect(mnist));
        var summary = DatasetSummary.of("test", test);
        assertEquals(List.of(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
                List.copyOf(summary.classCounts().values()));
        // mean and deviation of MNIST's test part, widely published as 0.1325 and 0.3105
        assertEquals(0.1325, summary.features().getFirst().mean(), 5e-5);
        assertEquals(0.3105, summary.features().getFirst().std(), 5e-5);
        var norm = Normalize.fit(IdxDataset.train(mnist));
        assertEquals(0.1307f, norm.mean()[0], 5e-5f);
        assertEquals(0.3081f, norm.std()[0], 5e-5f);
    }

    @Test
    void imageFolders() throws IOException {
        for (String c : new String[] {"dog", "cat"}) {
            Files.createDirectory(folder.resolve(c));
            for (int i = 0; i < 3; i++) {
                var pixels = new byte[4 * 6 * 3];
                for (int p = 0; p < 24; p++) {
                    pixels[3 * p] = (byte) (c.equals("dog") ? 255 : 0);
                    pixels[3 * p + 1] = (byte) (51 * i);
                }
                Images.writePng(folder.resolve(c).resolve(i + ".png"), HostTensor.ofBytes(pixels, 4, 6, 3));
            }
        }
        Files.writeString(folder.resolve("cat/readme.txt"), "not an image");
        Files.writeString(folder.resolve("cat/.hidden.png"), "not an image");
        var d = ImageFolder.of(folder, 3, 2, 2);
        assertEquals(6, d.size());
        assertEquals(List.of("cat", "dog"), d.classNames());
        assertArrayEquals(new int[] {0, 0, 0, 1, 1, 1}, d.classIndices());
        assertEquals(folder.resolve("dog/1.png"), d.file(4));
        for (int pass = 0; pass < 2; pass++) {
            var b = d.batch(new int[] {4});
            assertEquals(Shape.of(1, 3, 2, 2), b.input().shape());
            assertArrayEquals(
                    new float[] {1, 1, 1, 1, .2f, .2f, .2f, .2f, 0, 0, 0, 0}, b.input().toFloatArray(), 1e-6f);
        }
        assertEquals(Datasets.Kind.IMAGE_FOLDER, Datasets.detect(folder));
        Files.writeString(folder.resolve("cat/9.png"), "broken");
        var broken = ImageFolder.of(folder, 1, 2, 2);
        var e = assertThrows(FormatException.class, () -> broken.batch(new int[] {3}));
        assertTrue(e.getMessage().contains("9.png"), e.getMessage());
        Files.createDirectory(folder.resolve("empty"));
        assertTrue(assertThrows(FormatException.class, () -> ImageFolder.of(folder, 3, 2, 2))
                .getMessage()
                .contains("class without images"));
        assertThrows(FormatException.class, () -> ImageFolder.of(folder.resolve("none"), 3, 2, 2));
        assertThrows(FormatException.class, () -> ImageFolder.of(folder.resolve("dog"), 3, 2, 2));
        var packed = Files.writeString(folder.resolve("pictures.tar.gz"), "");
        e = assertThrows(FormatException.class, () -> ImageFolder.of(packed, 3, 2, 2));
        assertTrue(e.getMessage().contains("not a folder") && e.getMessage().contains("unpack it"), e.getMessage());
        e = assertThrows(FormatException.class, () -> IdxDataset.train(packed));
        assertTrue(e.getMessage().contains("got:      an archive"), e.getMessage());
    }

    @Test
    void numpyFiles() {
        Path x = folder.resolve("x.npy");
        Path y = folder.resolve("y.npy");
        Npy.write(x, HostTensor.of(new float[] {1, 2, 3, 4}, 2, 2));
        Npy.write(y, HostTensor.of(new long[] {0, 2}, 2));
        var d = Datasets.npy(x, y);
        assertEquals(3, d.classes());
        assertArrayEquals(new float[] {3, 4}, d.batch(new int[] {1}).input().toFloatArray());
        assertEquals(DType.I32, d.label().dtype());
        Path z = folder.resolve("z.npz");
        Npz.write(z, Map.of("x", Npy.read(x), "y", HostTensor.of(new double[] {0.5, 1.5}, 2)));
        var r = Datasets.npz(z, "x", "y");
        assertFalse(r.isClassification());
        assertEquals(Shape.of(1), r.label().shape());
        assertThrows(IjenException.class, () -> Datasets.npz(z, "x", "labels"));
        Npy.write(y, HostTensor.of(new long[] {0, -2}, 2));
        assertThrows(FormatException.class, () -> Datasets.npy(x, y));
        assertEquals(Datasets.Kind.NPZ, Datasets.detect(z));
        assertEquals(Datasets.Kind.NPY, Datasets.detect(x));
    }

    @Test
    void unknownDataIsRefused() throws IOException {
        assertThrows(FormatException.class, () -> Datasets.detect(folder));
        assertThrows(FormatException.class, () -> Datasets.detect(folder.resolve("none")));
        assertThrows(FormatException.class, () -> Datasets.detect(Files.writeString(folder.resolve("a.doc"), "x")));
        Files.createDirectories(folder.resolve("train/a"));
        Files.createDirectories(folder.resolve("test/a"));
        assertEquals(Datasets.Kind.IMAGE_SPLITS, Datasets.detect(folder));
    }

    @Test
    void summariesOfTables() {
        var s = DatasetSummary.of(Csv.of("t", "a,b,c\n1,x,true\n3,,false\n?,y,true\n", Csv.Options.defaults()));
        var a = s.features().get(0);
        assertEquals(2, a.mean());
        assertEquals(1, a.std());
        assertEquals(1, a.missing());
        assertEquals(2, s.features().get(1).distinct());
        assertEquals(2.0 / 3, s.features().get(2).mean(), 1e-12);
        assertTrue(s.toText().contains("categorical"), s.toText());
        assertEquals(3, s.toMap().get("size"));
        var d = DatasetSummary.of("d", classes(0, 1, 1));
        assertEquals(Map.of("0", 1, "1", 2), d.classCounts());
    }
}
