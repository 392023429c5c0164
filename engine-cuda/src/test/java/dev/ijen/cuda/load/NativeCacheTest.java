package dev.ijen.cuda.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.cuda.load.NativeCache.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The folder of JCuda's natives holds what was written to it, or is not used.
final class NativeCacheTest {
    private static final String FOLDER = "native/jcuda-12.6.0-cublas13-cudnn9";

    @TempDir Path temporary;

    private Path root;

    @BeforeEach
    void root() {
        root = temporary.resolve("ijen");
    }

    private NativeCache open() throws IOException {
        return NativeCache.open(root, 13, 9);
    }

    private static void mode(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
    }

    private String refusal() {
        return assertThrows(IOException.class, this::open).getMessage();
    }

    @Test
    void extractsOnceForTheUserAlone() throws Exception {
        var file = open().file(Native.CUDNN);
        assertEquals(root.resolve(FOLDER).toRealPath().resolve("libJCudnn-12.6.0-linux-x86_64.so"), file);
        assertEquals("rwx------", mode(root.resolve("native")));
        assertEquals("rwx------", mode(file.getParent()));
        assertEquals("r-x------", mode(file));
        assertTrue(Elf.names(file).needed().contains("libcudnn.so.9"));
        var inode = Files.getAttribute(file, "unix:ino");
        assertEquals(file, open().file(Native.CUDNN));
        assertEquals(inode, Files.getAttribute(file, "unix:ino"));
        try (var files = Files.list(file.getParent())) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void everyNativeIsMadeToFit() throws Exception {
        var cache = open();
        assertTrue(Elf.names(cache.file(Native.DRIVER)).needed().contains("libcuda.so.1"));
        assertTrue(Elf.names(cache.file(Native.CUBLAS)).needed().contains("libcublas.so.13"));
        var old = NativeCache.open(root, 12, 8);
        assertTrue(Elf.names(old.file(Native.CUBLAS)).needed().contains("libcublas.so.12"));
        assertTrue(Elf.names(old.file(Native.CUDNN)).needed().contains("libcudnn.so.8"));
    }

    @Test
    void aPlantedFileIsReplaced() throws Exception {
        var file = open().file(Native.CUDNN);
        var sound = Files.readAllBytes(file);
        var planted = sound.clone();
        planted[planted.length - 1] ^= 1;
        mode(file, "rwx------");
        Files.write(file, planted);
        assertArrayEquals(sound, Files.readAllBytes(open().file(Native.CUDNN)));
    }

    @Test
    void aPlantedLinkIsReplacedAndItsTargetLeftAlone() throws Exception {
        var file = open().file(Native.CUDNN);
        var elsewhere = temporary.resolve("elsewhere.so");
        Files.move(file, elsewhere); // even with the right contents: whoever owns the target could change it later
        Files.createSymbolicLink(file, elsewhere);
        assertEquals(file, open().file(Native.CUDNN));
        assertFalse(Files.isSymbolicLink(file));
        assertTrue(Files.exists(elsewhere));
    }

    @Test
    void aFileOthersMayWriteToIsReplaced() throws Exception {
        var file = open().file(Native.CUDNN);
        mode(file, "rwxrwxrwx");
        open().file(Native.CUDNN);
        assertEquals("r-x------", mode(file));
    }

    @Test
    void foldersOthersMayWriteToAreRefused() throws Exception {
        open();
        for (var permissions : new String[] {"rwxrwx---", "rwx----w-"}) {
            mode(root.resolve(FOLDER), permissions);
            assertTrue(refusal().contains("run: chmod 700 " + root.resolve(FOLDER)), refusal());
        }
        mode(root.resolve(FOLDER), "rwx------");
        mode(root.resolve("native"), "rwxrwxrwx");
        assertTrue(refusal().contains("others may write to " + root.resolve("native")), refusal());
    }

    @Test
    void aFolderAboveThatAnyoneCanChangeIsRefused() throws Exception {
        open();
        mode(temporary, "rwxrwxrwx");
        assertTrue(refusal().contains("anyone can replace what is in"), refusal());
        mode(temporary, "rwx------");
        open();
    }

    @Test
    void linksInPlaceOfFoldersAreRefused() throws Exception {
        Files.createDirectories(root);
        Files.createSymbolicLink(root.resolve("native"), Files.createDirectories(temporary.resolve("theirs")));
        assertTrue(refusal().contains("is a link or a file"), refusal());
    }

    @Test
    void anothersFolderIsRefused() throws Exception {
        open();
        try {
            Files.setAttribute(root.resolve(FOLDER), "unix:uid", 65534);
        } catch (IOException e) {
            Assumptions.abort("only root can give a folder away: " + e.getMessage());
        }
        assertTrue(refusal().contains("belongs to another user; set IJEN_CACHE"), refusal());
    }

    @Test
    void manyAtOnceAgree() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            var tasks = new ArrayList<Callable<Path>>();
            for (int i = 0; i < 8; i++) {
                tasks.add(() -> open().file(Native.CUDNN));
            }
            for (var result : threads.invokeAll(tasks)) {
                assertEquals(open().file(Native.CUDNN), result.get());
            }
        }
    }
}
