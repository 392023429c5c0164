package dev.ijen.cuda.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/// Whether the machine has NVIDIA's driver, found by looking at files alone: loading a broken native library can end
/// the process, and must not happen to someone who only asked for a list of devices.
public sealed interface Driver {
    /// Its library's name on Linux.
    String LIBRARY = "libcuda.so.1";

    String NOWHERE = "no " + LIBRARY + " in LD_LIBRARY_PATH or the usual folders";

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
        /// The number that says which CUDA it can run, such as 550; 0 if nothing tells. That of the library's file where there is one,
        /// which can be newer than the kernel's (`cuda-compat`).
        public int release() {
            try {
                var name = library.toRealPath().getFileName().toString();
                int inName = name.startsWith("libcuda.so.") ? Versions.major(name.substring("libcuda.so.".length()))
                        : 0;
                return inName >= 100 ? inName : Versions.major(version);
            } catch (IOException e) {
                return Versions.major(version);
            }
        }

        @Override
        public String toString() {
            return version.isEmpty() ? library.toString() : library + ", version " + version;
        }
    }

    /// There is none.
    ///
    /// @param why in a few words
    record Missing(String why) implements Driver {}

    /// Looks where the user says, then as the dynamic linker does, then in the usual folders. A file that is no library for x86-64 is
    /// passed over, as the linker does.
    static Driver find(Machine machine) {
        var os = System.getProperty("os.name", "");
        if (!os.toLowerCase(Locale.ROOT).startsWith("linux")) {
            return new Missing("it is looked for on Linux only, and this is " + os);
        }
        var folders = new ArrayList<Path>(machine.folders("IJEN_CUDA_PATH"));
        folders.addAll(machine.folders("LD_LIBRARY_PATH"));
        for (var library : LoaderCache.find(machine.at("/etc/ld.so.cache"), List.of(LIBRARY))) {
            if (library.startsWith("/")) {
                folders.add(machine.at(library).getParent());
            }
        }
        FOLDERS.forEach(f -> folders.add(machine.at(f)));
        var refused = new LinkedHashSet<String>();
        for (var folder : folders) {
            if (find(List.of(folder.toString()), machine.at("/proc/driver/nvidia/version")) instanceof Found f) {
                try {
                    var soname = Elf.names(f.library()).soname();
                    if (soname.equals(LIBRARY)) {
                        return f;
                    }
                    refused.add(f.library() + ": it is " + (soname.isEmpty() ? "another library" : soname));
                } catch (IOException | RuntimeException e) {
                    refused.add(f.library() + ": " + e.getMessage());
                }
            }
        }
        return new Missing(refused.isEmpty() ? NOWHERE : "cannot use " + String.join("; ", refused));
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
        return new Missing(NOWHERE);
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
