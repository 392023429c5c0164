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
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
    @TempDir Path folder;

    private Path raw(int version, String header, String hexData) throws IOException {
        var out = new ByteArrayOutputStream();
        out.write(0x93);
        out.writeBytes("NUMPY".getBytes(StandardCharsets.US_ASCII));
        out.write(version);
        out.write(0);
        byte[] h = header.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < (version == 1 ? 2 : 4); i++) {
            out.write(h.length >>> 8 * i);
        }
        out.writeBytes(h);
        out.writeBytes(HexFormat.of().parseHex(hexData));
        return Files.write(folder.resolve("raw.npy"), out.toByteArray());
    }

    private static String header(String descr, boolean fortran, String shape) {
        return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': (" + shape
                + "), }\n";
    }

    // bytes as numpy.array([...], dtype).tobytes() gives them
    @ParameterizedTest
    @CsvSource({
        "|b1, BOOL, 0001, 0, 1",
        "|i1, I8, ff7f, -1, 127",
        "|u1, U8, ff7f, 255, 127",
        "<i2, I32, feff2c01, -2, 300",
        ">i2, I32, fffe012c, -2, 300",
        "<u2, I32, feff2c01, 65534, 300",
        "<i4, I32, feffffff2c010000, -2, 300",
        ">i4, I32, fffffffe0000012c, -2, 300",
        "<u4, I64, feffffff2c010000, 4294967294, 300",
        ">i8, I64, fffffffffffffffe000000000000012c, -2, 300",
        "<f2, F16, 003c00c1, 1, -2.5",
        ">f2, F16, 3c00c100, 1, -2.5",
        "<f4, F32, 0000803f000020c0, 1, -2.5",
        "=f4, F32, 0000803f000020c0, 1, -2.5",
        ">f4, F32, 3f800000c0200000, 1, -2.5",
        "<f8, F64, 000000000000f03f00000000000004c0, 1, -2.5",
        ">f8, F64, 3ff0000000000000c004000000000000, 1, -2.5",
    })
    void everyTypeAndByteOrder(String descr, DType dtype, String hex, double a, double b) throws IOException {
        for (int version = 1; version <= 3; version++) {
            Path file = raw(version, header(descr, false, "2,"), hex);
            var t = Npy.read(file);
            assertEquals(dtype, t.dtype());
            assertArrayEquals(new double[] {a, b}, t.toDoubleArray());
            try (var arena = Arena.ofConfined()) {
                assertArrayEquals(new double[] {a, b}, Npy.map(file, arena).toDoubleArray());
            }
        }
    }

    @Test
    void fortranOrderIsTurnedRound() throws IOException {
        // numpy.asfortranarray([[1, 2, 3], [4, 5, 6]]) lies as 1 4 2 5 3 6
        var t = Npy.read(raw(1, header("|u1", true, "2, 3"), "010402050306"));
        assertEquals(Shape.of(2, 3), t.shape());
        assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, t.toDoubleArray());
        // numpy.arange(24).reshape(2, 3, 4) in Fortran order
        var lying = new StringBuilder();
        for (int k = 0; k < 4; k++) {
            for (int j = 0; j < 3; j++) {
                for (int i = 0; i < 2; i++) {
                    lying.append(String.format("%02x", 12 * i + 4 * j + k));
                }
            }
        }
        double[] values = Npy.read(raw(1, header("|u1", true, "2, 3, 4"), lying.toString())).toDoubleArray();
        for (int i = 0; i < 24; i++) {
            assertEquals(i, values[i]);
        }
    }

    @Test
    void everyTypeIsWrittenAndRead() {
        for (DType t : DType.values()) {
            for (int[] dims : new int[][] {{}, {1}, {3}, {2, 3}, {0, 3}, {1, 2, 3}}) {
                var in = HostTensor.zeros(t, Shape.of(dims));
                for (int i = 0; i < in.shape().size(); i++) {
                    in.set(i, t == DType.BOOL ? i % 2 : i);
                }
                Path file = folder.resolve("f.npy");
                Npy.write(file, in);
                var out = Npy.read(file);
                assertEquals(t == DType.BF16 ? DType.F32 : t, out.dtype());
                assertEquals(in.shape(), out.shape());
                assertArrayEquals(in.toDoubleArray(), out.toDoubleArray());
            }
        }
    }

    @Test
    void headersAreAsNumpyWritesThem() {
        byte[] b = Npy.encode(HostTensor.of(new float[6], 2, 3));
        assertEquals(128 + 24, b.length);
        assertEquals(
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
                new String(b, 10, 118, StandardCharsets.US_ASCII).strip());
        assertTrue(new String(Npy.encode(HostTensor.of(new float[6], 6)), 10, 100, StandardCharsets.US_ASCII)
                .contains("'shape': (6,), }"));
        assertTrue(new String(Npy.encode(HostTensor.of(new float[] {1})), 10, 100, StandardCharsets.US_ASCII)
                .contains("'shape': (), }"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"|O", "<U8", "|S3", "<c8", "<M8[ns]", "<f16", "<u8", "|V4"})
    void otherTypesAreRefusedByName(String descr) throws IOException {
        Path file = raw(1, header(descr, false, "1,"), "00".repeat(32));
        var e = assertThrows(FormatException.class, () -> Npy.read(file));
        assertEquals(FormatException.Kind.UNSUPPORTED, e.kind());
        assertTrue(e.getMessage().contains(descr), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2)",
                "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1,1,1,1,2)}",
                "__import__('os').system('true')"
            })
    void hostileHeadersAreRefused(String header) throws IOException {
        Path file = raw(1, header, "00".repeat(8));
        assertThrows(FormatException.class, () -> Npy.read(file));
        try (var arena = Arena.ofConfined()) {
            assertThrows(FormatException.class, () -> Npy.map(file, arena));
        }
    }

    @Test
    void spacesCostLinearTime() throws IOException {
        Path file = raw(2, "{" + " ".repeat(60_000) + "'descr'" + " ".repeat(5_000), "");
        assertThrows(FormatException.class, () -> Npy.read(file));
    }

    @Test
    void truncationAtEveryLengthIsNoticed() throws IOException {
        byte[] whole = Npy.encode(HostTensor.of(new double[] {1, 2, 3}, 3));
        Path file = folder.resolve("cut.npy");
        for (int n = 0; n < whole.length; n++) {
            Files.write(file, Arrays.copyOf(whole, n));
            assertThrows(FormatException.class, () -> Npy.read(file), "length " + n);
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertThrows(FormatException.class, () -> Npy.read(file));
    }

    @Test
    void archivesComeBackAndAreDeterministic() throws IOException {
        var arrays = new LinkedHashMap<String, HostTensor>();
        arrays.put("x", HostTensor.of(new float[] {1, 2, 3, 4}, 2, 2));
        arrays.put("labels/y", HostTensor.of(new int[] {7}, 1));
        Path a = folder.resolve("a.npz");
        Path b = folder.resolve("b.npz");
        Npz.write(a, arrays);
        Npz.write(b, new java.util.TreeMap<>(arrays));
        assertEquals(-1, Files.mismatch(a, b));
        var read = Npz.read(a);
        assertEquals(arrays.keySet(), read.keySet());
        assertArrayEquals(new float[] {1, 2, 3, 4}, read.get("x").toFloatArray());
    }

    @Test
    void archivesAreBounded() throws IOException {
        Path file = folder.resolve("bomb.npz");
        // 64 MiB of zeros in 64 KiB, honest about its size, but the array inside claims more than is there
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("x.npy"));
            byte[] start = Npy.encode(HostTensor.of(new double[1], 1));
            String lie = new String(start, StandardCharsets.ISO_8859_1).replace("(1,), }", "(268435000,), }");
            zip.write(lie.getBytes(StandardCharsets.ISO_8859_1));
            zip.write(new byte[1 << 20]);
        }
        Files.write(file, out.toByteArray());
        var e = assertThrows(FormatException.class, () -> Npz.read(file));
        assertTrue(e.getMessage().contains("x.npy"), e.getMessage());

        // the directory claims more than deflate could hold
        byte[] zip = out.toByteArray();
        int directory = find(zip, new byte[] {'P', 'K', 1, 2});
        zip[directory + 24 + 3] = 0x7f;
        Files.write(file, zip);
        assertTrue(assertThrows(FormatException.class, () -> Npz.read(file)).getMessage().contains("bomb"));
    }

    private static int find(byte[] in, byte[] what) {
        for (int i = 0;; i++) {
            if (Arrays.equals(in, i, i + what.length, what, 0, what.length)) {
                return i;
            }
        }
    }

    @Test
    void truncatedArchivesAreNoticed() throws IOException {
        Path file = folder.resolve("a.npz");
        Npz.write(file, Map.of("x", HostTensor.of(new float[] {1, 2, 3, 4}, 4)));
        byte[] whole = Files.readAllBytes(file);
        for (int n = 0; n < whole.length; n++) {
            Files.write(file, Arrays.copyOf(whole, n));
            assertThrows(FormatException.class, () -> Npz.read(file), "length " + n);
        }
        assertEquals(
                FormatException.Kind.MISSING,
                assertThrows(FormatException.class, () -> Npz.read(folder.resolve("none"))).kind());
    }

    @Test
    void everyFlippedByteIsReadOrRefused() throws IOException {
        Path file = folder.resolve("a.npz");
        Npz.write(file, Map.of("x", HostTensor.of(new float[] {1, 2, 3, 4}, 4)));
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) 0xff;
            Files.write(file, damaged);
            try {
                Npz.read(file);
            } catch (FormatException e) {
                assertTrue(e.getMessage().contains("fix:"));
            }
        }
    }

    @Test
    void filesOfOtherProgramsAreRead() throws IOException {
        var djl = SharedData.tar("formats/djl-npy-npz-safetensors.tar.gz");
        Map<String, DType> types = Map.of(
                "boolean.npy", DType.BOOL, "int8.npy", DType.I8, "uint8.npy", DType.U8, "fp16.npy", DType.F16,
                "fp32.npy", DType.F32);
        for (var e : types.entrySet()) {
            assertEquals(e.getValue(), Npy.read(Files.write(folder.resolve("f"), djl.get(e.getKey()))).dtype());
        }
        for (int rank = 0; rank < 3; rank++) {
            assertEquals(
                    rank,
                    Npy.read(Files.write(folder.resolve("f"), djl.get(rank + "d.npy"))).shape().rank());
        }
        assertTrue(Npz.read(Files.write(folder.resolve("f"), djl.get("list.npz"))).size() > 1);
        // values as asserted by candle's npy tests
        var candle = SharedData.tar("formats/candle-npy-npz-pt-safetensors.tar.gz");
        var npz = Npz.read(Files.write(folder.resolve("f"), candle.get("test.npz")));
        assertTrue(npz.containsKey("x") && npz.containsKey("x_plus_one"), npz.keySet().toString());
        double[] x = npz.get("x").toDoubleArray();
        double[] plus = npz.get("x_plus_one").toDoubleArray();
        for (int i = 0; i < x.length; i++) {
            assertEquals(i, x[i]);
            assertEquals(i + 1, plus[i]);
        }
        var hopper = Npy.read(SharedData.file("images/grace_hopper_1x3x224x244.npy"));
        assertEquals(DType.F32, hopper.dtype());
        assertEquals(602240, hopper.data().byteSize() + 128);
        Npz.read(SharedData.file("models/expected/burn-mnist.npz"))
                .values()
                .forEach(t -> assertEquals(100, t.shape().dim(0)));
    }
}
