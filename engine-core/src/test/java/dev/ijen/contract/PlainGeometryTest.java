package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Random geometry on plain loops.
class PlainGeometryTest extends GeometryContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
