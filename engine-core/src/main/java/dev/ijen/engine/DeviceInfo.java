package dev.ijen.engine;

import java.util.Map;

/// A device.
///
/// @param backend `cpu`, `cuda`
/// @param index number of the device within the backend
/// @param name the device's own name
/// @param totalBytes its memory
/// @param details what was found and chosen, and why; in display order
public record DeviceInfo(String backend, int index, String name, long totalBytes, Map<String, String> details) {
    static DeviceInfo of(dev.ijen.spi.DeviceInfo i) {
        return new DeviceInfo(i.backend(), i.index(), i.name(), i.totalBytes(), i.details());
    }
}
