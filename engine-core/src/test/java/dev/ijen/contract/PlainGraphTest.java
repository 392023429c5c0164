package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Random expressions on plain loops.
class PlainGraphTest extends GraphContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
