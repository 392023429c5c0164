package dev.ijen.contract;

import dev.ijen.engine.Device;

/// The op table on the CPU.
class CpuOpsTest extends OpContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
