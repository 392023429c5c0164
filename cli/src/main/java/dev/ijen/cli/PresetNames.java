package dev.ijen.cli;

import dev.ijen.train.config.Presets;
import java.util.Iterator;

/// The names of the presets, for help and completion.
final class PresetNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
        return Presets.names().iterator();
    }
}
