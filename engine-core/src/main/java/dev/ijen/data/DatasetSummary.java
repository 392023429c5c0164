package dev.ijen.data;

import dev.ijen.format.Csv;
import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/// What is in a dataset or table, to be looked at before training.
///
/// @param name of the dataset
/// @param size number of examples
/// @param shapes inputs and label in words
/// @param classCounts examples of each class, in the order of the classes; empty for regression and tables
/// @param features statistics of each feature, channel or column
public record DatasetSummary(
        String name, int size, List<String> shapes, Map<String, Integer> classCounts, List<FeatureStats> features) {
    private static final int CHUNK = 256;
    private static final int MOST_FEATURES = 200;

    /// Copies the collections.
    public DatasetSummary {
        shapes = List.copyOf(shapes);
        classCounts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(classCounts));
        features = List.copyOf(features);
    }

    /// One feature, channel or column.
    ///
    /// @param name of it
    /// @param type `numeric`, `boolean`, `categorical`
    /// @param present values that are there
    /// @param missing values that are not (for datasets: NaN)
    /// @param mean of the numbers; NaN for texts
    /// @param std standard deviation of the population
    /// @param min smallest
    /// @param max largest
    /// @param distinct number of different texts; -1 for numbers
    public record FeatureStats(
            String name, String type, long present, long missing, double mean, double std, double min, double max,
            int distinct) {}

    /// Looks at every example once.
    public static DatasetSummary of(String name, Dataset dataset) {
        var shapes = new ArrayList<String>();
        dataset.inputs().forEach(s -> shapes.add(s.toString()));
        shapes.add(dataset.label().toString());
        var counts = new LinkedHashMap<String, Integer>();
        if (dataset.isClassification() && dataset.label().dtype() == DType.I32) {
            var byClass = new int[dataset.classes()];
            for (int c : dataset.classIndices()) {
                byClass[c]++;
            }
            for (int c = 0; c < byClass.length; c++) {
                counts.put(dataset.classNames().get(c), byClass[c]);
            }
        }
        var shape = dataset.input().shape();
        int groups = shape.rank() == 0 ? 1 : shape.dim(0);
        boolean single = groups > MOST_FEATURES;
        var stats = new Running[single ? 1 : groups];
        for (int g = 0; g < stats.length; g++) {
            stats[g] = new Running();
        }
        for (int from = 0; from < dataset.size(); from += CHUNK) {
            int n = Math.min(CHUNK, dataset.size() - from);
            float[] x = dataset.batch(IntStream.range(from, from + n).toArray()).input().toFloatArray();
            int inner = Math.max(1, x.length / Math.max(1, n * groups));
            for (int k = 0; k < x.length; k++) {
                stats[single ? 0 : k / inner % groups].add(x[k]);
            }
        }
        String word = shape.rank() == 3 ? "channel " : "feature ";
        var features = new ArrayList<FeatureStats>();
        for (int g = 0; g < stats.length; g++) {
            features.add(stats[g].stats(single ? "all" : word + g, "numeric"));
        }
        return new DatasetSummary(name, dataset.size(), shapes, counts, features);
    }

    /// Looks at every cell once.
    public static DatasetSummary of(Csv table) {
        var features = new ArrayList<FeatureStats>();
        for (Csv.Column c : table.columns()) {
            String type = c.type().name().toLowerCase(Locale.ROOT);
            int missing = c.missing();
            if (c.type() == Csv.Type.CATEGORICAL) {
                features.add(new FeatureStats(
                        c.name(), type, table.rows() - missing, missing, Double.NaN, Double.NaN, Double.NaN, Double.NaN,
                        c.categories().size()));
            } else {
                var stats = new Running();
                for (int r = 0; r < table.rows(); r++) {
                    stats.add(c.number(r));
                }
                features.add(stats.stats(c.name(), type));
            }
        }
        return new DatasetSummary(
                table.source(),
                table.rows(),
                List.of(table.columns().size() + " columns"),
                Map.of(),
                features);
    }

    /// Welford's running mean and sum of squares.
    private static final class Running {
        private long present;
        private long missing;
        private double mean;
        private double squares;
        private double min = Double.POSITIVE_INFINITY;
        private double max = Double.NEGATIVE_INFINITY;

        private void add(double v) {
            if (Double.isNaN(v)) {
                missing++;
                return;
            }
            present++;
            double d = v - mean;
            mean += d / present;
            squares += d * (v - mean);
            min = Math.min(min, v);
            max = Math.max(max, v);
        }

        private FeatureStats stats(String name, String type) {
            boolean none = present == 0;
            return new FeatureStats(
                    name,
                    type,
                    present,
                    missing,
                    none ? Double.NaN : mean,
                    none ? Double.NaN : Math.sqrt(squares / present),
                    none ? Double.NaN : min,
                    none ? Double.NaN : max,
                    -1);
        }
    }

    /// A table for people.
    public String toText() {
        var s = new StringBuilder();
        s.append(name).append(": ").append(size).append(" examples, ").append(String.join(", ", shapes)).append('\n');
        classCounts.forEach((c, n) -> s
                .append(String.format(Locale.ROOT, "  class %-20s %9d  %5.1f %%%n", c, n, 100.0 * n / size)));
        s.append(String.format(
                Locale.ROOT, "  %-24s %-12s %9s %11s %11s %11s %11s%n", "", "type", "missing", "mean", "std", "min",
                "max"));
        for (FeatureStats f : features) {
            s.append(String.format(Locale.ROOT, "  %-24s %-12s %9d", f.name(), f.type(), f.missing()));
            if (f.distinct() >= 0) {
                s.append("  ").append(f.distinct()).append(" different\n");
            } else {
                s.append(String.format(
                        Locale.ROOT, " %11.5g %11.5g %11.5g %11.5g%n", f.mean(), f.std(), f.min(), f.max()));
            }
        }
        return s.toString();
    }

    /// As maps and lists, for JSON.
    public Map<String, Object> toMap() {
        var all = new LinkedHashMap<String, Object>();
        all.put("name", name);
        all.put("size", size);
        all.put("shapes", shapes);
        all.put("classes", classCounts);
        var list = new ArrayList<Object>();
        for (FeatureStats f : features) {
            var m = new LinkedHashMap<String, Object>();
            m.put("name", f.name());
            m.put("type", f.type());
            m.put("present", f.present());
            m.put("missing", f.missing());
            if (f.distinct() >= 0) {
                m.put("distinct", f.distinct());
            } else {
                m.put("mean", f.mean());
                m.put("std", f.std());
                m.put("min", f.min());
                m.put("max", f.max());
            }
            list.add(m);
        }
        all.put("features", list);
        return all;
    }
}
