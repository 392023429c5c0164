package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Steps that assign cells, on plain loops.
class PlainCellTest extends CellContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
