package dev.ijen.cuda.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is found of libraries in the places where they are, on machines made of folders.
final class DiscoveryTest {
    private static final String OLD = "550.54.15"; // CUDA 12
    private static final String NEW = "580.65.06"; // CUDA 13

    @TempDir Path folder;

    private FakeCuda machine;

    @BeforeEach
    void machine() {
        machine = new FakeCuda(folder);
    }

    private Path at(String path) {
        return folder.resolve(path);
    }

    private static String found(Optional<Library> library) {
        return library.map(l -> l.version() + " " + l.origin()).orElse("none");
    }

    private String missing(Part part) {
        return machine.find().missing().stream().filter(m -> m.part() == part).map(Report.Missing::why).findFirst()
                .orElseThrow();
    }

    @Test
    void noDriverMeansNothingElseIsLookedFor() {
        machine.cublas(at("usr/local/cuda/lib64"), "12.6.4.1");
        var report = machine.find();
        assertInstanceOf(Driver.Missing.class, report.driver());
        assertEquals(List.of(), report.libraries());
        var tier = assertInstanceOf(Tier.Unavailable.class, report.tier());
        assertTrue(tier.reason().startsWith("no NVIDIA driver found: no libcuda.so.1"), tier.reason());
    }

    @Test
    void aFailureIsAReason() {
        var report = Discovery.find(new Machine(null, folder, Map.of()));
        var tier = assertInstanceOf(Tier.Unavailable.class, report.tier());
        assertTrue(tier.reason().startsWith("no NVIDIA driver found: looking for it failed: "), tier.reason());
    }

    @Test
    void driverOnly() {
        var report = machine.driver(OLD).find();
        var tier = assertInstanceOf(Tier.DriverOnly.class, report.tier());
        assertEquals(550, tier.driver().release());
        assertEquals(OLD, tier.driver().version());
        assertEquals(List.of("cuBLAS not found", "cuDNN not found", "NVRTC not found"), tier.lacking());
        assertEquals(List.of("NVIDIA Test GPU"), report.gpus());
        assertTrue(report.visible());
        assertEquals("pip install nvidia-cublas-cu12", report.missing().getFirst().fix());
        machine.driver(NEW);
        assertEquals("pip install nvidia-cublas", machine.find().missing().getFirst().fix());
        assertEquals("pip install nvidia-cudnn-cu13", machine.find().missing().get(1).fix());
    }

    @Test
    void aDriverThatIsNoLibraryIsPassedOver() {
        machine.text("first/libcuda.so.1", "not a library").environment("LD_LIBRARY_PATH", at("first"));
        var why = assertInstanceOf(Driver.Missing.class, machine.find().driver()).why();
        assertTrue(why.startsWith("cannot use " + at("first/libcuda.so.1") + ": it "), why);
        assertInstanceOf(Driver.Found.class, machine.driver(OLD).find().driver());
    }

    @Test
    void toolkitWithCudnn8() {
        var lib = at("usr/local/cuda-12.4/lib64");
        var report = machine.driver(OLD).cublas(lib, "12.4.5.8").nvrtc(lib, "12.4.127").cudnn(lib, 8, 12).find();
        var tier = assertInstanceOf(Tier.WithCudnn.class, report.tier());
        assertEquals("12.4.5.8", tier.cublas().version());
        assertEquals(Optional.of(lib.resolve("libcublasLt.so.12")), tier.cublas().companion());
        assertEquals(8, tier.cudnn().major());
        assertEquals(12, tier.cudnn().cuda());
        assertEquals(Optional.of(lib.resolve("libnvrtc-builtins.so.12.4")), report.nvrtc().orElseThrow().companion());
        assertEquals(List.of(), tier.lacking());
    }

    @Test
    void wheelsOfAnEnvironmentThatIsNotActivated() {
        machine.driver(OLD).text("venv/bin/python3", "");
        var site = at("venv/lib/python3.12/site-packages");
        machine.cublas(site.resolve("nvidia/cublas/lib"), "12")
                .cudnn(site.resolve("nvidia/cudnn/lib"), 9, 12)
                .folder("venv/lib/python3.12/site-packages/nvidia_cublas_cu12-12.6.4.1.dist-info")
                .folder("venv/lib/python3.12/site-packages/nvidia_cudnn_cu12-9.5.1.17.dist-info")
                .environment("PATH", at("venv/bin"));
        var report = machine.find();
        assertEquals("12.6.4.1 python on the PATH", found(report.cublas()));
        assertEquals("9.5.1.17 python on the PATH", found(report.cudnn()));
        assertEquals(12, report.cudnn().orElseThrow().cuda());
    }

