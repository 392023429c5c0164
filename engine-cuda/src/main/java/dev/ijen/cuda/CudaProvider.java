package dev.ijen.cuda;

import dev.ijen.spi.Backend;
import dev.ijen.spi.BackendProvider;
import dev.ijen.tensor.IjenException;

/// Says why CUDA devices can't be used. This version of Ijen looks for the NVIDIA driver, so that a user learns whether
/// the machine has one, and computes on the CPU.
public final class CudaProvider implements BackendProvider {
    private static final String USE_CPU = "use --device cpu (or auto)";

    private final Driver driver;

    /// For [java.util.ServiceLoader].
    public CudaProvider() {
        this(Driver.find());
    }

    CudaProvider(Driver driver) {
        this.driver = driver;
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    public Probe probe() {
        return switch (driver) {
            case Driver.Found f -> new Probe.Unavailable(
                    "NVIDIA driver found (" + f + "), but this version of Ijen does not compute on CUDA yet", USE_CPU);
            case Driver.Missing(var why) -> new Probe.Unavailable(
                    "no NVIDIA driver found: " + why,
                    USE_CPU + "; for a GPU, install NVIDIA's driver, or start the container with --gpus all");
        };
    }

    @Override
    public Backend open(int index, Options options) {
        throw new IjenException("cuda: no such device", "device " + index, "a device that the probe listed", USE_CPU);
    }
}
