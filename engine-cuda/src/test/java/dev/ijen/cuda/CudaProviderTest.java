package dev.ijen.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.cuda.load.Driver;
import dev.ijen.cuda.load.Machine;
import dev.ijen.cuda.load.Report;
import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.kernels.emulator.Emulator.What;
import dev.ijen.spi.BackendProvider;
import dev.ijen.spi.BackendProvider.Probe.Available;
import dev.ijen.spi.BackendProvider.Probe.Unavailable;
import dev.ijen.tensor.IjenException;
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
    void aFolderNameThatCannotBeAPathIsNoCrash() {
        var p = probe(Driver.find(List.of("bad\0name"), folder));
        assertTrue(p.reason().startsWith("no NVIDIA driver found"), p.reason());
    }

    @Test
    void isFoundAsAServiceAndListsWhatTheDriverGives() {
        var emulator = Emulator.fresh();
        emulator.set(What.DEVICES, 2);
        var found = ServiceLoader.load(BackendProvider.class).stream()
                .filter(p -> p.type() == CudaProvider.class)
                .map(ServiceLoader.Provider::get)
                .toList();
        assertEquals(1, found.size());
        var provider = found.getFirst();
        assertEquals("cuda", provider.name());
        var devices = assertInstanceOf(Available.class, provider.probe()).devices();
        assertEquals(List.of(0, 1), devices.stream().map(d -> d.index()).toList());
        var details = devices.getLast().details();
        assertEquals("8.0", details.get("compute capability"));
        assertTrue(details.get("driver").endsWith("libcuda.so.1, runs CUDA 12.6"), details.get("driver"));
        assertTrue(details.get("matrix products").startsWith("cuBLAS 12"), details.get("matrix products"));
        assertTrue(details.get("convolution").startsWith("cuDNN 9"), details.get("convolution"));
        var options = BackendProvider.Options.defaults();
        try (var second = provider.open(1, options)) {
            assertEquals(1, second.info().index());
        }
        var e = assertThrows(IjenException.class, () -> provider.open(2, options));
        assertTrue(e.getMessage().contains("device 2"), e.getMessage());
        assertEquals("", emulator.report());
    }

    @Test
    void saysThatTheDriverGivesNoGpu() {
        Emulator.fresh().set(What.DEVICES, -1);
        var p = assertInstanceOf(Unavailable.class, new CudaProvider().probe());
        assertTrue(p.reason().contains("CUDA_ERROR_NO_DEVICE (100)"), p.reason());
        assertTrue(p.fix().contains("--device cpu"), p.fix());
        assertTrue(p.fix().contains("CUDA_VISIBLE_DEVICES"), p.fix());
    }

    @Test
    void openingWhatTheProbeDidNotListIsAnError() {
        var options = BackendProvider.Options.defaults();
        var none = new CudaProvider(Report.without(new Driver.Missing("none")), Machine.here());
        assertThrows(IjenException.class, () -> none.open(0, options));
    }
}
