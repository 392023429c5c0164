package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Functions where they are special, on the CPU.
class CpuSpecialTest extends SpecialContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
