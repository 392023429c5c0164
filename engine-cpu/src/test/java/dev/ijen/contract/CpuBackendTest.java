package dev.ijen.contract;

import dev.ijen.cpu.CpuProvider;
import dev.ijen.spi.BackendProvider;

/// The interface, tried on the CPU backend.
class CpuBackendTest extends BackendContract {
    @Override
    protected BackendProvider provider() {
        return new CpuProvider();
    }
}
