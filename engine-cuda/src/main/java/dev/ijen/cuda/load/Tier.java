package dev.ijen.cuda.load;

import java.util.List;
import java.util.Optional;

/// How much of NVIDIA's software there is to compute with. Each tier does all operations: what a library would do better, our own kernels
/// do where it is missing.
public sealed interface Tier {
    String INSTALL_DRIVER = "install NVIDIA's driver, or start the container with --gpus all";

    /// None of it.
    record Unavailable(String reason, String fix) implements Tier {}

    /// A driver, and perhaps more.
    sealed interface Usable extends Tier {
        Driver.Found driver();

        /// Which parts are not used, each with the reason.
        List<String> lacking();
    }

    /// Our kernels for everything.
    record DriverOnly(Driver.Found driver, List<String> lacking) implements Usable {}

    /// Matrix products by cuBLAS.
    record WithCublas(Driver.Found driver, Library cublas, List<String> lacking) implements Usable {}

    /// Convolution, recurrent layers and attention by cuDNN as well.
    record WithCudnn(Driver.Found driver, Library cublas, Library cudnn, List<String> lacking) implements Usable {}

    /// The tier that these make. cuDNN counts only with cuBLAS, which it calls.
    static Usable of(
            Driver.Found driver, Optional<Library> cublas, Optional<Library> cudnn, List<String> lacking) {
        if (cublas.isEmpty()) {
            return new DriverOnly(driver, lacking);
        }
        if (cudnn.isEmpty()) {
            return new WithCublas(driver, cublas.get(), lacking);
        }
        return new WithCudnn(driver, cublas.get(), cudnn.get(), lacking);
    }
}
