package dev.ijen.cuda.load;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Loads what [Discovery] found: NVIDIA's libraries by their absolute paths, those first that others need, so that the dynamic linker takes
/// them and no others of the same name; then JCuda's, from [NativeCache].
///
/// Whatever goes wrong, of any kind, costs the part it concerns and becomes a reason. Without the driver nothing works, without another
/// library a lower tier does.
public final class Loader {
    private static Tier loaded;

    private final Report report;
    private final Machine machine;
    private final List<String> lacking = new ArrayList<>();

    private Loader(Report report, Machine machine) {
        this.report = report;
        this.machine = machine;
        report.missing().forEach(m -> lacking.add(m.toString()));
    }

    /// Loads, once in the life of the JVM: native libraries stay. Later calls return what the first one did.
    ///
    /// @param report what was found on the machine
    public static synchronized Tier load(Report report, Machine machine) {
        if (loaded == null) {
            loaded = report.driver() instanceof Driver.Found driver
                    ? new Loader(report, machine).load(driver)
                    : report.tier();
        }
        return loaded;
    }

    private Tier load(Driver.Found driver) {
        try {
            open(driver.library());
        } catch (Throwable t) {
            return new Tier.Unavailable("the NVIDIA driver (" + driver + ") can't be loaded: " + message(t),
                    Tier.INSTALL_DRIVER);
        }
        var cublas = attempt(report.cublas(), Loader::openCublas);
        if (cublas.isPresent() && report.cudnn().isPresent()) {
            attempt(report.nvrtc(), Loader::openNvrtc); // before cuDNN, which alone uses it, and asks for it by name
        }
        var cudnn = cublas.isPresent() ? attempt(report.cudnn(), d -> openCudnn(d, cublas.get())) : report.cudnn();
        try {
            return bind(driver, cublas, cudnn);
        } catch (Throwable t) {
            return new Tier.Unavailable("JCuda can't be loaded: " + message(t), fix(t));
        }
    }

    private Tier bind(Driver.Found driver, Optional<Library> cublas, Optional<Library> cudnn) throws IOException {
        JCudaFiles.refuseOthers();
        var cache = NativeCache.open(machine.cache(), major(cublas, 12), major(cudnn, 8));
        JCudaFiles.load(cache, NativeCache.Native.DRIVER);
        var b = attempt(cublas, _ -> JCudaFiles.load(cache, NativeCache.Native.CUBLAS));
        if (b.isEmpty()) {
            cudnn.ifPresent(d -> lacking.add(d + ": it can't be used without cuBLAS"));
        }
        var d = b.isEmpty() ? Optional.<Library>empty()
                : attempt(cudnn, _ -> JCudaFiles.load(cache, NativeCache.Native.CUDNN));
        JCudaFiles.check(cache);
        return Tier.of(driver, b, d, List.copyOf(lacking));
    }

    private static int major(Optional<Library> library, int otherwise) {
        return library.map(Library::major).orElse(otherwise);
    }

    private interface Action {
        void on(Library library) throws Throwable;
    }

    private Optional<Library> attempt(Optional<Library> library, Action action) {
        if (library.isPresent()) {
            try {
                action.on(library.get());
            } catch (Throwable t) {
                lacking.add(library.get() + ": " + message(t));
                return Optional.empty();
            }
        }
        return library;
    }

    private static void openCublas(Library cublas) throws Throwable {
        open(cublas.companion().orElseThrow());
        var functions = open(cublas.path());
        int cuda = (int) (call(functions, "cublasGetCudartVersion") / 1000);
        if (cuda != cublas.major()) {
            throw new IOException("it says that it is of CUDA " + cuda);
        }
    }

    private static void openCudnn(Library cudnn, Library cublas) throws Throwable {
        var functions = open(cudnn.path());
        int cuda = (int) (call(functions, "cudnnGetCudartVersion") / 1000);
        if (cuda != cublas.major()) {
            throw new IOException("it was built for CUDA " + cuda + ", and cuBLAS is of CUDA " + cublas.major());
        }
        for (var name : CudnnFunctions.ALLOWED) { // calling one that is not there would end the process
            if (functions.find(name).isEmpty()) {
                throw new IOException("it has no function " + name + "; it is too old");
            }
        }
    }

    private static void openNvrtc(Library nvrtc) throws Throwable {
        if (nvrtc.companion().isPresent()) {
            open(nvrtc.companion().get());
        }
        open(nvrtc.path());
    }

