package dev.ijen.contract;

import dev.ijen.engine.Device;

/// What attention keeps to, on the CPU.
class CpuAttentionTest extends AttentionContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
