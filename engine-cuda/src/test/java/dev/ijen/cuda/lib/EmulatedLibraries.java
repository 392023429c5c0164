package dev.ijen.cuda.lib;

import dev.ijen.cuda.load.Discovery;
import dev.ijen.cuda.load.Loader;
import dev.ijen.cuda.load.Machine;
import dev.ijen.cuda.load.Tier;
import dev.ijen.kernels.emulator.Emulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// In this module's tests JCuda is loaded as for a user: by our loader, here on top of the emulated driver and fakes of cuBLAS and cuDNN.
public final class EmulatedLibraries implements Emulator.Loading {
    @Override
    public void load(Path libraries) throws Exception {
        var root = Files.createDirectories(libraries.resolve("machine")); // nothing of this machine is to be found
        var machine = new Machine(
                root,
                root,
                Map.of("IJEN_CUDA_PATH", libraries.toString(), "IJEN_CACHE", libraries.resolve("cache").toString()));
        var tier = Loader.load(Discovery.find(machine), machine);
        if (!(tier instanceof Tier.WithCudnn)) {
            throw new IllegalStateException("cuBLAS and cuDNN were not loaded: " + tier);
        }
    }
}
