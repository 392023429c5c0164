package dev.ijen.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
    @TempDir Path folder;

    private Path hex(String hex) throws IOException {
        return Files.write(folder.resolve("f.idx"), HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @ParameterizedTest
    @CsvSource({
        "00000801 00000002 ff7f, U8, 255, 127",
        "00000901 00000002 ff7f, I8, -1, 127",
        "00000b01 00000002 fffe012c, I32, -2, 300",
        "00000c01 00000002 fffffffe0000012c, I32, -2, 300",
        "00000d01 00000002 3f800000c0200000, F32, 1, -2.5",
        "00000e01 00000002 3ff0000000000000c004000000000000, F64, 1, -2.5",
    })
    void everyElementType(String bytes, DType dtype, double a, double b) throws IOException {
        var t = Idx.read(hex(bytes));
        assertEquals(dtype, t.dtype());
        assertArrayEquals(new double[] {a, b}, t.toDoubleArray());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "000008",
                "01000801 00000001 00",
                "00000701 00000001 00",
                "000008ff",
                "00000801 ffffffff 00",
                "00000803 7fffffff 7fffffff 7fffffff 00",
                "00000801 00000002 00",
                "00000801 00000001 0000",
                "1f8b",
                "1f8b0800"
            })
    void brokenFilesAreRefused(String bytes) throws IOException {
        Path file = hex(bytes);
        var e = assertThrows(FormatException.class, () -> Idx.read(file));
        assertTrue(e.getMessage().contains(file.toString()) && e.getMessage().contains("fix:"), e.getMessage());
    }

    @Test
    void plainAndCompressedComeBackAndTruncationIsNoticed() throws IOException {
        for (String name : new String[] {"a.idx", "a.idx.gz"}) {
            for (DType t : new DType[] {DType.U8, DType.I8, DType.I32, DType.F32, DType.F64}) {
                Path file = folder.resolve(name);
                var in = HostTensor.of(t, new double[] {1, 2, 3, 4, 5, 100}, 3, 2);
                Idx.write(file, in);
                var out = Idx.read(file);
                assertEquals(t, out.dtype());
                assertEquals(Shape.of(3, 2), out.shape());
                assertArrayEquals(in.toDoubleArray(), out.toDoubleArray());
                byte[] whole = Files.readAllBytes(file);
                for (int n = 0; n < whole.length; n++) {
                    Files.write(file, Arrays.copyOf(whole, n));
                    assertThrows(FormatException.class, () -> Idx.read(file), name + " cut to " + n);
                }
            }
        }
    }

    @Test
    void missingFilesAreNamed() {
        var e = assertThrows(FormatException.class, () -> Idx.read(folder.resolve("nowhere/x")));
        assertEquals(FormatException.Kind.MISSING, e.kind());
        assertTrue(e.getMessage().contains("not even the folder"), e.getMessage());
    }

    // md5 of the uncompressed files as published with MNIST; label counts of its test part are well known
    @ParameterizedTest
    @CsvSource({
        "t10k-labels-idx1-ubyte, 27ae3e4e09519cfbb04c329615203637",
        "t10k-images-idx3-ubyte, 2646ac647ad5339dbf082846283269ea",
        "train-labels-idx1-ubyte, a25bea736e30d166cdddb491f175f624",
        "train-images-idx3-ubyte, 6bbc9ace898e44ae57da46a324031adb",
    })
    void mnistIsReadByteForByte(String name, String md5) throws Exception {
        Path file = SharedData.file("mnist/" + name + ".gz");
        var digest = MessageDigest.getInstance("MD5");
        var t = Idx.read(file);
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            digest.update(in.readNBytes(4 + 4 * t.shape().rank()));
        }
        digest.update(t.data().toArray(ValueLayout.JAVA_BYTE));
        assertEquals(md5, HexFormat.of().formatHex(digest.digest()));
        if (name.startsWith("t10k-labels")) {
            var counts = new int[10];
            for (int v : t.toIntArray()) {
                counts[v]++;
            }
            assertArrayEquals(new int[] {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, counts);
        }
    }
}
