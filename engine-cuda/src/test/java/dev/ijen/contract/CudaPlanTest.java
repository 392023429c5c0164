package dev.ijen.contract;

import dev.ijen.cuda.CudaProvider;
import dev.ijen.spi.BackendProvider;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The interface, tried on the CUDA backend.
class CudaPlanTest extends PlanContract {
    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.forward();

    @Override
    protected BackendProvider provider() {
        return new CudaProvider();
    }

    /// A few blocks: all that is emulated is slow, and who closes memory waits for many runs, because the thread that runs gives the engine's
    /// lock back only to take it again.
    @Override
    protected int elementsOfALongRun() {
        return 1 << 10;
    }
}
