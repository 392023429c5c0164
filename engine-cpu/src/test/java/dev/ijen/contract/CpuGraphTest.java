package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Random expressions on the CPU.
class CpuGraphTest extends GraphContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
