package dev.ijen.contract;

import dev.ijen.engine.Device;
import org.junit.jupiter.api.extension.RegisterExtension;

/// [RunErrorContract] on the CUDA backend.
class CudaRunErrorTest extends RunErrorContract {
    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.forward();

    @Override
    protected Device device() {
        return Device.cuda(0);
    }
}
