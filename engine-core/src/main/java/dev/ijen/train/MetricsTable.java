package dev.ijen.train;

import dev.ijen.format.AtomicFiles;
import dev.ijen.format.FormatException;
import dev.ijen.format.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.stream.Collectors;

/// The measurements of a run as a table: `metrics.jsonl` with a column a key, in the order in which keys appear.
public final class MetricsTable {
    private MetricsTable() {}

    /// Writes the table.
    ///
    /// @param run its directory
    /// @return rows
    public static int write(Path run, Path csv) {
        var file = run.resolve("metrics.jsonl");
        var rows = new ArrayList<Map<?, ?>>();
        var columns = new LinkedHashSet<String>();
        try {
            for (var line : Files.readAllLines(file)) {
                if (line.isBlank()) {
                    continue;
                }
                var where = file + " line " + (rows.size() + 1);
                if (!(Json.parse(where, line) instanceof Map<?, ?> row)) {
                    throw FormatException.damaged(file, where, line, "an object", "use another run");
                }
                rows.add(row);
                row.keySet().forEach(k -> columns.add(String.valueOf(k)));
            }
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
        var text = new StringBuilder(columns.stream().map(MetricsTable::cell).collect(Collectors.joining(",")) + "\n");
        for (var row : rows) {
            text.append(columns.stream().map(c -> cell(row.get(c))).collect(Collectors.joining(","))).append('\n');
        }
        AtomicFiles.write(csv, text.toString());
        return rows.size();
    }

    private static String cell(Object value) {
        String s = value == null ? "" : String.valueOf(value);
        return s.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                ? '"' + s.replace("\"", "\"\"") + '"'
                : s;
    }
}
