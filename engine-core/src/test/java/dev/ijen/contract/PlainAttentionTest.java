package dev.ijen.contract;

import dev.ijen.engine.Device;

/// What attention keeps to, on plain loops.
class PlainAttentionTest extends AttentionContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
