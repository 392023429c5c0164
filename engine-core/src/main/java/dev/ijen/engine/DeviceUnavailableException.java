package dev.ijen.engine;

import dev.ijen.tensor.IjenException;

/// The device asked for can't be used.
public final class DeviceUnavailableException extends IjenException {
    private static final long serialVersionUID = 1L;

    DeviceUnavailableException(Device device, String reason, String expected, String fix) {
        super("device " + device + " can't be used", reason, expected, fix);
    }
}
