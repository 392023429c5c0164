package dev.ijen.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchTest {
    @TempDir Path folder;

    /// Names and shapes as in the safetensors file of the same network (trained on its own: other values), and numbers read
    /// from the archive's entries by Python.
    @Test
    void network() {
        var torch = Torch.read(SharedData.file("models/burn-mnist.pt"));
        var other = Safetensors.read(SharedData.file("models/burn-mnist.safetensors"));
        assertEquals(other.keySet(), torch.keySet());
        other.forEach((name, t) -> {
            assertEquals(t.shape(), torch.get(name).shape(), name);
            assertEquals(t.dtype(), torch.get(name).dtype(), name);
        });
        assertArrayEquals(
                new float[] {0.16227688f, -0.23659371f, -0.18271527f},
                java.util.Arrays.copyOf(torch.get("conv1.weight").toFloatArray(), 3));
        assertEquals(0.13375102f, torch.get("conv1.bias").toFloatArray()[0]);
        assertEquals(3752, torch.get("norm1.num_batches_tracked").item());
    }

    /// One file a type, with the values of its entry as Python's struct reads them.
    @Test
    void types() throws IOException {
        var values = Map.of(
                "float32", new double[] {1, 2.5, -3.7f, 0}, "float16", new double[] {1.5, -2.25, 3.125},
                "float64", new double[] {1.1, 2.2, 3.3}, "int8", new double[] {127, -128, 0, 50},
                "int16", new double[] {1000, -2000, 3000}, "int32", new double[] {10, 20, -30},
                "int64", new double[] {100, -200, 300, 0}, "uint8", new double[] {0, 128, 255, 42},
                "bool", new double[] {1, 0, 1, 1, 0});
        var all = SharedData.tar("formats/burn-pytorch-checkpoints.tar.gz");
        for (var v : values.entrySet()) {
            byte[] bytes = all.get("src/pytorch/tests/reader/test_data/" + v.getKey() + ".pt");
            var tensors = Torch.read(Files.write(folder.resolve("t.pt"), bytes));
            assertEquals(1, tensors.size());
            assertArrayEquals(v.getValue(), tensors.values().iterator().next().toDoubleArray(), v.getKey());
        }
    }

    /// All files of torch.save in the collections; every one of them has tensors.
    @Test
    void collections() throws IOException {
        int n = 0;
        for (String archive : new String[] {
            "formats/burn-pytorch-checkpoints.tar.gz", "formats/candle-npy-npz-pt-safetensors.tar.gz"}) {
            for (var e : SharedData.tar(archive).entrySet()) {
                if (e.getKey().endsWith(".pt") || e.getKey().endsWith(".pth")) {
                    var file = Files.write(folder.resolve("m.pt"), e.getValue());
                    var all = Torch.read(file);
                    assertTrue(!all.isEmpty(), e.getKey());
                    n++;
                }
            }
        }
        assertEquals(46, n);
    }

    /// candle's file is `arange(2*3*4)` reshaped in Fortran's order, as its own test says.
    @Test
    void fortranOrder() throws IOException {
        var all = SharedData.tar("formats/candle-npy-npz-pt-safetensors.tar.gz");
        byte[] bytes = all.entrySet().stream().filter(e -> e.getKey().endsWith("fortran_tensor_3d.pth")).findFirst()
                .orElseThrow().getValue();
        var tensors = Torch.read(Files.write(folder.resolve("f.pth"), bytes));
        var t = tensors.get("fortran");
        if (t == null) {
            t = tensors.values().iterator().next();
        }
        assertEquals(Shape.of(2, 3, 4), t.shape());
        var expected = new double[24];
        for (int i = 0; i < 24; i++) {
            expected[i] = i + 1;
        }
        assertArrayEquals(expected, t.toDoubleArray());
    }

    /// Pickles that ask for code are refused by the name of what they ask for.
    @ParameterizedTest
    @ValueSource(strings = {"os system", "posix system", "builtins eval", "builtins exec", "subprocess Popen",
        "torch.hub load", "nt system", "__builtin__ getattr", "numpy.core.multiarray _reconstruct"})
    void refusesCode(String global) throws IOException {
        String pickle = "\u0080\u0002c" + global.replace(' ', '\n') + "\nX\u0007\u0000\u0000\u0000echo hi\u0085R.";
        var file = zip(Map.of("a/data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1)));
        var e = assertThrows(FormatException.class, () -> Torch.read(file));
        assertTrue(e.getMessage().contains("'" + global.replace(' ', '.') + "'"), e.getMessage());
        assertEquals(FormatException.Kind.UNSUPPORTED, e.kind());
    }

    /// Protocol 4 names its classes from the stack; the same holds.
    @Test
    void refusesCodeByStackGlobal() throws IOException {
        String pickle = "\u0080\u0004\u008c\u0002os\u008c\u0006system\u0093\u008c\u0002hi\u0085R.";
        var file = zip(Map.of("a/data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1)));
        var e = assertThrows(FormatException.class, () -> Torch.read(file));
        assertTrue(e.getMessage().contains("'os.system'"), e.getMessage());
    }

    /// Python's instance operations would call a class, too.
    @ParameterizedTest
    @ValueSource(strings = {"(ios\nsystem\n.", "(cos\nsystem\no.", "\u0082\u0001.", ".", "R.", "h\u0001."})
    void refusesOddPickles(String pickle) throws IOException {
        var file = zip(Map.of("a/data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1)));
        assertThrows(FormatException.class, () -> Torch.read(file));
    }

    /// A list that holds itself.
    @Test
    void refusesCycles() throws IOException {
        var file = zip(Map.of("a/data.pkl", "]q\u0000h\u0000a.".getBytes(StandardCharsets.ISO_8859_1)));
        assertThrows(FormatException.class, () -> Torch.read(file));
    }

    /// A tensor over three floats that claims `size` elements, a stride and an offset.
    private static byte[] tensor(int count, int size, int stride, int offset) {
        String p = "\u0080\u0002ctorch._utils\n_rebuild_tensor_v2\n((X\u0007\u0000\u0000\u0000storagectorch\nFloatStorage\n"
                + "X\u0001\u0000\u0000\u00000X\u0003\u0000\u0000\u0000cpuK" + (char) count + "tQK" + (char) offset
                + "K" + (char) size + "\u0085K" + (char) stride + "\u0085\u0089)tR.";
        return p.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void checksSizes() throws IOException {
        byte[] three = HostTensor.of(new float[] {1, 2, 3}, 3).data().toArray(ValueLayout.JAVA_BYTE);
        var good = Torch.read(zip(Map.of("a/data.pkl", tensor(3, 3, 1, 0), "a/data/0", three))).get("tensor");
        assertArrayEquals(new float[] {1, 2, 3}, good.toFloatArray());
        assertEquals(DType.F32, good.dtype());
        for (int[] lie : new int[][] {{4, 3, 1, 0}, {3, 4, 1, 0}, {3, 3, 2, 0}, {3, 3, 1, 1}, {3, 1, 1, 3}}) {
            var file = zip(Map.of("a/data.pkl", tensor(lie[0], lie[1], lie[2], lie[3]), "a/data/0", three));
            assertThrows(FormatException.class, () -> Torch.read(file), java.util.Arrays.toString(lie));
        }
        var missing = zip(Map.of("a/data.pkl", tensor(3, 3, 1, 0)));
        assertThrows(FormatException.class, () -> Torch.read(missing));
    }

    private Path zip(Map<String, byte[]> entries) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var e : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(e.getKey()));
                zip.write(e.getValue());
            }
        }
        return Files.write(folder.resolve("x.pt"), bytes.toByteArray());
    }
}
