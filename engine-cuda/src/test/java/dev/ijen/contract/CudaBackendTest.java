package dev.ijen.contract;

import dev.ijen.cuda.CudaProvider;
import dev.ijen.spi.BackendProvider;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The interface, tried on the CUDA backend.
class CudaBackendTest extends BackendContract {
    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.forward();

    @Override
    protected BackendProvider provider() {
        return new CudaProvider();
    }
}
