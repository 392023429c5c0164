package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Random geometry on the CPU.
class CpuGeometryTest extends GeometryContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
