package dev.ijen.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir Path folder;

    private void onlyContains(String... names) throws IOException {
        try (var all = Files.list(folder)) {
            assertEquals(java.util.Set.of(names),
                    all.map(p -> p.getFileName().toString()).collect(java.util.stream.Collectors.toSet()));
        }
    }

    @Test
    void replacesAFile() throws IOException {
        Path f = folder.resolve("f");
        AtomicFiles.write(f, "one");
        AtomicFiles.write(f, "zwölf");
        assertEquals("zwölf", Files.readString(f));
        onlyContains("f");
    }

    @Test
    void aFailureLeavesTheOldFileAndNoTemporary() throws IOException {
        Path f = folder.resolve("f");
        AtomicFiles.write(f, "old");
        var e = assertThrows(IjenException.class, () -> AtomicFiles.writeStream(f, out -> {
            out.write(new byte[100_000]);
            throw new IOException("No space left on device");
        }));
        assertTrue(e.getMessage().contains("the disk is full") && e.getMessage().contains(f.toString()),
                e.getMessage());
        assertThrows(IllegalStateException.class, () -> AtomicFiles.writeStream(f, out -> {
            throw new IllegalStateException();
        }));
        assertEquals("old", Files.readString(f));
        onlyContains("f");
    }

    @Test
    void aFullDiskIsReported() {
        Path full = Path.of("/dev/full");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(full), "needs /dev/full");
        // the real error of a full device, met through the same channel code
        var e = assertThrows(IOException.class, () -> Files.write(full, new byte[10]));
        assertTrue(e.getMessage().toLowerCase(java.util.Locale.ROOT).contains("no space left"), e.getMessage());
    }

    @Test
    void missingFoldersAndFoldersInPlaceAreNamed() {
        var e = assertThrows(IjenException.class, () -> AtomicFiles.write(folder.resolve("no/f"), "x"));
        assertTrue(e.getMessage().contains("no folder " + folder.resolve("no")), e.getMessage());
        var d = assertThrows(IjenException.class, () -> {
            Files.createDirectories(folder.resolve("d/inner"));
            AtomicFiles.write(folder.resolve("d"), "x");
        });
        assertTrue(d.getMessage().contains("cannot write " + folder.resolve("d")), d.getMessage());
    }

    @Test
    void manyWritersLeaveOneWholeFile() throws Exception {
        Path f = folder.resolve("f");
        try (var pool = Executors.newFixedThreadPool(4)) {
            var all = new ArrayList<java.util.concurrent.Future<?>>();
            for (int i = 0; i < 40; i++) {
                String text = String.valueOf((char) ('a' + i % 26)).repeat(10_000);
                all.add(pool.submit(() -> AtomicFiles.write(f, text)));
            }
            for (var a : all) {
                a.get();
            }
        }
        String text = Files.readString(f);
        assertEquals(text.substring(0, 1).repeat(10_000), text);
        onlyContains("f");
    }

    @Test
    void foldersAppearAtOnceOrNotAtAll() throws IOException {
        Path d = folder.resolve("step-1");
        AtomicFiles.directory(d, t -> {
            assertFalse(Files.exists(d));
            Files.writeString(t.resolve("a"), "1");
            Files.createDirectory(t.resolve("sub"));
            Files.writeString(t.resolve("sub/b"), "2");
        });
        assertEquals("2", Files.readString(d.resolve("sub/b")));
        assertThrows(IjenException.class, () -> AtomicFiles.directory(d, t -> {}));
        assertThrows(IjenException.class, () -> AtomicFiles.directory(folder.resolve("step-2"), t -> {
            Files.writeString(t.resolve("a"), "1");
            throw new IOException("broken");
        }));
        onlyContains("step-1");
    }

    @Test
    void pointersStayInTheirFolder() throws IOException {
        Files.createDirectory(folder.resolve("step-1"));
        Files.createDirectory(folder.resolve("step-2"));
        Path last = folder.resolve("last");
        AtomicFiles.pointer(last, "step-1");
        AtomicFiles.pointer(last, "step-2");
        assertEquals(folder.resolve("step-2"), AtomicFiles.resolvePointer(last));
        assertEquals(folder.resolve("step-1"), AtomicFiles.resolvePointer(folder.resolve("step-1")));
        for (String bad : new String[] {"", "..", "../x", "/etc", "a/b"}) {
            assertThrows(FormatException.class, () -> AtomicFiles.pointer(last, bad), bad);
        }
        Files.delete(last);
        Files.writeString(last, "step-1\n");
        assertEquals(folder.resolve("step-1"), AtomicFiles.resolvePointer(last));
        Files.writeString(last, "../../etc\n");
        assertThrows(FormatException.class, () -> AtomicFiles.resolvePointer(last));
        Files.delete(last);
        assertThrows(FormatException.class, () -> AtomicFiles.resolvePointer(last));
    }
}
