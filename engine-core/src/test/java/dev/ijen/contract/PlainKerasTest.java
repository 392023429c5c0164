package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Layers that Keras computed, on plain loops.
class PlainKerasTest extends KerasContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
