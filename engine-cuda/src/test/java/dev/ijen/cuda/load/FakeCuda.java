package dev.ijen.cuda.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A machine made of a folder, with libraries of [TinyElf].
public final class FakeCuda {
    final Path root;
    private final Map<String, String> environment = new HashMap<>();

    public FakeCuda(Path root) {
        this.root = root;
    }

    public Machine machine() {
        return new Machine(root, root.resolve("home"), Map.copyOf(environment));
    }

    public Report find() {
        return Discovery.find(machine());
    }

    public FakeCuda environment(String name, Path value) {
        environment.put(name, value.toString());
        return this;
    }

    /// A driver, with the link and the file that NVIDIA's installer makes, and one GPU.
    public FakeCuda driver(String version) {
        var folder = root.resolve("usr/lib/x86_64-linux-gnu");
        new TinyElf("libcuda.so.1").function("cuInit", 100).write(folder.resolve("libcuda.so." + version));
        link(folder.resolve("libcuda.so.1"), "libcuda.so." + version);
        text("proc/driver/nvidia/version",
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  " + version + "  Tue Mar  5 22:23:56 UTC 2024\n");
        text("proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t NVIDIA Test GPU\nIRQ:   \t\t 0\n");
        return this;
    }

    /// cuBLAS and cublasLt: a toolkit's, links to files with the full version, or a wheel's, if the version is the major one.
    public FakeCuda cublas(Path folder, String version) {
        int major = Versions.major(version);
        for (var name : List.of("libcublasLt.so.", "libcublas.so.")) {
            var elf = new TinyElf(name + major).function("cublasGetCudartVersion", major * 1000);
            if (name.equals("libcublas.so.")) {
                elf.needs("libcublasLt.so." + major);
            }
            elf.write(folder.resolve(name + version));
            if (!version.equals(String.valueOf(major))) {
                link(folder.resolve(name + major), name + version);
            }
        }
        return this;
    }

    public FakeCuda nvrtc(Path folder, String version) {
        int major = Versions.major(version);
        new TinyElf("libnvrtc.so." + major).write(folder.resolve("libnvrtc.so." + version));
        link(folder.resolve("libnvrtc.so." + major), "libnvrtc.so." + version);
        var builtins = "libnvrtc-builtins.so." + version.substring(0, version.lastIndexOf('.'));
        new TinyElf(builtins).write(folder.resolve(builtins));
        return this;
    }

    /// cuDNN as wheels have it, without a version in the file's name, built for a CUDA.
    public FakeCuda cudnn(Path folder, int major, int cuda) {
        return cudnn(folder, major, cuda, CudnnFunctions.ALLOWED);
    }

    public FakeCuda cudnn(Path folder, int major, int cuda, List<String> functions) {
        var elf = new TinyElf("libcudnn.so." + major);
        functions.forEach(f -> elf.function(f, 0));
        elf.function("cudnnGetCudartVersion", cuda * 1000).write(folder.resolve("libcudnn.so." + major));
        var parts = major == 8 ? List.of("ops_infer", "ops_train", "cnn_infer", "cnn_train")
                : List.of("graph", "ops", "cnn");
        for (var part : parts) {
            var name = "libcudnn_" + part + ".so." + major;
            new TinyElf(name).write(folder.resolve(name));
        }
        return this;
    }

    public FakeCuda text(String file, String content) {
        try {
            Files.createDirectories(root.resolve(file).getParent());
            Files.writeString(root.resolve(file), content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public FakeCuda folder(String name) {
        try {
            Files.createDirectories(root.resolve(name));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void link(Path link, String to) {
        try {
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, Path.of(to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// An `ld.so.cache` in today's format, with `name` at `path`.
    static byte[] loaderCache(Map<String, String> entries) {
        var strings = new java.io.ByteArrayOutputStream();
        int start = 48 + 24 * entries.size();
        var b = ByteBuffer.allocate(start).order(ByteOrder.LITTLE_ENDIAN);
        b.put("glibc-ld.so.cache1.1".getBytes(StandardCharsets.ISO_8859_1)).putInt(entries.size());
        int at = 48;
        for (var e : entries.entrySet()) {
            b.putInt(at, 0x0303).putInt(at + 4, start + strings.size());
            strings.writeBytes((e.getKey() + "\0").getBytes(StandardCharsets.UTF_8));
            b.putInt(at + 8, start + strings.size());
            strings.writeBytes((e.getValue() + "\0").getBytes(StandardCharsets.UTF_8));
            at += 24;
        }
        var all = java.util.Arrays.copyOf(b.array(), start + strings.size());
        System.arraycopy(strings.toByteArray(), 0, all, start, strings.size());
        return all;
    }
}
