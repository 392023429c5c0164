package dev.ijen.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.spi.BackendProvider;
import dev.ijen.spi.BackendProvider.Probe.Unavailable;
import dev.ijen.tensor.IjenException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CudaProviderTest {
    @TempDir Path folder;

    private Unavailable probe(Driver driver) {
        return assertInstanceOf(Unavailable.class, new CudaProvider(driver).probe());
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
}
