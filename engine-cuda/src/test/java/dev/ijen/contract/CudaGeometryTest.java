package dev.ijen.contract;

import dev.ijen.engine.Device;
import org.junit.jupiter.api.extension.RegisterExtension;

/// [GeometryContract] on the CUDA backend.
class CudaGeometryTest extends GeometryContract {
    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.forward();

    @Override
    protected Device device() {
        return Device.cuda(0);
    }
}
