package dev.ijen.cuda.load;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Folders in which CUDA's libraries are looked for, in this order: what the user says, what the dynamic linker would take, CUDA's own
/// installations, conda, Python wheels (which is how PyTorch users have them).
final class Places {
    private static final int MOST = 64;
    private static final List<String> PYTHON = List.of("site-packages", "dist-packages");

    private final Map<Path, String> folders = new LinkedHashMap<>();

    private Places() {}

    /// The folders that exist, each with the reason it is looked in.
    static Map<Path, String> of(Machine machine, List<String> libraries) {
        var places = new Places();
        places.named(machine);
        places.toolkits(machine);
        for (var library : LoaderCache.find(machine.at("/etc/ld.so.cache"), libraries)) {
            if (library.startsWith("/")) {
                places.add("ld.so.cache", machine.at(library).getParent());
            }
        }
        for (var prefix : machine.folders("CONDA_PREFIX")) {
            places.add("conda", prefix.resolve("lib"), prefix.resolve("targets/x86_64-linux/lib"));
        }
        places.python(machine);
        return places.folders;
    }

    private void named(Machine machine) {
        for (var folder : machine.folders("IJEN_CUDA_PATH")) {
            var origin = "IJEN_CUDA_PATH";
            add(origin, folder);
            toolkit(origin, folder);
            add(origin, expand(folder, "nvidia", "*", "lib"));
            add(origin, expand(folder, "*", "lib")); // site-packages/nvidia itself
        }
        for (var folder : machine.folders("LD_LIBRARY_PATH")) {
            add("LD_LIBRARY_PATH", folder);
        }
        for (var variable : List.of("CUDA_PATH", "CUDA_HOME")) {
            for (var folder : machine.folders(variable)) {
                toolkit(variable, folder);
            }
        }
    }

    private void toolkits(Machine machine) {
        toolkit("/usr/local/cuda", machine.at("/usr/local/cuda"));
        for (var folder : expand(machine.at("/usr/local"), "cuda-*")) {
            toolkit("/usr/local/cuda*", folder);
        }
        toolkit("/opt/cuda", machine.at("/opt/cuda"));
    }

    private void toolkit(String origin, Path folder) {
        add(origin, folder.resolve("lib64"), folder.resolve("lib"), folder.resolve("targets/x86_64-linux/lib"));
    }

    /// The environment that is active; that of the interpreter on the `PATH`, be it of an environment that is not activated; the
    /// system's and the user's packages.
    private void python(Machine machine) {
        for (var variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
            for (var prefix : machine.folders(variable)) {
                wheels(variable, prefix);
            }
        }
        for (var folder : machine.folders("PATH")) {
            var parent = folder.getParent();
            if (parent == null || !Files.exists(folder.resolve("python3")) && !Files.exists(folder.resolve("python"))) {
                continue;
            }
            wheels("python on the PATH", parent);
            if (folder.endsWith("shims")) { // pyenv
                for (var version : expand(parent.resolve("versions"), "*")) {
                    wheels("pyenv", version);
                }
            }
            original(folder.resolve("python3"));
        }
        for (var prefix : List.of("/usr", "/usr/local", "/opt/venv", "/venv", "/opt/conda")) {
            wheels("Python in " + prefix, machine.at(prefix));
        }
        wheels("the user's Python packages", machine.home().resolve(".local"));
    }

    /// Where an interpreter that is a link was installed.
    private void original(Path python) {
        try {
            var folder = python.toRealPath().getParent();
            if (folder != null && folder.getParent() != null) {
                wheels("python on the PATH", folder.getParent());
            }
        } catch (IOException e) {
            System.getLogger(Places.class.getName()).log(System.Logger.Level.DEBUG, "cannot follow " + python, e);
        }
    }

    private void wheels(String origin, Path prefix) {
        for (var packages : PYTHON) {
            add(origin, expand(prefix, "lib", "python*", packages, "nvidia", "*", "lib"));
        }
    }

    private void add(String origin, List<Path> list) {
        add(origin, list.toArray(Path[]::new));
    }

    private void add(String origin, Path... list) {
        for (var folder : list) {
            if (Files.isDirectory(folder)) {
                folders.putIfAbsent(folder.toAbsolutePath().normalize(), origin);
            }
        }
    }

    /// What is below `base` and matches, level by level; the highest version first.
    static List<Path> expand(Path base, String... levels) {
        var now = List.of(base);
        for (var level : levels) {
            var next = new ArrayList<Path>();
            for (var folder : now) {
                if (level.indexOf('*') < 0) {
                    next.add(folder.resolve(level));
                } else if (Files.isDirectory(folder)) {
                    next.addAll(matching(folder, level));
                }
            }
            now = next.subList(0, Math.min(MOST, next.size()));
        }
        return now;
    }

    private static List<Path> matching(Path folder, String glob) {
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, glob)) {
            stream.forEach(found::add);
        } catch (IOException | DirectoryIteratorException | SecurityException e) {
            System.getLogger(Places.class.getName()).log(System.Logger.Level.DEBUG, "cannot list " + folder, e);
        }
        found.sort((a, b) -> Versions.compare(b.getFileName().toString(), a.getFileName().toString()));
        return found;
    }
}
