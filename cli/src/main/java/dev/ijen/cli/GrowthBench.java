package dev.ijen.cli;

import dev.ijen.cli.bench.Growth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Growth as lines of a table, for programs, and as a picture.
final class GrowthBench {
    private static final String SUITE = "growth";

    private GrowthBench() {}

    static List<Measurement> measurements(List<Growth.Line> lines) {
        var all = new ArrayList<Measurement>();
        for (var line : lines) {
            for (int i = 0; i < line.points().size(); i++) {
                var p = line.points().get(i);
                var name = line.network() + ": " + line.what() + " " + p.size();
                var grown = i == 0 ? "" : ", grown by size^%.2f".formatted(line.slope(i));
                all.add(Measurement.of(SUITE, name + grown, p.seconds() * 1e3, "ms"));
            }
        }
        return all;
    }

    static List<Map<String, Object>> toList(List<Growth.Line> lines) {
        return lines.stream().map(l -> Map.<String, Object>of(
                "network", l.network(), "grows", l.what(), "work_power", l.power(),
                "points", l.points().stream()
                        .map(p -> Map.of("size", p.size(), "seconds", p.seconds(), "flops", p.flops())).toList()))
                .toList();
    }
}
