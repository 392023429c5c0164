package dev.ijen.kernels.emulator;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Assumptions;

/// A CUDA driver without a GPU, for tests: JCuda's natives find it under the name of the real one. One a process,
/// loaded on first use; a real driver that was loaded before stays, so tests that want this one come first in their JVM.
///
/// It runs our kernels on the calling thread, checks every access they make, and keeps count of what is alive.
@SuppressWarnings({"restricted", "EnumOrdinal"}) // native code, which knows the constants by number
public final class Emulator {
    /// What can be set (the first seven) and read (the rest).
    public enum What {
        /// Threads and blocks run from the last to the first.
        REVERSED,
        /// Accesses that nothing orders are findings: between blocks of a launch, or threads between two barriers.
        RACES,
        /// Streams run when something waits for them, not before.
        LAZY,
        /// Bytes of device memory, 0 for no limit.
        LIMIT,
        /// Compute capability times ten.
        CAPABILITY,
        /// Number of devices; less than 0 for none.
        DEVICES,
        /// Kernels run from their PTX, interpreted, even if they were compiled with the emulator.
        INTERPRET,
        /// Errors of the program under test that were seen; [Emulator#report] tells which.
        FINDINGS,
        /// Live allocations on the device.
        ALLOCATIONS,
        /// Live bytes on the device.
        BYTES,
        /// Most live bytes so far.
        PEAK,
        /// Live blocks of pinned memory.
        HOST,
        /// Live streams.
        STREAMS,
        /// Live events.
        EVENTS,
        /// Loaded modules.
        MODULES,
        /// Live graphs and executable graphs.
        GRAPHS,
        /// Live contexts.
        CONTEXTS,
        /// Allocations asked for.
        ALLOCATION_CALLS,
        /// Copies asked for.
        COPY_CALLS,
        /// Launches asked for.
        LAUNCH_CALLS,
        /// Graph launches asked for.
        GRAPH_LAUNCH_CALLS,
        /// Products and convolutions asked of the fake cuBLAS and cuDNN.
        LIBRARY_CALLS,
        /// Instructions of PTX interpreted in this process.
        STEPS,
        /// Live handles and descriptors of the fake cuBLAS and cuDNN.
        OBJECTS
    }

    /// What can be made to fail.
    public enum Kind {
        /// Device and pinned memory, graphs made executable.
        ALLOCATION,
        /// Copies between host and device.
        COPY,
        /// Kernel launches.
        LAUNCH,
        /// Graph launches.
        GRAPH_LAUNCH,
        /// Products and convolutions of the fake cuBLAS and cuDNN; the code is the library's.
        LIBRARY
    }

    private static final int REPORT = 16 << 10;

    /// Which fakes are installed; other ones need a JVM of their own, started with these properties.
    private static final int CUDA = Integer.getInteger("ijen.emulator.cuda", 12);

    private static final int CUDNN = Integer.getInteger("ijen.emulator.cudnn", 9);

    private static Emulator only;
    private static String failure;

    private final EmulatorBuild build;
    private final Path library;
    private final MethodHandle set;
    private final MethodHandle get;
    private final MethodHandle fail;
    private final MethodHandle report;
    private final MethodHandle reset;
    private final MethodHandle load;

