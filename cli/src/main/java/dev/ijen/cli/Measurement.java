package dev.ijen.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/// One line of a benchmark.
///
/// @param suite which benchmark
/// @param name what was measured
/// @param value the number
/// @param unit of the number
/// @param limit what it should stay below; NaN if there is no such promise
record Measurement(String suite, String name, double value, String unit, double limit) {
    static Measurement of(String suite, String name, double value, String unit) {
        return new Measurement(suite, name, value, unit, Double.NaN);
    }

    Map<String, Object> toMap() {
        var m = new LinkedHashMap<String, Object>();
        m.put("suite", suite);
        m.put("name", name);
        m.put("value", value);
        m.put("unit", unit);
        if (!Double.isNaN(limit)) {
            m.put("limit", limit);
        }
        return m;
    }
}
