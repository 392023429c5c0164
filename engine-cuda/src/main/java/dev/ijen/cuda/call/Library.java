package dev.ijen.cuda.call;

import dev.ijen.spi.Plan.Launch;
import java.util.Optional;

/// A library of NVIDIA's that takes over the launches it is better at than our own kernels.
public interface Library extends AutoCloseable {
    /// The launch by this library, or nothing if our own kernel should do it.
    Optional<CudaKernel> offer(Launch launch);

    @Override
    void close();
}
