package dev.ijen.contract;

import dev.ijen.engine.Device;

/// Errors that only a run can find, on plain loops.
class PlainRunErrorTest extends RunErrorContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }
}
