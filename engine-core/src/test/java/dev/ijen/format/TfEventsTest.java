package dev.ijen.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TfEventsTest {
    @TempDir Path folder;

    @Test
    void scalarsComeBack() throws IOException {
        Path file;
        try (var events = TfEvents.create(folder.resolve("tb"))) {
            events.scalar("train/loss", 0, 2.5, 1.25e9);
            events.scalar("größe", 1L << 40, -1e-3);
            events.scalar("train/loss", -1, Double.NaN, 7);
            events.flush();
            file = events.file();
        }
        assertTrue(file.getFileName().toString().startsWith("events.out.tfevents."), file.toString());
        var all = TfEvents.read(file);
        assertEquals("brain.Event:2", all.get(0).fileVersion());
        assertEquals(1.25e9, all.get(1).wallTime());
        assertEquals(2.5f, all.get(1).scalars().get("train/loss"));
        assertEquals(1L << 40, all.get(2).step());
        assertEquals(-1e-3f, all.get(2).scalars().get("größe"));
        assertEquals(-1, all.get(3).step());
        assertTrue(all.get(3).scalars().get("train/loss").isNaN());
        try (var again = TfEvents.create(folder.resolve("tb"))) {
            assertNotEquals(file, again.file());
        }
    }

    @Test
    void checksumsAreThoseOfTheSpecification() {
        // CRC-32C of 32 zero bytes is 8a9136aa (RFC 3720, B.4); masked as in TensorFlow's crc32c.h
        int crc = 0x8a9136aa;
        int masked = (crc >>> 15 | crc << 17) + 0xa282ead8;
        assertEquals(masked, TfRecord.maskedCrc(new byte[32], 0, 32));
    }

    @Test
    void bytesAreProtobuf() {
        // wall_time 1.0: 09 + double; step 3: 10 03; summary: 2a 0a 0a 08, tag "a", simple_value 1.0f
        assertArrayEquals(
                HexFormat.of().parseHex("09000000000000f03f10032a0a0a080a0161150000803f"),
                TfRecord.scalarEvent(1, 3, "a", 1));
    }

    @Test
    void aCutOffTailIsLeftOutAndDamageIsNoticed() throws IOException {
        Path file;
        try (var events = TfEvents.create(folder)) {
            for (int i = 0; i < 5; i++) {
                events.scalar("x", i, i);
            }
            file = events.file();
        }
        byte[] whole = Files.readAllBytes(file);
        Path cut = folder.resolve("cut");
        int before = -1;
        for (int n = 0; n <= whole.length; n++) {
            Files.write(cut, Arrays.copyOf(whole, n));
            int events = TfEvents.read(cut).size();
            assertTrue(events >= before, "a longer file has no fewer events");
            before = events;
        }
        assertEquals(6, before);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x10;
            Files.write(cut, damaged);
            assertThrows(FormatException.class, () -> TfEvents.read(cut), "byte " + i);
        }
    }

    @Test
    void aFileOfTensorFlowIsRead() {
        // 100 scalars "my_metric" of 0.5 · step
        int scalars = 0;
        for (var e : TfEvents.read(SharedData.file("formats/events.out.tfevents.1585499054.v2"))) {
            Float v = e.scalars().get("my_metric");
            if (v != null) {
                assertEquals(0.5f * e.step(), v);
                scalars++;
            }
        }
        assertEquals(100, scalars);
    }

    @Test
    void protobufFuzzDoesNotBreakTheReader() throws IOException {
        Path file = folder.resolve("fuzz");
        for (byte[] b : SharedData.tar("security/go-fuzz-protobuf.tar.gz").values()) {
            Files.write(file, TfRecord.frame(b));
            try {
                TfEvents.read(file);
            } catch (FormatException e) {
                assertTrue(e.getMessage().contains("fix:"));
            }
            Files.writeString(file, new String(b, StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
            try {
                TfEvents.read(file);
            } catch (FormatException e) {
                assertTrue(e.getMessage().contains("fix:"));
            }
        }
    }
}
