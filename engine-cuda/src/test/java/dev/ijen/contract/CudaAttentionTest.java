package dev.ijen.contract;

import dev.ijen.engine.Device;
import org.junit.jupiter.api.extension.RegisterExtension;

/// [AttentionContract] on the CUDA backend.
class CudaAttentionTest extends AttentionContract {
    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.forward();

    @Override
    protected Device device() {
        return Device.cuda(0);
    }
}
