package dev.ijen.cuda.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

final class LoaderCacheTest {
    private static final Map<String, String> ENTRIES = new TreeMap<>(
            Map.of("libcublas.so.12", "/opt/a/libcublas.so.12", "libc.so.6", "/lib/libc.so.6", "libcuda.so.1",
                    "/b/libcuda.so.1"));

    @Test
    void findsByPrefix() {
        assertEquals(
                List.of("/opt/a/libcublas.so.12", "/b/libcuda.so.1"),
                LoaderCache.parse(FakeCuda.loaderCache(ENTRIES), List.of("libcublas.so.", "libcuda.so.1")));
    }

    @Test
    void findsBehindTheOldFormat() {
        var today = FakeCuda.loaderCache(ENTRIES);
        var b = ByteBuffer.allocate(16 + 12 * 3 + 4 + today.length).order(ByteOrder.LITTLE_ENDIAN);
        b.put("ld.so-1.7.0".getBytes(StandardCharsets.ISO_8859_1)).putInt(12, 3).put(16 + 36 + 4, today);
        assertEquals(List.of("/b/libcuda.so.1"), LoaderCache.parse(b.array(), List.of("libcuda.so.1")));
    }

    @Test
    void passesOverOtherProcessors() {
        var cache = FakeCuda.loaderCache(Map.of("libcuda.so.1", "/lib32/libcuda.so.1"));
        cache[49] = 0; // no FLAG_X8664_LIB64: a 32-bit library
        assertEquals(List.of(), LoaderCache.parse(cache, List.of("libcuda.so.1")));
    }

    @Test
    void damagedCachesHaveNothingOrSomethingAndNeverThrow() {
        var sound = FakeCuda.loaderCache(ENTRIES);
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            var damaged = java.util.Arrays.copyOf(sound, i % 4 == 0 ? random.nextInt(sound.length) : sound.length);
            for (int k = 0; k < 3 && damaged.length > 0; k++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            LoaderCache.parse(damaged, List.of("lib"));
        }
    }

    @Test
    void readsThisMachines() {
        var file = Path.of("/etc/ld.so.cache");
        Assumptions.assumeTrue(Files.isReadable(file) && Files.exists(Path.of("/lib/x86_64-linux-gnu/libc.so.6")),
                "no glibc here");
        assertFalse(LoaderCache.find(file, List.of("libc.so.6")).isEmpty());
    }
}
