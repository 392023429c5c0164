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
/// @param yardstick what `share` is of; empty for nothing
/// @param share of the yardstick that was reached; NaN for none
/// @param aim what the share should be at least; NaN if there is no such promise
record Measurement(
        String suite, String name, double value, String unit, double limit, String yardstick, double share,
        double aim) {
    Measurement(String suite, String name, double value, String unit, double limit) {
        this(suite, name, value, unit, limit, "", Double.NaN, Double.NaN);
    }

    static Measurement of(String suite, String name, double value, String unit) {
        return new Measurement(suite, name, value, unit, Double.NaN);
    }

    /// @param best value of the yardstick
    Measurement besides(String what, double best, double atLeast) {
        return new Measurement(suite, name, value, unit, limit, what, value / best, atLeast);
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
        if (!Double.isNaN(share)) {
            m.put("share", share);
            m.put("share_of", yardstick);
            if (!Double.isNaN(aim)) {
                m.put("share_aim", aim);
            }
        }
        return m;
    }

    /// What it should be, for people; empty for no promise.
    String promise() {
        if (!Double.isNaN(limit)) {
            return "< " + Text.number(limit) + (value < limit ? "" : "  over");
        }
        return Double.isNaN(aim) ? "" : "≥ " + Text.number(aim) + (share >= aim ? "" : "  under");
    }

    /// The share, for people.
    String reached() {
        return Double.isNaN(share) ? "" : "%.2f of %s".formatted(share, yardstick);
    }
}