    @Test
    void wheelsOfCuda13() {
        machine.driver(NEW);
        var site = at("env/lib/python3.12/site-packages");
        machine.cublas(site.resolve("nvidia/cu13/lib"), "13")
                .nvrtc(site.resolve("nvidia/cu13/lib"), "13.0.88")
                .cudnn(site.resolve("nvidia/cudnn/lib"), 9, 13)
                .folder("env/lib/python3.12/site-packages/nvidia_cublas-13.1.1.3.dist-info")
                .folder("env/lib/python3.12/site-packages/nvidia_cudnn_cu13-9.13.0.50.dist-info")
                .environment("VIRTUAL_ENV", at("env"));
        var tier = assertInstanceOf(Tier.WithCudnn.class, machine.find().tier());
        assertEquals("13.1.1.3", tier.cublas().version());
        assertEquals("9.13.0.50", tier.cudnn().version());
        assertEquals(13, tier.cudnn().cuda());
    }

    @Test
    void theUsersPathGoesFirstThenTheLinkers() {
        machine.driver(OLD)
                .cublas(at("mine/lib64"), "12.1.0.26")
                .cublas(at("linker"), "12.2.5.6")
                .cublas(at("home2/lib64"), "12.3.4.1")
                .cublas(at("usr/local/cuda-12.9/lib64"), "12.9.0.13")
                .cublas(at("usr/local/cuda-12.10/lib64"), "12.10.0.1")
                .cublas(at("cached"), "12.5.3.2")
                .cublas(at("conda/lib"), "12.0.0.1");
        machine.environment("CONDA_PREFIX", at("conda"));
        assertEquals("12.10.0.1 /usr/local/cuda*", found(machine.find().cublas()));
        machine.environment("CUDA_HOME", at("home2"));
        assertEquals("12.3.4.1 CUDA_HOME", found(machine.find().cublas()));
        machine.environment("LD_LIBRARY_PATH", at("linker"));
        assertEquals("12.2.5.6 LD_LIBRARY_PATH", found(machine.find().cublas()));
        machine.environment("IJEN_CUDA_PATH", at("mine"));
        assertEquals("12.1.0.26 IJEN_CUDA_PATH", found(machine.find().cublas()));
    }

    @Test
    void condaAndTheLinkersCache() throws Exception {
        machine.driver(OLD).cublas(at("conda/lib"), "12.0.0.1").environment("CONDA_PREFIX", at("conda"));
        assertEquals("12.0.0.1 conda", found(machine.find().cublas()));
        machine.cublas(at("cached"), "12.5.3.2");
        Files.createDirectories(at("etc"));
        Files.write(at("etc/ld.so.cache"), FakeCuda.loaderCache(Map.of("libcublas.so.12", "/cached/libcublas.so.12")));
        assertEquals("12.5.3.2 ld.so.cache", found(machine.find().cublas()));
    }

    @Test
    void relativeFoldersAreNotLookedIn() {
        var relative = Path.of("").toAbsolutePath().relativize(at("mine").toAbsolutePath());
        machine.driver(OLD).cublas(at("mine"), "12.1.0.26").environment("LD_LIBRARY_PATH", relative);
        assertEquals("none", found(machine.find().cublas()));
    }

    @Test
    void cuda13NeedsANewerDriver() {
        machine.driver(OLD).cublas(at("usr/local/cuda-13.0/lib64"), "13.0.0.19");
        assertEquals(
                "not usable (" + at("usr/local/cuda-13.0/lib64/libcublas.so.13")
                        + ": CUDA 13 needs driver 580 or newer, this is 550)",
                missing(Part.CUBLAS));
        machine.cublas(at("usr/local/cuda-12.6/lib64"), "12.6.4.1");
        assertEquals("12.6.4.1 /usr/local/cuda*", found(machine.find().cublas()));
    }

