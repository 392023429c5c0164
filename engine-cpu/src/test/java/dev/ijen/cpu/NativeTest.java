package dev.ijen.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.tensor.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeTest {
    private static final String RESOURCE = "dev/ijen/cpu/library.bin";
    private static final byte[] CONTENTS = "stands for a library\n".getBytes(StandardCharsets.UTF_8);

    @BeforeEach
    void linux() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "needs Linux");
    }

    @Test
    void notAllowed() {
        var nat = Native.load(false);
        assertFalse(nat.present());
        assertFalse(nat.reason().isEmpty());
    }

    @Test
    void presentOrReason() {
        var nat = Native.load(true);
        assertEquals(nat.present(), nat.reason().isEmpty());
        assertEquals(nat.present(), nat.version().startsWith("oneDNN 3."));
    }

    @Test
    void libraryIsCopiedOnceAndVerifiedWheneverItChanged(@TempDir Path root) throws Exception {
        var files = LibraryFiles.open(root, hash());
        Path copy = files.verified(RESOURCE, "library.bin", hash());
        assertArrayEquals(CONTENTS, Files.readAllBytes(copy));
        assertEquals("r-x------", PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(copy.getParent())));
        var time = Files.getLastModifiedTime(copy);
        assertEquals(copy, LibraryFiles.open(root, hash()).verified(RESOURCE, "library.bin", hash()));
        assertEquals(time, Files.getLastModifiedTime(copy));

        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(copy, "something else");
        files.verified(RESOURCE, "library.bin", hash());
        assertArrayEquals(CONTENTS, Files.readAllBytes(copy));
        try (var left = Files.list(copy.getParent())) {
            assertEquals(List.of(copy, copy.resolveSibling("library.bin.verified")), left.sorted().toList());
        }
    }

    @Test
    void wrongContentsAreNotUsed(@TempDir Path root) throws Exception {
        String other = "0".repeat(64);
        var files = LibraryFiles.open(root, other);
        var e = assertThrows(IOException.class, () -> files.verified(RESOURCE, "library.bin", other));
        assertTrue(e.getMessage().contains("not the version"), e.getMessage());
        try (var left = Files.list(root.resolve("native").resolve(other.substring(0, 16)))) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void directoryOthersMayWriteToIsNotUsed(@TempDir Path root) throws Exception {
        LibraryFiles.open(root, hash());
        Path directory = root.resolve("native");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        var e = assertThrows(IOException.class, () -> LibraryFiles.open(root, hash()));
        assertTrue(e.getMessage().contains("chmod 700"), e.getMessage());
    }

    @Test
    void runsAllocateNothing() {
        for (var nat : MatMulKernelTest.natives().toList()) {
            try (var arena = Arena.ofConfined();
                    var pool = new ThreadPool(1)) {
                var bound = new ArrayList<CpuKernel.Bound>();
                for (var kernel : kernels(nat, pool)) {
                    bound.add(bind(kernel, arena, pool));
                }
                long bytes = Long.MAX_VALUE;
                // until all is compiled, vectors are objects
                for (int i = 0; i < 60 && bytes > 1000 * 16; i++) {
                    long before = allocated();
                    runAll(bound, 1000);
                    bytes = allocated() - before;
                }
                assertTrue(bytes <= 1000 * 16, nat + ": " + bytes + " bytes in 1000 rounds");
                bound.forEach(CpuKernel.Bound::close);
            }
        }
    }

    @Test
    void memoryStaysFlat() throws Throwable {
        var nat = Native.load(true);
        assumeTrue(nat.present(), nat.reason());
        try (var pool = new ThreadPool(2)) {
            bindRunClose(nat, pool, 50);
            // the JVM's compiler takes and gives back megabytes meanwhile, but what is lost is lost in every round
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 8 && least > 1 << 20; i++) {
                long before = mallocBytes();
                bindRunClose(nat, pool, 400);
                least = Math.min(least, mallocBytes() - before);
            }
            assertTrue(least <= 1 << 20, "grown by " + least + " bytes in each round");
        }
    }

    private static void bindRunClose(Native nat, Pool pool, int times) {
        for (int i = 0; i < times; i++) {
            for (var kernel : kernels(nat, pool)) {
                try (var arena = Arena.ofConfined();
                        var bound = bind(kernel, arena, pool)) {
                    runAll(List.of(bound), 10);
                }
            }
        }
    }

    private static void runAll(List<CpuKernel.Bound> bound, int times) {
        for (int i = 0; i < times; i++) {
            for (int j = 0; j < bound.size(); j++) {
                bound.get(j).run();
            }
        }
    }

    private static List<CpuKernel> kernels(Native nat, Pool pool) {
        var w = ConvKernelTest.window(
                new int[] {8, 8}, new int[] {3, 3}, new int[] {1, 1}, new int[] {1, 1}, new int[] {1, 1},
                new int[] {1, 1});
        var kernels = new ArrayList<CpuKernel>();
        kernels.add(MatMulKernel.of(new Kernel.MatMul(DType.F32, 1, 33, 40, 20, false, true), pool, nat));
        kernels.add(MatMulKernel.of(new Kernel.MatMul(DType.F32, 1, 65, 130, 90, true, false), pool, nat));
        kernels.add(MatMulKernel.of(new Kernel.MatMul(DType.BF16, 2, 5, 6, 7, false, false), pool, nat));
        kernels.add(MatMulKernel.of(new Kernel.MatMul(DType.I32, 1, 5, 6, 7, false, false), pool, nat));
        for (var pass : ConvPass.values()) {
            kernels.add(ConvKernel.of(new Kernel.Conv(DType.F32, pass, w, 4, 8, 16, 1), pool, nat));
        }
        for (var mode : Kernel.PoolMode.values()) {
            kernels.add(PoolKernel.of(new Kernel.Pool(DType.F32, mode, w, 2, 17), pool, true));
        }
        return kernels;
    }

    /// Binds to zeros; every array gets the same generous size.
    private static CpuKernel.Bound bind(CpuKernel kernel, Arena arena, Pool pool) {
        var at = new long[4];
        for (int i = 0; i < 3; i++) {
            at[i] = arena.allocate(1 << 18, 64).address();
        }
        at[3] = arena.allocate(kernel.scratchBytes() + 64, 64).address();
        return kernel.bind(new long[] {at[0], at[1]}, new long[] {at[2]}, at[3], pool);
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    /// Bytes that are allocated with malloc: `uordblks` of glibc's mallinfo2.
    @SuppressWarnings("restricted")
    private static long mallocBytes() throws Throwable {
        var linker = Linker.nativeLinker();
        var function = linker.defaultLookup().find("mallinfo2");
        assumeTrue(function.isPresent(), "needs glibc 2.33");
        var info = MemoryLayout.sequenceLayout(10, JAVA_LONG);
        var handle = linker.downcallHandle(function.get(), FunctionDescriptor.of(MemoryLayout.structLayout(info)));
        try (var arena = Arena.ofConfined()) {
            var result = (MemorySegment) handle.invokeExact((SegmentAllocator) arena);
            return result.getAtIndex(JAVA_LONG, 7);
        }
    }

    private static String hash() throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CONTENTS));
    }
}
