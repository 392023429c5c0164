package dev.ijen.contract;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The op table on our own kernels with threads and blocks in reversed order, on streams that run no sooner than something waits for them.
class CudaReversedOpsTest extends OpContract {
    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.backward();

    @Override
    protected Device device() {
        return Device.cuda(0);
    }

    @Override
    protected EngineOptions options() {
        return EngineOptions.defaults().withNativeLibraries(false);
    }
}
