package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Layers that Keras computed, on the CPU.
class CpuKerasTest extends KerasContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
