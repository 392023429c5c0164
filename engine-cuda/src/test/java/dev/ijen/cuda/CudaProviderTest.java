package dev.ijen.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.cuda.load.Driver;
import dev.ijen.cuda.load.FakeCuda;
import dev.ijen.cuda.load.Machine;
import dev.ijen.cuda.load.Report;
import dev.ijen.spi.BackendProvider;
import dev.ijen.spi.BackendProvider.Probe.Unavailable;
import dev.ijen.tensor.IjenException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CudaProviderTest {
    @TempDir Path folder;

    private Unavailable probe(Driver driver) {
        return probe(
                new Report(driver, List.of(), true, Optional.empty(), Optional.empty(), Optional.empty(), List.of()));
    }

    private Unavailable probe(Report report) {
        return assertInstanceOf(Unavailable.class, new CudaProvider(report, Machine.here()).probe());
    }

    @Test
    void saysThatThereIsNoDriver() {
        var p = probe(Driver.find(List.of("", folder.toString(), "/no/such/folder"), folder.resolve("version")));
        assertEquals("no NVIDIA driver found: no libcuda.so.1 in LD_LIBRARY_PATH or the usual folders", p.reason());
        assertTrue(p.fix().contains("--device cpu"), p.fix());
    }

    @Test
    void saysThatThereIsADriverAndThatCudaIsNotUsedYet() throws Exception {
        var library = Files.createFile(folder.resolve("libcuda.so.1"));
        var version = Files.writeString(
                folder.resolve("version"),
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024\nGCC 12\n");
        var p = probe(Driver.find(List.of(folder.toString()), version));
        assertEquals(
                "NVIDIA driver found (" + library
                        + ", version 550.54.15), but this version of Ijen does not compute on CUDA yet",
                p.reason());
        assertEquals("use --device cpu (or auto)", p.fix());
    }

    @Test
    void aFolderNameThatCannotBeAPathIsNoCrash() {
        var p = probe(Driver.find(List.of("bad\0name"), folder));
        assertTrue(p.reason().startsWith("no NVIDIA driver found"), p.reason());
    }

    @Test
    void isFoundAsAServiceAndNeverThrows() {
        var found = ServiceLoader.load(BackendProvider.class).stream()
                .filter(p -> p.type() == CudaProvider.class)
                .map(ServiceLoader.Provider::get)
                .toList();
        assertEquals(1, found.size());
        assertEquals("cuda", found.getFirst().name());
        assertInstanceOf(Unavailable.class, found.getFirst().probe());
    }

    @Test
    void openingWhatTheProbeDidNotListIsAnError() {
        var options = BackendProvider.Options.defaults();
        assertThrows(IjenException.class, () -> new CudaProvider().open(0, options));
    }

    @Test
    void tellsWhatIsFoundWhereAndWhatIsMissing() {
        var toolkit = folder.resolve("usr/local/cuda-12.6/lib64");
        var p = probe(new FakeCuda(folder).driver("550.54.15").cublas(toolkit, "12.6.4.1").find());
        var driver = folder.resolve("usr/lib/x86_64-linux-gnu/libcuda.so.1");
        assertEquals(
                "NVIDIA driver found (" + driver
                        + ", version 550.54.15), but this version of Ijen does not compute on CUDA yet"
                        + "; also found: NVIDIA Test GPU, cuBLAS 12.6.4.1 (" + toolkit.resolve("libcublas.so.12")
                        + "); missing: cuDNN not found, NVRTC not found",
                p.reason());
        assertEquals(
                "use --device cpu (or auto); for later versions: pip install nvidia-cudnn-cu12, pip install nvidia-cuda-nvrtc-cu12,"
                        + " or set IJEN_CUDA_PATH to the folder that has what is missing",
                p.fix());
    }

    @Test
    void tellsThatTheContainerHidesTheGpu() {
        new FakeCuda(folder).driver("580.65.06");
        var p = probe(new FakeCuda(folder.resolve("container"))
                .environment("LD_LIBRARY_PATH", folder.resolve("usr/lib/x86_64-linux-gnu"))
                .find());
        assertTrue(p.reason().contains("no GPU is visible"), p.reason());
        assertTrue(p.fix().contains("--gpus all"), p.fix());
    }
}
