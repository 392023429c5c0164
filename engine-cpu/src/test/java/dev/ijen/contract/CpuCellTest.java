package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Steps that assign cells, on the CPU.
class CpuCellTest extends CellContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
