package dev.ijen.format;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// A table of text (RFC 4180): cells by column, with a type inferred for every column. Separator and header are
/// detected unless given; spaces around cells are removed; `""`, `?`, `NA`, `NaN` and `nan` mean missing. A byte order
/// mark is understood, blank lines are skipped, a row with too few or too many cells is an error that names its line.
public final class Csv {
    private final String source;
    private final Map<String, Column> columns;
    private final int[] lines;

    Csv(String source, List<Column> columns, int[] lines) {
        this.source = source;
        this.columns = new LinkedHashMap<>();
        for (Column c : columns) {
            this.columns.put(c.name(), c);
        }
        this.lines = lines;
    }

    /// What a column's cells are.
    public enum Type {
        /// Every cell that is there is a finite number.
        NUMERIC,
        /// Every cell that is there is `true` or `false`, in any case.
        BOOLEAN,
        /// Anything else.
        CATEGORICAL
    }

    /// Whether the first row holds names.
    public enum Header {
        /// Decided from the content: names are distinct texts, none a number, that do not occur below themselves.
        AUTO,
        /// It does.
        YES,
        /// It does not; columns are named `c0`, `c1`, ….
        NO
    }

    /// How a file is read.
    ///
    /// @param separator between cells, or 0 to detect one of `,` `;` tab `|`
    /// @param header whether the first row holds names
    /// @param missing texts that mean no value
    /// @param maxBytes the longest file
    /// @param maxRows the most rows
    /// @param maxColumns the most columns
    public record Options(
            char separator, Header header, Set<String> missing, long maxBytes, int maxRows, int maxColumns) {
        /// Copies the set.
        public Options {
            missing = Set.copyOf(missing);
        }

        /// Everything detected; at most 1 GiB, 50 million rows and 20,000 columns.
        public static Options defaults() {
            return new Options(
                    (char) 0, Header.AUTO, Set.of("", "?", "NA", "NaN", "nan"), 1L << 30, 50_000_000, 20_000);
        }

        /// Another separator.
        public Options withSeparator(char value) {
            return new Options(value, header, missing, maxBytes, maxRows, maxColumns);
        }

        /// Another header rule.
        public Options withHeader(Header value) {
            return new Options(separator, value, missing, maxBytes, maxRows, maxColumns);
        }

        /// Other texts for missing.
        public Options withMissing(Set<String> value) {
            return new Options(separator, header, value, maxBytes, maxRows, maxColumns);
        }

        /// Other limits.
        public Options withLimits(long bytes, int rows, int columns) {
            return new Options(separator, header, missing, bytes, rows, columns);
        }
    }

    /// Reads a file with everything detected.
    ///
    /// @throws FormatException naming the line, if the file is missing or broken
    public static Csv read(Path file) {
        return read(file, Options.defaults());
    }

    /// Reads a file.
    public static Csv read(Path file, Options options) {
        return CsvParser.read(file, options);
    }

    /// Reads a text.
    ///
    /// @param source its name in messages
    public static Csv of(String source, String text, Options options) {
        return CsvParser.parse(source, text, options);
    }

    /// The file's name.
    public String source() {
        return source;
    }

    /// Number of rows, the header not counted.
    public int rows() {
        return lines.length;
    }

    /// The line on which a row starts, from 1.
    public int line(int row) {
        return lines[row];
    }

    /// The columns from left to right.
    public List<Column> columns() {
        return List.copyOf(columns.values());
    }

    /// Whether there is a column of this name.
    public boolean has(String name) {
        return columns.containsKey(name);
    }

    /// A column by name.
    ///
    /// @throws FormatException naming the nearest one
    public Column column(String name) {
        var c = columns.get(name);
        if (c == null) {
            String known = String.join(", ", columns.keySet());
            throw FormatException.lacking(source, "no column '" + name + "'" + Names.nearest(name, columns.keySet()),
                    "columns " + (known.length() > 300 ? known.substring(0, 300) + "…" : known),
                    "a column '" + name + "'",
                    "check the spelling; without a header columns are named c0, c1, …");
        }
        return c;
    }

    /// One column.
    public static final class Column {
        private final String name;
        private final Type type;
        private final String[] cells;
        private final double[] numbers;

        Column(String name, String[] cells) {
            this.name = name;
            this.cells = cells;
            var values = new double[cells.length];
            boolean numeric = true;
            boolean truth = true;
            int present = 0;
            for (int i = 0; i < cells.length; i++) {
                String c = cells[i];
                if (c == null) {
                    values[i] = Double.NaN;
                    continue;
                }
                present++;
                values[i] = Cells.number(c);
                boolean isTruth = c.equalsIgnoreCase("true") || c.equalsIgnoreCase("false");
                numeric &= !Double.isNaN(values[i]) && !isTruth;
                truth &= isTruth;
            }
            this.type = present > 0 && truth
                    ? Type.BOOLEAN
                    : present > 0 && !numeric ? Type.CATEGORICAL : Type.NUMERIC;
            this.numbers = values;
        }

        /// From the header, or `c0`, `c1`, ….
        public String name() {
            return name;
        }

        /// Inferred from all cells; a column without any value is numeric.
        public Type type() {
            return type;
        }

        /// A cell without surrounding spaces, or null if it is missing.
        public String text(int row) {
            return cells[row];
        }

        /// A cell as a number, true as 1 and false as 0; NaN if it is missing or no number.
        public double number(int row) {
            return numbers[row];
        }

        /// How many cells are missing.
        public int missing() {
            return (int) Arrays.stream(cells).filter(c -> c == null).count();
        }

        /// The distinct texts in natural order; numbers by value.
        public List<String> categories() {
            var all = new TreeSet<>(Cells.ORDER);
            for (String c : cells) {
                if (c != null) {
                    all.add(c);
                }
            }
            return List.copyOf(all);
        }
    }
}
