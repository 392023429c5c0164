package dev.ijen.cuda;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Whether the machine has NVIDIA's driver, found by looking at files alone: loading a broken native library can end
/// the process, and must not happen to someone who only asked for a list of devices.
sealed interface Driver {
    /// Its library's name on Linux.
    String LIBRARY = "libcuda.so.1";

    /// Folders in which distributions, containers, WSL and NixOS put it.
    List<String> FOLDERS = List.of(
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/usr/lib64",
            "/usr/lib",
            "/usr/lib/wsl/lib",
            "/usr/local/nvidia/lib64",
            "/usr/local/nvidia/lib",
            "/run/opengl-driver/lib",
            "/lib/x86_64-linux-gnu",
            "/lib64");

    /// There is one.
    ///
    /// @param library its file
    /// @param version what the kernel says, or an empty string
    record Found(Path library, String version) implements Driver {
        @Override
        public String toString() {
            return version.isEmpty() ? library.toString() : library + ", version " + version;
        }
    }

    /// There is none.
    ///
    /// @param why in a few words
    record Missing(String why) implements Driver {}

    /// Looks on this machine.
    static Driver find() {
        var os = System.getProperty("os.name", "");
        if (!os.toLowerCase(Locale.ROOT).startsWith("linux")) {
            return new Missing("it is looked for on Linux only, and this is " + os);
        }
        var first = System.getenv().getOrDefault("LD_LIBRARY_PATH", "");
        return find(
                Stream.concat(Stream.of(first.split(File.pathSeparator, -1)), FOLDERS.stream()).toList(),
                Path.of("/proc/driver/nvidia/version"));
    }

    /// Looks in folders, and for the version in a file like `/proc/driver/nvidia/version`.
    static Driver find(List<String> folders, Path version) {
        for (var folder : folders) {
            if (folder.isBlank()) {
                continue;
            }
            try {
                var library = Path.of(folder, LIBRARY);
                if (Files.isRegularFile(library)) {
                    return new Found(library, version(version));
                }
            } catch (InvalidPathException | SecurityException e) {
                System.getLogger(Driver.class.getName()).log(System.Logger.Level.DEBUG,
                        "not a folder to look in: " + folder, e);
            }
        }
        return new Missing("no " + LIBRARY + " in LD_LIBRARY_PATH or the usual folders");
    }

    /// The number after `Kernel Module`, for instance `550.54.15`; empty if the file says nothing of the kind.
    private static String version(Path file) {
        try {
            var words = Files.readString(file).split("\\s+", -1);
            for (var word : words) {
                if (word.matches("[0-9]+\\.[0-9]+(\\.[0-9]+)*")) {
                    return word;
                }
            }
            return "";
        } catch (IOException | SecurityException e) {
            return ""; // the version is a courtesy
        }
    }
}
