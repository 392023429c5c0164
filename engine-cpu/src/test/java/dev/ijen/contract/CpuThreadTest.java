package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Equal bits on the CPU at any number of threads.
class CpuThreadTest extends ThreadContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
