package dev.ijen.cli;

import dev.ijen.engine.DeviceInfo;
import dev.ijen.engine.Devices;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;

/// Lists devices, and why others can't be used.
@Command(name = "devices", description = "Lists the devices that can compute, and says why others can't.")
final class DevicesCommand extends BaseCommand {
    @Override
    public Integer call() {
        var found = Devices.all();
        var text = new StringBuilder();
        var devices = new ArrayList<Map<String, Object>>();
        var unavailable = new ArrayList<Map<String, Object>>();
        for (var f : found) {
            for (var d : f.devices()) {
                text.append(line(d));
                d.details().forEach((k, v) -> text.append("    %-12s %s%n".formatted(k, v)));
                devices.add(map(d));
            }
            if (f.devices().isEmpty()) {
                text.append("%-8s unavailable: %s%n    fix: %s%n".formatted(f.backend(), f.reason(), f.fix()));
                unavailable.add(Map.of("backend", f.backend(), "reason", f.reason(), "fix", f.fix()));
            }
        }
        var chosen = found.stream().flatMap(f -> f.devices().stream()).findFirst();
        chosen.ifPresent(d -> text.append("auto     %s%n".formatted(name(d))));
        var object = new LinkedHashMap<String, Object>();
        object.put("auto", chosen.map(DevicesCommand::name).orElse(null));
        object.put("devices", devices);
        object.put("unavailable", unavailable);
        print(text.toString(), object);
        return devices.isEmpty() ? Exit.NO_DEVICE : Exit.DONE;
    }

    /// As `--device` takes it.
    static String name(DeviceInfo d) {
        return d.backend().equals("cpu") ? "cpu" : d.backend() + ":" + d.index();
    }

    private static String line(DeviceInfo d) {
        return "%-8s %s, %s%n".formatted(name(d), d.name(), Text.bytes(d.totalBytes()));
    }

    private static Map<String, Object> map(DeviceInfo d) {
        var m = new LinkedHashMap<String, Object>();
        m.put("device", name(d));
        m.put("name", d.name());
        m.put("memory_bytes", d.totalBytes());
        m.put("details", new LinkedHashMap<>(d.details()));
        return m;
    }

}
