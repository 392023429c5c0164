package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Functions where they are special, on plain loops.
class PlainSpecialTest extends SpecialContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
