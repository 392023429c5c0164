package dev.ijen.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    @TempDir Path folder;

    private Path raw(String header, int dataBytes) throws IOException {
        byte[] h = header.getBytes(StandardCharsets.UTF_8);
        var all = ByteBuffer.allocate(8 + h.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(h.length).put(h);
        return Files.write(folder.resolve("raw.safetensors"), all.array());
    }

    private static Map<String, HostTensor> everyType() {
        var all = new LinkedHashMap<String, HostTensor>();
        for (DType t : DType.values()) {
            double[] values = t == DType.BOOL ? new double[] {1, 0, 1, 1, 0, 0} : new double[] {0, 1, 2, 3, 100, 5};
            all.put("layer." + t.code(), HostTensor.of(t, values, 2, 3));
        }
        all.put("empty", HostTensor.zeros(DType.F32, Shape.of(0, 4)));
        all.put("scalar ⊕", HostTensor.of(new float[] {1.5f}));
        return all;
    }

    @Test
    void everyTypeComesBack() {
        Path file = folder.resolve("all.safetensors");
        Safetensors.write(file, everyType(), Map.of("step", "12", "größe", "\"5\""));
        try (var open = Safetensors.open(file)) {
            assertEquals(everyType().keySet(), new java.util.HashSet<>(open.names()));
            assertEquals(Map.of("step", "12", "größe", "\"5\""), open.metadata());
            everyType().forEach((name, t) -> {
                var got = open.get(name);
                assertEquals(t.dtype(), got.dtype(), name);
                assertEquals(t.shape(), got.shape(), name);
                assertArrayEquals(t.toDoubleArray(), got.toDoubleArray(), name);
                assertEquals(0, open.info(name).offset() % t.dtype().bytes(), name + " is aligned");
            });
        }
    }

    @Test
    void theOrderOfTheMapDoesNotMatter() throws IOException {
        Path a = folder.resolve("a");
        Path b = folder.resolve("b");
        Safetensors.write(a, everyType(), Map.of("x", "1", "y", "2"));
        var reversed = new LinkedHashMap<String, HostTensor>();
        for (String name : everyType().keySet().stream().toList().reversed()) {
            reversed.put(name, everyType().get(name));
        }
        Safetensors.write(b, reversed, new java.util.TreeMap<>(Map.of("y", "2", "x", "1")));
        assertEquals(-1, Files.mismatch(a, b));
        try (var left = Files.list(folder)) {
            assertEquals(2, left.count(), "no temporary is left");
        }
    }

    @Test
    void readsAHandWrittenFile() throws IOException {
        // offsets count from the end of the header; 1.0f is 00 00 80 3f
        Path file = raw("{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}  ", 8);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] = 0x3f;
        bytes[bytes.length - 2] = (byte) 0x80;
        Files.write(file, bytes);
        assertArrayEquals(new float[] {0, 1}, Safetensors.read(file).get("w").toFloatArray());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{",
                "{}x",
                "{\"w\":1}",
                "{\"w\":{}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"shape\":[2]}}",
                "{\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,9]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[9223372036854775799,9223372036854775807]}}",
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[6],\"data_offsets\":[0,6]},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[16],\"data_offsets\":[0,16]}}",
                "{\"__metadata__\":{\"a\":1},\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"w\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}"
            })
    void hostileHeadersAreRefused(String header) throws IOException {
        Path file = raw(header, 8);
        var e = assertThrows(FormatException.class, () -> Safetensors.open(file).close());
        assertEquals(FormatException.Kind.DAMAGED, e.kind());
        assertTrue(e.getMessage().startsWith(file + ": damaged at offset "), e.getMessage());
        assertTrue(e.getMessage().contains("\n  fix:"), e.getMessage());
    }

    @Test
    void headerBombsAreRefusedBeforeTheyAreRead() throws IOException {
        Path file = folder.resolve("bomb");
        for (long length : new long[] {-1, Long.MAX_VALUE, Safetensors.MAX_HEADER + 1, 17, 1, 0}) {
            var all = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
            Files.write(file, all.putLong(length).array());
            var e = assertThrows(FormatException.class, () -> Safetensors.open(file).close());
            assertTrue(e.getMessage().contains("header"), e.getMessage());
        }
    }

    @Test
    void truncationAtEveryLengthIsNoticed() throws IOException {
        Path file = folder.resolve("whole");
        Safetensors.write(file, everyType(), Map.of("k", "v"));
        byte[] whole = Files.readAllBytes(file);
        Path cut = folder.resolve("cut");
        for (int n = 0; n < whole.length; n++) {
            Files.write(cut, Arrays.copyOf(whole, n));
            assertThrows(FormatException.class, () -> Safetensors.open(cut).close(), "length " + n);
        }
    }

    @Test
    void otherTypesAreRefusedByName() throws IOException {
        Path file = raw("{\"w\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}", 8);
        var e = assertThrows(FormatException.class, () -> Safetensors.open(file).close());
        assertEquals(FormatException.Kind.UNSUPPORTED, e.kind());
        assertTrue(e.getMessage().contains("tensor 'w'") && e.getMessage().contains("F8_E4M3"), e.getMessage());
    }

    @Test
    void truthValuesAreZeroOrOne() throws IOException {
        Path file = raw("{\"w\":{\"dtype\":\"BOOL\",\"shape\":[8],\"data_offsets\":[0,8]}}", 8);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] = 7;
        Files.write(file, bytes);
        try (var open = Safetensors.open(file)) {
            assertThrows(FormatException.class, () -> open.get("w"));
        }
    }

    @Test
    void missingFilesAndTensorsAreNamed() {
        var missing = assertThrows(
                FormatException.class, () -> Safetensors.open(folder.resolve("none")).close());
        assertEquals(FormatException.Kind.MISSING, missing.kind());
        Path file = folder.resolve("f");
        Safetensors.write(file, Map.of("conv1.weight", HostTensor.of(new float[] {1})), Map.of());
        try (var open = Safetensors.open(file)) {
            var e = assertThrows(IjenException.class, () -> open.get("conv1.wieght"));
            assertTrue(e.getMessage().contains("did you mean 'conv1.weight'?"), e.getMessage());
        }
    }

    @Test
    void viewsEndWithTheFile() {
        Path file = folder.resolve("f");
        Safetensors.write(file, Map.of("w", HostTensor.of(new float[] {1})), Map.of());
        HostTensor view;
        try (var open = Safetensors.open(file)) {
            view = open.get("w");
            assertEquals(1, view.item());
        }
        assertThrows(IllegalStateException.class, view::item);
    }

    @Test
    void filesOfOtherProgramsAreRead() throws IOException {
        // contents as asserted by swift-transformers' SafetensorsTests
        var swift = SharedData.tar("formats/swift-safetensors.tar.gz");
        var one = Files.write(folder.resolve("1"), swift.get("tensor-1d-int32.safetensors"));
        for (var t : Safetensors.read(one).values()) {
            assertEquals(DType.I32, t.dtype());
            assertEquals(1, t.shape().rank());
        }
        var burn = Safetensors.read(SharedData.file("models/burn-mnist.safetensors"));
        assertEquals(20, burn.size());
        assertTrue(burn.values().stream().anyMatch(t -> t.shape().equals(Shape.of(8, 1, 3, 3))));
        try (var silero = Safetensors.open(SharedData.file("models/silero_vad_16k.safetensors"))) {
            for (String name : silero.names()) {
                for (float v : silero.get(name).toFloatArray()) {
                    assertTrue(Float.isFinite(v));
                }
            }
        }
        for (var e : SharedData.tar("security/modelaudit-safetensors.tar.gz").entrySet()) {
            Path file = Files.write(folder.resolve("audit"), e.getValue());
            try (var open = Safetensors.open(file)) {
                for (String name : open.names()) {
                    assertTrue(open.get(name).data().byteSize() >= 0);
                }
                assertEquals(List.copyOf(open.metadata().values()), List.copyOf(open.metadata().values()));
            }
        }
    }

    @Test
    void bytesAreLittleEndian() {
        Path file = folder.resolve("f");
        Safetensors.write(file, Map.of("w", HostTensor.of(new int[] {1}, 1)), Map.of());
        try (var open = Safetensors.open(file)) {
            assertEquals(1, open.get("w").data().get(ValueLayout.JAVA_BYTE, 0));
        }
    }
}