    /// Of a function `size_t f(void)`.
    @SuppressWarnings("restricted") // the functions called have this type in all versions
    private static long call(SymbolLookup functions, String name) throws Throwable {
        var address = functions.find(name).orElseThrow(() -> new IOException("it has no function " + name));
        var handle = Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_LONG));
        return (long) handle.invokeExact();
    }

    @SuppressWarnings("restricted") // loading libraries is what this class is for
    private static SymbolLookup open(Path library) {
        try {
            return SymbolLookup.libraryLookup(library, Arena.global());
        } catch (IllegalArgumentException e) {
            System.load(library.toAbsolutePath().toString()); // fails as well, and says why
            throw e;
        }
    }

    /// The first line of what the innermost cause says.
    static String message(Throwable thrown) {
        var t = thrown;
        for (int depth = 0; depth < 100 && t.getCause() != null; depth++) {
            t = t.getCause();
        }
        var text = t.getMessage() == null ? t.toString() : t.getMessage();
        text = t instanceof LinkageError && !(t instanceof UnsatisfiedLinkError) ? t.toString() : text;
        return text.lines().findFirst().orElse("").strip();
    }

    private static String fix(Throwable t) {
        return message(t).contains("failed to map segment")
                ? "set IJEN_CACHE to a folder on a disk from which programs may run (it is mounted noexec)"
                : "remove what the message names, or set IJEN_CACHE to a folder of your own";
    }

    /// JCuda's own way of loading, steered. A class of its own: where JCuda is not on the class path, only this one fails to link.
    private static final class JCudaFiles {
        private JCudaFiles() {}

        /// JCuda first asks the JVM for a library of that name: none may be where the JVM looks.
        static void refuseOthers() throws IOException {
            for (var property : List.of("java.library.path", "sun.boot.library.path")) {
                for (var folder : System.getProperty(property, "").split(File.pathSeparator, -1)) {
                    for (var library : NativeCache.Native.values()) {
                        var file = new File(folder.isEmpty() ? "." : folder, library.fileName());
                        if (file.exists()) {
                            throw new IOException(
                                    file + " would be loaded instead of ours; remove it from " + property);
                        }
                    }
                }
            }
        }

        @SuppressWarnings("restricted") // a verified file
        static void load(NativeCache cache, NativeCache.Native library) throws IOException {
            System.load(cache.file(library).toString()); // before JCuda does, for its message is a page long
            steer(cache.folder(), () -> initialise(library));
        }

        /// Exceptions are off in JCuda unless switched on.
        private static void initialise(NativeCache.Native library) {
            switch (library) {
                case DRIVER -> jcuda.driver.JCudaDriver.setExceptionsEnabled(true);
                case CUBLAS -> jcuda.jcublas.JCublas2.setExceptionsEnabled(true);
                case CUDNN -> jcuda.jcudnn.JCudnn.setExceptionsEnabled(true);
            }
        }

        /// JCuda extracts to, and if the file is there loads unchecked from, `java.io.tmpdir`. So that is our folder for as long.
        /// The JDK remembers the real one when it first makes a temporary file, which therefore happens before.
        private static void steer(Path folder, Runnable action) {
            try {
                Files.deleteIfExists(Files.createTempFile("ijen", null));
                Files.deleteIfExists(File.createTempFile("ijen", null).toPath());
            } catch (IOException e) { // a full disk; the JDK has remembered the folder all the same
                System.getLogger(Loader.class.getName()).log(System.Logger.Level.DEBUG, "no temporary file", e);
            }
            var before = System.setProperty("java.io.tmpdir", folder.toString());
            try {
                action.run();
            } finally {
                if (before == null) {
                    System.clearProperty("java.io.tmpdir");
                } else {
                    System.setProperty("java.io.tmpdir", before);
                }
            }
        }

        /// Every library of JCuda's in this process must be ours.
        static void check(NativeCache cache) throws IOException {
            try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
                for (var file : lines.map(l -> l.split(" +", 6)).filter(f -> f.length == 6).map(f -> f[5]).distinct()
                        .toList()) {
                    var path = file.startsWith("/") ? Path.of(file) : null;
                    if (path != null && path.getFileName() != null
                            && path.getFileName().toString().matches("libJ(Cu|Nv).*")
                            && !cache.folder().equals(path.getParent())) {
                        throw new IOException(path + " is loaded, which is not ours");
                    }
                }
            }
        }
    }
}
