package dev.ijen.contract;

import dev.ijen.engine.Device;

/// The op table on plain loops: what differs from the reference is in the passes.
class PlainOpsTest extends OpContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
