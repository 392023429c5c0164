package dev.ijen.kernels.emulator;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Makes the emulated `libcuda.so.1` with g++: objects and library carry the hash of all that went into them, so
/// what is there is up to date.
final class EmulatorBuild {
    private static final List<String> COMMON = List.of("-std=c++17", "-O2", "-g1", "-fPIC", "-fvisibility=hidden");

    /// Kernels: a call before every access to memory, which the emulator answers; arithmetic as written.
    private static final List<String> CHECKED = List.of(
            "-fsanitize=kernel-address",
            "--param=asan-instrumentation-with-call-threshold=0",
            "--param=asan-stack=0",
            "--param=asan-globals=0",
            "-ffp-contract=off",
            "-fno-math-errno",
            "-fno-tree-vectorize");

    private final Path kernels;
    private final Path emulator;
    private final Path out;

    /// @param module folder of this module
    EmulatorBuild(Path module) {
        kernels = module.resolve("src/main/cuda");
        emulator = module.resolve("src/test/emulator");
        out = module.resolve("target/emulator");
    }

    /// False where there is no g++.
    static boolean possible() {
        try {
            var p = new ProcessBuilder("g++", "--version").redirectErrorStream(true).start();
            p.getInputStream().readAllBytes();
            return p.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    interface Making<T> {
        T make() throws Exception;
    }

    /// One process makes what is missing, and others that run tests beside it wait and find it made.
    <T> T alone(Making<T> making) throws Exception {
        Files.createDirectories(out);
        try (var channel = FileChannel.open(out.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            if (!lock.isValid()) {
                throw new IllegalStateException("no lock on " + out);
            }
            return making.make();
        }
    }

    /// The library, built if it is not there.
    Path library() throws Exception {
        return alone(this::make);
    }

    private Path make() throws Exception {
        String headers = hash(files(emulator, ".h"));
        var tasks = new ArrayList<Future<Path>>();
        try (var pool = Executors.newFixedThreadPool(2)) {
            for (Path source : files(kernels, ".cu")) {
                tasks.add(pool.submit(() -> kernel(source)));
            }
            for (Path source : files(emulator, ".cu")) {
                tasks.add(pool.submit(() -> kernel(source)));
            }
            for (Path source : files(emulator, ".cpp")) {
                tasks.add(pool.submit(() -> object(source, headers, List.of())));
            }
        }
        var objects = new ArrayList<String>();
        for (var t : tasks) {
            objects.add(t.get().toString());
        }
        var command = new ArrayList<>(
                List.of("g++", "-shared", "-Wl,-soname,libcuda.so.1", "-Wl,-Bsymbolic-functions", "-ldl"));
        command.addAll(objects);
        var library = out.resolve(digest(String.join(" ", command)) + "/libcuda.so.1");
        make(library, command);
        return library;
    }

    /// More kernels, from CUDA C that includes only `common.cuh` and `philox.cuh`; `library` is what [#library] gave.
    Path kernels(String source, Path library) throws Exception {
        Path file = out.resolve(digest(source) + ".cu");
        Files.writeString(file, source);
        Path object = kernel(file);
        Path made = out.resolve(digest(object + " " + library) + ".so");
        make(made, List.of("g++", "-shared", object.toString(), library.toString()));
        return made;
    }

    /// Fakes of cuBLAS and cuDNN in these major versions, by the names under which they belong beside the driver.
    ///
    /// @param library what [#library] gave
    Map<String, Path> libraries(Path library, int cuda, int cudnn) throws Exception {
        return alone(() -> fakes(library, cuda, cudnn));
    }

    private Map<String, Path> fakes(Path library, int cuda, int cudnn) throws Exception {
        Path folder = emulator.resolve("libraries");
        String headers = hash(files(emulator, ".h")) + hash(files(folder, ".h"));
        var flags = List.of("-DCUDA=" + cuda, "-DMAJOR=" + cudnn);
        var made = new TreeMap<String, Path>();
        made.put("libcublasLt.so." + cuda, shared("libcublasLt.so." + cuda, library,
                List.of(object(folder.resolve("cublaslt.cpp"), headers, flags))));
        made.put("libcublas.so." + cuda, shared("libcublas.so." + cuda, library,
                List.of(object(folder.resolve("cublas.cpp"), headers, flags))));
        var dnn = shared("libcudnn.so." + cudnn, library, List.of(
                object(folder.resolve("cudnn.cpp"), headers, flags),
                object(folder.resolve("convolve.cpp"), headers, flags),
                object(folder.resolve("cudnn_absent.cpp"), headers, flags)));
        made.put("libcudnn.so." + cudnn, dnn);
        for (var part : cudnn == 8
                ? List.of("ops_infer", "ops_train", "cnn_infer", "cnn_train")
                : List.of("graph", "ops", "cnn")) {
            made.put("libcudnn_" + part + ".so." + cudnn, dnn); // it is only looked whether they are there
        }
        return made;
    }

    /// NVIDIA's libraries have a version node of their own name, which JCuda's natives ask for.
    private Path shared(String name, Path driver, List<Path> objects) throws Exception {
        Path to = out.resolve(digest(driver + " " + objects)).resolve(name);
        Files.createDirectories(to.getParent());
        Path script = to.resolveSibling("versions");
        Files.writeString(script, name + " { global: cu*; local: *; };\n");
        var command = new ArrayList<>(
                List.of("g++", "-shared", "-Wl,-soname," + name, "-Wl,--version-script=" + script));
        objects.forEach(o -> command.add(o.toString()));
        command.add(driver.toString()); // whose name, libcuda.so.1, it then needs
        make(to, command);
        return to;
    }

    private Path kernel(Path source) throws Exception {
        String headers = hash(List.of(emulator.resolve("cuda.h"))) + hash(files(kernels, ".cuh"));
        var flags = new ArrayList<>(CHECKED);
        flags.addAll(List.of("-I" + kernels, "-include", emulator.resolve("cuda.h").toString(), "-x", "c++"));
        return object(source, headers, flags);
    }

    private Path object(Path source, String headers, List<String> flags) throws Exception {
        var command = new ArrayList<>(List.of("g++"));
        command.addAll(COMMON);
        command.addAll(flags);
        command.addAll(List.of("-c", source.toString()));
        String key = digest(hash(List.of(source)) + headers + command);
        Path object = out.resolve(source.getFileName() + "-" + key + ".o");
        make(object, command);
        return object;
    }

    private static void make(Path to, List<String> command) throws Exception {
        if (Files.exists(to)) {
            return;
        }
        Files.createDirectories(to.getParent());
        Path part = Files.createTempFile(to.getParent(), "part", ".o");
        var whole = new ArrayList<>(command);
        whole.addAll(List.of("-o", part.toString()));
        var p = new ProcessBuilder(whole).redirectErrorStream(true).start();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (p.waitFor() != 0) {
            Files.delete(part);
            throw new IllegalStateException("the emulator does not compile: " + String.join(" ", whole) + "\n" + said);
        }
        Files.move(part, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static List<Path> files(Path folder, String end) throws IOException {
        try (var all = Files.list(folder)) {
            return List.copyOf(new TreeSet<>(
                    all.filter(f -> f.getFileName().toString().endsWith(end)).toList()));
        }
    }

    private static String hash(List<Path> files) throws IOException {
        var text = new StringBuilder();
        for (Path f : files) {
            text.append(f.getFileName()).append('\n').append(Files.readString(f)).append('\0');
        }
        return digest(text.toString());
    }

    private static String digest(String text) {
        try {
            byte[] all = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(all, 0, 10);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