    @Test
    void cudnnMustBeOfTheSameCuda() {
        machine.driver(NEW)
                .cublas(at("usr/local/cuda-13.0/lib64"), "13.0.0.19")
                .cudnn(at("usr/local/cuda-12.6/lib64"), 9, 12);
        assertInstanceOf(Tier.WithCublas.class, machine.find().tier());
        assertTrue(missing(Part.CUDNN).contains("it does not go with cuBLAS 13"), missing(Part.CUDNN));
        // the older cuBLAS, because it makes a pair
        machine.cublas(at("usr/local/cuda-12.6/lib64"), "12.6.4.1");
        assertEquals("12.6.4.1 /usr/local/cuda*", found(machine.find().cublas()));
        assertInstanceOf(Tier.WithCudnn.class, machine.find().tier());
        // but not against the user's word
        machine.environment("IJEN_CUDA_PATH", at("usr/local/cuda-13.0"));
        assertEquals("13.0.0.19 IJEN_CUDA_PATH", found(machine.find().cublas()));
    }

    @Test
    void cudnn8DoesNotGoWithCuda13() {
        machine.driver(NEW).cublas(at("usr/local/cuda/lib64"), "13.0.0.19").cudnn(at("somewhere"), 8, 12);
        machine.environment("LD_LIBRARY_PATH", at("somewhere"));
        assertInstanceOf(Tier.WithCublas.class, machine.find().tier());
    }

    @Test
    void cudnnAloneIsNoUse() {
        machine.driver(NEW).cudnn(at("usr/local/cuda-12.6/lib64"), 9, 12);
        assertInstanceOf(Tier.DriverOnly.class, machine.find().tier());
        assertTrue(missing(Part.CUDNN).contains("can't be used without cuBLAS"), missing(Part.CUDNN));
    }

    @Test
    void incompleteInstallationsAreNotUsable() throws Exception {
        var lib = at("usr/local/cuda-12.6/lib64");
        machine.driver(OLD).cublas(lib, "12.6.4.1").cudnn(lib, 9, 12);
        Files.delete(lib.resolve("libcudnn_ops.so.9"));
        assertTrue(missing(Part.CUDNN).contains("there is no libcudnn_ops.so.9 beside it"), missing(Part.CUDNN));
        Files.delete(lib.resolve("libcublasLt.so.12"));
        assertTrue(missing(Part.CUBLAS).contains("there is no libcublasLt.so.12 beside it"), missing(Part.CUBLAS));
    }

    @Test
    void damagedAndUnsupportedLibrariesAreNamed() throws Exception {
        var lib = at("usr/local/cuda/lib64");
        machine.driver(OLD).cublas(lib, "12.6.4.1").cublas(at("usr/local/cuda-11.8/lib64"), "11.11.3.6");
        Files.write(lib.resolve("libcublas.so.12.6.4.1"), new byte[100]);
        assertEquals(
                "not usable (" + lib.resolve("libcublas.so.12") + ": it is no ELF file; "
                        + at("usr/local/cuda-11.8/lib64/libcublas.so.11") + ": version 11 is not supported)",
                missing(Part.CUBLAS));
    }

    @Test
    void lookingChangesNothing() throws Exception {
        machine.driver(OLD).cublas(at("usr/local/cuda/lib64"), "12.6.4.1").cudnn(at("usr/local/cuda/lib64"), 9, 12);
        var before = state();
        assertInstanceOf(Tier.WithCudnn.class, machine.find().tier());
        assertEquals(before, state());
    }

    /// All files with the times at which they, or for folders what is in them, last changed.
    private List<String> state() throws IOException {
        try (var files = Files.walk(folder)) {
            var list = new ArrayList<String>();
            for (var f : files.sorted().toList()) {
                list.add(f + " " + Files.getLastModifiedTime(f, LinkOption.NOFOLLOW_LINKS));
            }
            return list;
        }
    }

    @Test
    void versionsAreComparedAsNumbers() {
        assertTrue(Versions.compare("cuda-12.9", "cuda-12.10") < 0);
        assertTrue(Versions.compare("python3.9", "python3.12") < 0);
        assertEquals(0, Versions.compare("a1b2", "a1b2"));
        assertEquals(12, Versions.major("12.6.4"));
        assertEquals(0, Versions.major("x"));
    }
}
