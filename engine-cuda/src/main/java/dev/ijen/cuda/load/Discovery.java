package dev.ijen.cuda.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds NVIDIA's libraries by reading files. Nothing is loaded, started or written.
public final class Discovery {
    /// The oldest driver for a major version of CUDA (NVIDIA, CUDA Compatibility).
    private static final Map<Integer, Integer> OLDEST_DRIVER = Map.of(12, 525, 13, 580);

    /// Libraries that cuDNN loads by itself, and ends the process without.
    private static final Map<Integer, List<String>> CUDNN_PARTS = Map.of(
            8, List.of("ops_infer", "ops_train", "cnn_infer", "cnn_train"),
            9, List.of("graph", "ops", "cnn"));

    private final Machine machine;
    private final Driver.Found driver;
    private final Map<Path, String> places;

    private Discovery(Machine machine, Driver.Found driver) {
        this.machine = machine;
        this.driver = driver;
        places = Places.of(machine, List.of(Part.CUBLAS.prefix, Part.CUDNN.prefix, Part.NVRTC.prefix));
    }

    /// Looks for the driver, and if there is one, for the rest. Never throws: whoever only lists devices gets a reason instead.
    public static Report find(Machine machine) {
        try {
            return switch (Driver.find(machine)) {
                case Driver.Missing m -> Report.without(m);
                case Driver.Found f -> new Discovery(machine, f).report();
            };
        } catch (RuntimeException | Error e) {
            return Report.without(new Driver.Missing("looking for it failed: " + Loader.message(e)));
        }
    }

    private Report report() {
        var missing = new ArrayList<Report.Missing>();
        var allCublas = candidates(Part.CUBLAS);
        var allCudnn = candidates(Part.CUDNN);
        var allNvrtc = candidates(Part.NVRTC);
        var pair = pair(allCublas.usable, allCudnn.usable);
        if (pair.cublas.isEmpty()) {
            missing.add(missing(Part.CUBLAS, allCublas.refused));
        }
        if (pair.cudnn.isEmpty()) {
            allCudnn.usable.forEach(d -> allCudnn.refused.add(d.path() + ": " + unfit(pair)));
            missing.add(missing(Part.CUDNN, allCudnn.refused));
        }
        var nvrtc = allNvrtc.usable.stream()
                .filter(n -> pair.cublas.isEmpty() || n.major() == pair.cublas.get().major())
                .findFirst()
                .or(() -> allNvrtc.usable.stream().findFirst());
        if (nvrtc.isEmpty()) {
            missing.add(missing(Part.NVRTC, allNvrtc.refused));
        }
        var gpus = gpus();
        boolean visible = !gpus.isEmpty() || !Places.expand(machine.at("/dev"), "nvidia[0-9]*").isEmpty()
                || Files.exists(machine.at("/dev/dxg"));
        return new Report(driver, gpus, visible, pair.cublas, pair.cudnn, nvrtc, List.copyOf(missing));
    }

    private record Pair(Optional<Library> cublas, Optional<Library> cudnn) {}

    /// The first cuBLAS that a cuDNN fits, for both must be of one CUDA; else the first cuBLAS. One that the user named goes first.
    private static Pair pair(List<Library> cublas, List<Library> cudnn) {
        var named = cublas.stream().filter(b -> b.origin().equals("IJEN_CUDA_PATH")).toList();
        var choice = named.isEmpty() ? cublas : named;
        for (var b : choice) {
            var fits = cudnn.stream().filter(d -> fits(b, d)).toList();
            var sure = fits.stream().filter(d -> d.cuda() == b.major()).findFirst();
            if (!fits.isEmpty()) {
                return new Pair(Optional.of(b), sure.or(() -> Optional.of(fits.getFirst())));
            }
        }
        return new Pair(choice.stream().findFirst(), Optional.empty());
    }

    /// cuDNN 8 was never built for CUDA 13. Where nothing tells what cuDNN was built for, [Loader] asks it.
    private static boolean fits(Library cublas, Library cudnn) {
        return cudnn.cuda() == 0 ? cudnn.major() > 8 || cublas.major() < 13 : cudnn.cuda() == cublas.major();
    }

    private static String unfit(Pair pair) {
        return pair.cublas.map(b -> "it does not go with cuBLAS " + b.major())
                .orElse("it can't be used without cuBLAS");
    }