    private Emulator(EmulatorBuild build, Path library) {
        this.build = build;
        this.library = library;
        var symbols = SymbolLookup.libraryLookup(library, Arena.global());
        set = bind(symbols, "emu_set", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        get = bind(symbols, "emu_get", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        fail = bind(
                symbols,
                "emu_fail",
                FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        report = bind(symbols, "emu_report", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        reset = bind(symbols, "emu_reset", FunctionDescriptor.ofVoid());
        load = bind(symbols, "emu_load", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    private static MethodHandle bind(SymbolLookup symbols, String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(symbols.find(name).orElseThrow(), type);
    }

    /// Puts the emulated driver and fakes of cuBLAS and cuDNN into a folder, where programs under test find them as they find the real
    /// ones, and loads nothing of JCuda.
    /// Nothing happens where it cannot be built.
    ///
    /// @return false where it cannot be built
    public static synchronized boolean install(Path folder) {
        if (real() || !supported() || !EmulatorBuild.possible()) {
            return false;
        }
        try {
            var build = new EmulatorBuild(module());
            Path library = build.library();
            Files.createDirectories(folder);
            Path to = folder.resolve("libcuda.so.1");
            put(library, to);
            for (var fake : build.libraries(library, CUDA, CUDNN).entrySet()) {
                put(fake.getValue(), folder.resolve(fake.getKey()));
            }
            only = new Emulator(build, to);
            return true;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the emulated CUDA driver cannot be built: " + e, e);
        }
    }

    private static void put(Path from, Path to) throws IOException {
        if (!Files.exists(to) || Files.mismatch(from, to) >= 0) {
            Path part = Files.createTempFile(to.getParent(), "part", ".so");
            Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /// True where the tests run on a GPU (`-Dijen.gpu=real`), and there is no emulator.
    public static boolean real() {
        return "real".equals(System.getProperty("ijen.gpu"));
    }

    private static boolean supported() {
        return System.getProperty("os.arch").equals("amd64") && System.getProperty("os.name").equals("Linux");
    }

    private static Path module() {
        return Path.of(System.getProperty("ijen.kernels", ".")).toAbsolutePath().normalize();
    }

    /// The emulator, as if just started; the test is skipped where it cannot be built.
    public static synchronized Emulator fresh() {
        Assumptions.assumeFalse(real(), "skipped: this is about the emulated CUDA driver, and a real GPU is under test");
        Assumptions.assumeTrue(
                supported(),
                "skipped: the emulated CUDA driver needs Linux on x86-64");
        if (failure != null) {
            throw new IllegalStateException(failure); // building again would fail again, and takes long
        }
        if (only == null) {
            Assumptions.assumeTrue(
                    EmulatorBuild.possible(), "skipped: the emulated CUDA driver is built by g++, which is missing");
            try {
                only = start();
            } catch (IllegalStateException e) {
                failure = e.toString();
                throw e;
            }
        }
        only.reset();
        return only;
    }

    private static Emulator start() {
        Path module = module();
        try {
            var build = new EmulatorBuild(module);
            Path library = build.library();
            System.load(library.toString()); // JCuda's native then gets it, because the name is the same
            var emulator = new Emulator(build, library);
            return build.alone(() -> { // JCuda takes a file that another process has only begun to write
                loadJCuda(Files.createDirectories(module.resolve("target/emulator/natives")));
                return emulator;
            });
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the emulated CUDA driver cannot be built: " + e, e);
        }
    }

    /// JCuda unpacks its native into the temporary folder, and takes one that is there; so it gets a folder of our own.
    private static void loadJCuda(Path folder) throws Exception {
        Files.delete(File.createTempFile("ijen", "").toPath()); // the JDK looks the property up once, and that is now
        Files.delete(Files.createTempFile("ijen", ""));
        String before = System.setProperty("java.io.tmpdir", folder.toString());
        try {
            JCudaDriver.setExceptionsEnabled(true);
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }

    /// Sets a switch or limit.
    public void set(What what, long value) {
        call(() -> {
            set.invokeExact(what.ordinal(), value);
        });
    }

    /// Reads a count.
    public long get(What what) {
        var value = new long[1];
        call(() -> value[0] = (long) get.invokeExact(what.ordinal()));
        return value[0];
    }

    /// Makes the `nth` call of a kind from now on fail with a code of the driver.
    public void fail(Kind kind, long nth, int code) {
        call(() -> {
            fail.invokeExact(kind.ordinal(), nth, code);
        });
    }

    /// The findings, a line each (the first 20).
    public String report() {
        try (var arena = Arena.ofConfined()) {
            var to = arena.allocate(REPORT);
            call(() -> {
            report.invokeExact(to, (long) REPORT);
        });
            return to.getString(0);
        }
    }

    /// Frees everything; handles and addresses from before are invalid.
    public void reset() {
        call(() -> {
            reset.invokeExact();
        });
    }

    /// Compiles and registers more kernels: CUDA C that includes only `common.cuh` or `philox.cuh`,
    /// with its kernels headed by KERNEL.
    public void load(String source) {
        try (var arena = Arena.ofConfined()) {
            var path = arena.allocateFrom(build.kernels(source, library).toString());
            var failed = new int[1];
            call(() -> failed[0] = (int) load.invokeExact(path));
            if (failed[0] != 0) {
                throw new IllegalStateException(report());
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Call {
        void run() throws Throwable;
    }

    private static void call(Call c) {
        try {
            c.run();
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
    }
}
