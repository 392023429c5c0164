package dev.ijen.cuda.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reading and rewriting shared libraries, sound and damaged.
final class ElfTest {
    private static final String CUBLAS = "lib/libJCublas2-12.6.0-linux-x86_64.so";

    @TempDir Path folder;

    private static byte[] resource(String name) throws IOException {
        try (var in = ElfTest.class.getClassLoader().getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    private String refusal(byte[] file) throws IOException {
        var path = Files.write(folder.resolve("x.so"), file);
        return assertThrows(IOException.class, () -> Elf.names(path)).getMessage();
    }

    @Test
    void readsNames() throws Exception {
        var file = new TinyElf("libx.so.1").needs("liby.so.2").needs("libz.so").function("f", 1)
                .write(folder.resolve("x.so"));
        assertEquals(new Elf.Names("libx.so.1", List.of("liby.so.2", "libz.so")), Elf.names(file));
    }

    @Test
    void saysWhatAFileIsInstead() throws Exception {
        var sound = new TinyElf("libx.so.1").bytes();
        assertTrue(refusal(new byte[0]).contains("cut off"));
        assertTrue(refusal("GROUP ( libx.so.1 AS_NEEDED ( libc.so ) ) and so on, as linker scripts do it"
                .getBytes(StandardCharsets.US_ASCII))
                .contains("no ELF file"));
        var small = sound.clone();
        small[4] = 1;
        assertTrue(refusal(small).contains("32-bit"));
        var arm = sound.clone();
        arm[18] = (byte) 183;
        assertEquals("it is for another processor (ELF machine 183), not for x86-64", refusal(arm));
        var program = sound.clone();
        program[16] = 2;
        assertTrue(refusal(program).contains("no shared library"));
    }

    @Test
    void damagedFilesAreIoErrorsAndNothingElse() throws Exception {
        var sound = new TinyElf("libx.so.1").needs("libcublas.so.12").function("f", 1).bytes();
        for (int length = 0; length < sound.length; length += length < 800 ? 1 : 97) {
            tryToRead(Arrays.copyOf(sound, length));
        }
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            var damaged = sound.clone();
            for (int k = 0; k < 1 + i % 3; k++) {
                int at = i % 2 == 0 ? random.nextInt(700) : sound.length - 1 - random.nextInt(250);
                damaged[at] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
            }
            tryToRead(damaged);
        }
    }

    private static void tryToRead(byte[] image) {
        try {
            var elf = Elf.of(image);
            for (long name : elf.values(Elf.NEEDED)) {
                elf.string(name);
            }
            Retarget.apply(image, Map.of("libcublas.so.12", "libcublas.so.13"));
        } catch (IOException e) {
            assertTrue(e.getMessage().startsWith("it"), e::getMessage);
        }
    }

    @Test
    void damagedNativesAreIoErrorsAndNothingElse() throws Exception {
        var sound = resource("lib/libJNvrtc-12.6.0-linux-x86_64.so");
        var random = new Random(2);
        for (int i = 0; i < 2000; i++) {
            var damaged = sound.clone();
            int at = i % 2 == 0 ? random.nextInt(600) : random.nextInt(damaged.length);
            Arrays.fill(damaged, at, Math.min(damaged.length, at + 8), (byte) random.nextInt());
            try {
                Retarget.apply(damaged, Map.of("libnvrtc.so.12", "libnvrtc.so.13"));
            } catch (IOException e) {
                assertTrue(e.getMessage().startsWith("it"), e::getMessage);
            }
        }
    }

    @Test
    void anotherMajorVersionChangesNamesHashAndPathAlone() throws Exception {
        var before = resource(CUBLAS);
        var after = before.clone();
        Retarget.apply(after, Map.of("libcublas.so.12", "libcublas.so.13"));
        var file = Files.write(folder.resolve("x.so"), after);
        var needed = Elf.names(file).needed();
        assertTrue(needed.contains("libcublas.so.13"), needed::toString);
        assertTrue(needed.contains("libc.so.6"), needed::toString);
        assertEquals("$ORIGIN", Elf.of(after).string(Elf.of(after).value(Elf.RUNPATH, -1)));
        int changed = 0;
        for (int i = 0; i < before.length; i++) {
            changed += before[i] == after[i] ? 0 : 1;
        }
        // one digit of the name, which all its uses share, up to 4 bytes of the hash, the path /usr/local/cuda-12.0/lib64
        assertTrue(changed >= 1 + 1 + 26 - 2 && changed <= 1 + 4 + 26, "bytes changed: " + changed);
    }

    @Test
    void theSameVersionChangesThePathAlone() throws Exception {
        var before = resource(CUBLAS);
        var after = before.clone();
        Retarget.apply(after, Map.of("libcublas.so.12", "libcublas.so.12"));
        int path = (int) Elf.of(before).stringAt(Elf.of(before).value(Elf.RUNPATH, -1));
        assertArrayEquals(Arrays.copyOf(before, path), Arrays.copyOf(after, path));
        assertArrayEquals(
                Arrays.copyOfRange(before, path + 26, before.length),
                Arrays.copyOfRange(after, path + 26, after.length));
    }

    @Test
    void aLibraryWithoutTheNameIsRefused() throws Exception {
        var image = resource(CUBLAS);
        var e = assertThrows(IOException.class, () -> Retarget.apply(image, Map.of("libcudnn.so.8", "libcudnn.so.9")));
        assertEquals("it does not depend on libcudnn.so.8", e.getMessage());
    }

    @Test
    void hashIsThatOfTheSystemVAbi() {
        assertEquals(0x09691a75, Retarget.hash("GLIBC_2.2.5")); // as readelf and glibc's sources have it
        assertEquals(0x0d696914, Retarget.hash("GLIBC_2.4"));
    }
}
