package dev.ijen.train;

import dev.ijen.data.Batch;
import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.format.Csv;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Rows of a table that still know what stands in the file, for reports.
///
/// @param left columns that are no features
record TableRows(Dataset data, Csv csv, int[] rows, Set<String> left) implements Dataset {
    private static final int COLUMNS = 10;

    /// The row as it stands in the file.
    String describe(int index) {
        int row = rows[index];
        var columns = csv.columns().stream().filter(c -> !left.contains(c.name())).toList();
        var shown = columns.stream()
                .limit(COLUMNS)
                .map(c -> c.name() + " " + (c.text(row) == null ? "–" : c.text(row)))
                .collect(Collectors.joining(", "));
        return "line " + csv.line(row) + ": " + shown + (columns.size() > COLUMNS ? ", …" : "");
    }

    @Override
    public int size() {
        return data.size();
    }

    @Override
    public Batch batch(int[] indices) {
        return data.batch(indices);
    }

    @Override
    public List<ElementSpec> inputs() {
        return data.inputs();
    }

    @Override
    public ElementSpec label() {
        return data.label();
    }

    @Override
    public List<String> classNames() {
        return data.classNames();
    }

    @Override
    public int[] classIndices() {
        return data.classIndices();
    }
}
