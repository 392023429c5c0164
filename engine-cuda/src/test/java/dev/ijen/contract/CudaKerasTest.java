package dev.ijen.contract;

import dev.ijen.engine.Device;
import org.junit.jupiter.api.extension.RegisterExtension;

/// [KerasContract] on the CUDA backend.
class CudaKerasTest extends KerasContract {
    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.forward();

    @Override
    protected Device device() {
        return Device.cuda(0);
    }
}