    /// Usable libraries, the best first, and why others are not.
    private record Candidates(List<Library> usable, Set<String> refused) {}

    private Candidates candidates(Part part) {
        var found = new ArrayList<Library>();
        var refused = new LinkedHashSet<String>();
        for (var place : places.entrySet()) {
            for (int major : part.majors()) {
                var file = place.getKey().resolve(part.prefix + major);
                try {
                    if (Files.isRegularFile(file)) {
                        found.add(library(part, major, file, place.getValue()));
                    }
                } catch (IOException | RuntimeException e) {
                    refused.add(file + ": " + e.getMessage());
                }
            }
            for (int major : part.others()) {
                if (Files.exists(place.getKey().resolve(part.prefix + major))) {
                    refused.add(
                            place.getKey().resolve(part.prefix + major) + ": version " + major + " is not supported");
                }
            }
        }
        return new Candidates(found, refused);
    }

    private static void checkParts(int major, Path file) throws IOException {
        var folders = List.of(file.getParent(), file.toRealPath().getParent());
        for (var name : CUDNN_PARTS.get(major)) {
            var library = "libcudnn_" + name + ".so." + major;
            if (folders.stream().noneMatch(f -> Files.isRegularFile(f.resolve(library)))) {
                throw new IOException("there is no " + library + " beside it");
            }
        }
    }

    private Library library(Part part, int major, Path file, String origin) throws IOException {
        var soname = Elf.names(file).soname();
        if (!soname.equals(part.prefix + major)) {
            throw new IOException("it is " + (soname.isEmpty() ? "a library without a name" : soname));
        }
        if (part == Part.CUDNN) {
            checkParts(major, file);
        }
        var version = Versions.of(file, major, part);
        int cuda = part == Part.CUDNN ? version.cuda() : major;
        int release = driver.release();
        if (release > 0 && release < OLDEST_DRIVER.getOrDefault(cuda, 0)) {
            throw new IOException(
                    "CUDA " + cuda + " needs driver " + OLDEST_DRIVER.get(cuda) + " or newer, this is " + release);
        }
        return new Library(part, major, file, version.number(), cuda, origin, companion(part, major, version, file));
    }

    /// The library to load first, beside this one or beside the file it is a link to.
    private static Optional<Path> companion(Part part, int major, Versions.Version version, Path file)
            throws IOException {
        if (part.companion.isEmpty()) {
            return Optional.empty();
        }
        var folders = List.of(file.getParent(), file.toRealPath().getParent());
        for (var folder : folders) {
            for (var other : Places.expand(folder, part.companion + major + "*")) {
                var its = other.getFileName().toString().substring(part.companion.length());
                // libcublasLt.so.12 for libcublas.so.12, libnvrtc-builtins.so.12.6 for NVRTC 12.6.77
                if (part == Part.CUBLAS
                        ? its.equals(String.valueOf(major))
                        : (version.number() + ".").startsWith(its + ".") || version.number().indexOf('.') < 0) {
                    return Optional.of(other);
                }
            }
        }
        if (part == Part.NVRTC) {
            return Optional.empty(); // it knows itself where to look
        }
        throw new IOException("there is no " + part.companion + major + " beside it");
    }

    private Report.Missing missing(Part part, Set<String> refused) {
        int release = driver.release();
        int cuda = release == 0 || release >= OLDEST_DRIVER.get(13) ? 13 : 12;
        return new Report.Missing(
                part,
                refused.isEmpty() ? "not found" : "not usable (" + String.join("; ", refused) + ")",
                "pip install " + part.pip(cuda));
    }

    /// Their names, from `/proc/driver/nvidia/gpus/*/information`.
    private List<String> gpus() {
        var names = new ArrayList<String>();
        for (var file : Places.expand(machine.at("/proc/driver/nvidia/gpus"), "*", "information")) {
            try (var lines = Files.lines(file)) {
                lines.filter(l -> l.startsWith("Model:")).findFirst().ifPresent(l -> names.add(l.substring(6).strip()));
            } catch (IOException | RuntimeException e) {
                System.getLogger(Discovery.class.getName()).log(System.Logger.Level.DEBUG, "cannot read " + file, e);
            }
        }
        return List.copyOf(names);
    }
}
