package dev.ijen.engine;

import dev.ijen.tensor.IjenException;

/// Which device to open.
///
/// @param backend a backend's name, or `auto`
/// @param index number of the device within the backend
public record Device(String backend, int index) {
    /// The best there is: a GPU if one can be used, else the CPU.
    public static Device auto() {
        return new Device("auto", 0);
    }

    /// The CPU.
    public static Device cpu() {
        return new Device("cpu", 0);
    }

    /// A CUDA GPU.
    public static Device cuda(int index) {
        return new Device("cuda", index);
    }

    /// From `auto`, `cpu`, `cuda`, `cuda:1`.
    ///
    /// @throws IjenException for anything else
    public static Device parse(String text) {
        int colon = text.indexOf(':');
        var name = colon < 0 ? text : text.substring(0, colon);
        var number = colon < 0 ? "0" : text.substring(colon + 1);
        if (!name.matches("[a-z]+") || !number.matches("[0-9]{1,3}")) {
            throw new IjenException("device: not understood", "'" + text + "'", "auto, cpu, cuda or cuda:N",
                    "see 'ijen devices'");
        }
        return new Device(name, Integer.parseInt(number));
    }

    @Override
    public String toString() {
        return index == 0 ? backend : backend + ":" + index;
    }
}
