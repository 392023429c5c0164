package dev.ijen.engine;

import dev.ijen.spi.Backend;
import dev.ijen.spi.BackendProvider;
import dev.ijen.tensor.Precision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/// Finds backends and chooses among them.
public final class Devices {
    /// Those [#ahead] found, for who opens a device first.
    private static volatile List<BackendProvider> early;

    private Devices() {}

    /// What one backend found.
    ///
    /// @param backend its name
    /// @param devices devices that can be opened, by index
    /// @param reason why there are none; empty if there are
    /// @param fix what would help; empty if there are devices
    public record Found(String backend, List<DeviceInfo> devices, String reason, String fix) {}

    /// An opened backend, and why it was chosen.
    record Opened(Backend backend, String choice) {}

    /// All backends with what they found, best first.
    public static List<Found> all() {
        return providers().stream().map(Devices::probe).toList();
    }

    /// Begins, in a thread of its own, to load what the backend of least priority needs, which is the one there always is: a command
    /// may have read its options and data by then. What goes wrong is found again, and told, when a device is opened.
    ///
    /// @param then what else that thread does
    public static void ahead(Runnable then) {
        Thread.ofPlatform().daemon().name("ijen-ahead").start(() -> {
            try {
                var found = providers();
                early = found;
                found.getLast().ahead();
                then.run();
            } catch (RuntimeException | LinkageError | java.util.ServiceConfigurationError e) {
                // for who opens a device
            }
        });
    }

    private static List<BackendProvider> providers() {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparingInt((BackendProvider p) -> -p.priority()))
                .toList();
    }

    private static Found probe(BackendProvider p) {
        return switch (p.probe()) {
            case BackendProvider.Probe.Available(var devices) ->
                    new Found(p.name(), devices.stream().map(DeviceInfo::of).toList(), "", "");
            case BackendProvider.Probe.Unavailable(var reason, var fix) -> new Found(p.name(), List.of(), reason, fix);
        };
    }

    static Opened open(Device device, EngineOptions o) {
        var options = new BackendProvider.Options(o.threads(), o.deterministic(), o.nativeLibraries(),
                o.precision() == Precision.TF32);
        var ready = early;
        early = null;
        var providers = ready == null ? providers() : ready;
        if (device.backend().equals("auto")) {
            return auto(device, providers, options);
        }
        for (var p : providers) {
            if (p.name().equals(device.backend())) {
                var found = probe(p);
                if (found.devices().isEmpty()) {
                    throw new DeviceUnavailableException(
                            device, found.reason(), "a usable " + p.name() + " device", found.fix());
                }
                if (device.index() >= found.devices().size()) {
                    throw new DeviceUnavailableException(
                            device,
                            "no device number " + device.index(),
                            "a number from 0 to " + (found.devices().size() - 1),
                            "see 'ijen devices'");
                }
                return new Opened(p.open(device.index(), options), device + " as asked");
            }
        }
        var names = providers.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
        throw new DeviceUnavailableException(
                device,
                "no device of that name",
                "one of auto, " + names + ", or one of these with a number, as cuda:1",
                (device.backend().equals("gpu") ? "did you mean cuda? " : "")
                        + "see 'ijen devices'; another backend would have to be on the module path");
    }

    private static Opened auto(Device device, List<BackendProvider> providers, BackendProvider.Options options) {
        var passed = new ArrayList<String>();
        for (var p : providers) {
            var found = probe(p);
            if (!found.devices().isEmpty()) {
                var why = passed.isEmpty() ? "" : " (" + String.join("; ", passed) + ")";
                return new Opened(p.open(0, options), p.name() + ": " + found.devices().getFirst().name() + why);
            }
            passed.add(p.name() + " not usable: " + found.reason());
        }
        throw new DeviceUnavailableException(
                device,
                passed.isEmpty() ? "no backend on the module path" : String.join("; ", passed),
                "at least the module dev.ijen.cpu",
                "add engine-cpu to the dependencies");
    }
}
