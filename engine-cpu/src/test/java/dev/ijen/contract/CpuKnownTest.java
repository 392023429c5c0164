package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Known numbers on the CPU.
class CpuKnownTest extends KnownContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
