package dev.ijen.train.config;

import java.util.List;

/// The keys of a configuration, wherever they are.
public final class ConfigKeys {
    private ConfigKeys() {}

    /// Dotted paths of the keys of that name: `lr` is `optimizer.lr`. Hyphens and case do not matter.
    public static List<String> paths(String name) {
        var wanted = Nearest.plain(name);
        return Slot.of(TrainConfig.class).stream()
                .filter(Slot::isSection)
                .flatMap(section -> Slot.of(section.type()).stream()
                        .filter(key -> Nearest.plain(key.name()).equals(wanted))
                        .map(key -> section.name() + "." + key.name()))
                .toList();
    }
}
