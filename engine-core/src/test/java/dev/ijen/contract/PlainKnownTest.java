package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Known numbers on plain loops.
class PlainKnownTest extends KnownContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
