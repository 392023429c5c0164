package dev.ijen.engine;

import java.util.Map;

/// Part of a model that names its parts itself. Records need not: their component names are used.
@FunctionalInterface
public interface Composite {
    /// Parts by name, in order: layers, cells, lists or records of them.
    Map<String, ?> parts();
}
