package dev.ijen.data;

import dev.ijen.data.TabularOptions.Encoding;
import dev.ijen.data.TabularOptions.Imputation;
import dev.ijen.data.TabularPreprocessor.Categorical;
import dev.ijen.data.TabularPreprocessor.Donors;
import dev.ijen.data.TabularPreprocessor.Feature;
import dev.ijen.data.TabularPreprocessor.Numeric;
import dev.ijen.data.TabularPreprocessor.Target;
import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// Learns a [TabularPreprocessor] from the training rows of a table.
final class TabularFit {
    private static final int MOST_CLASSES_OF_NUMBERS = 20;
    private static final int MOST_DONORS = 4_000;

    private TabularFit() {}

    static TabularPreprocessor fit(Csv table, int[] rows, TabularOptions options) {
        if (rows.length == 0) {
            throw new IjenException(
                    table.source() + ": nothing to learn from", "no training rows", "at least one",
                    "make the part larger");
        }
        String target = target(table, options);
        for (String name : options.drop()) {
            table.column(name); // a misspelt column would silently be kept
        }
        var features = new ArrayList<Feature>();
        for (Csv.Column column : table.columns()) {
            if (column.name().equals(target) || options.drop().contains(column.name())) {
                continue;
            }
            if (column.type() != Csv.Type.CATEGORICAL) {
                var numeric = numeric(column, rows, options);
                if (numeric != null) {
                    features.add(numeric);
                }
            } else {
                features.add(categorical(table, column, rows, options));
            }
        }
        if (features.isEmpty()) {
            throw new IjenException(
                    table.source() + ": no features", "all columns dropped or empty", "at least one",
                    "drop fewer columns");
        }
        var learnt = new TabularPreprocessor(features, target(table.column(target), table, rows, options), null);
        return options.imputation() == Imputation.KNN
                ? new TabularPreprocessor(features, learnt.target(), donors(learnt, table, rows, options))
                : learnt;
    }

    private static String target(Csv table, TabularOptions options) {
        var columns = table.columns();
        return options.target().isEmpty() ? columns.getLast().name() : table.column(options.target()).name();
    }

    /// Null for a column without any number in the training part: there is nothing to learn from it.
    private static Numeric numeric(Csv.Column column, int[] rows, TabularOptions options) {
        double[] present = Arrays.stream(rows).mapToDouble(column::number).filter(v -> !Double.isNaN(v)).toArray();
        if (present.length == 0) {
            return null;
        }
        double mean = mean(present);
        double fill = mean;
        if (options.imputation() == Imputation.MEDIAN) {
            double[] sorted = present.clone();
            Arrays.sort(sorted);
            fill = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        }
        boolean indicator = options.missingIndicators() && present.length < rows.length;
        boolean scale = options.standardize();
        return new Numeric(column.name(), scale ? mean : 0, scale ? deviation(present, mean) : 1, fill, indicator);
    }

    private static Categorical categorical(Csv table, Csv.Column column, int[] rows, TabularOptions options) {
        var counts = new HashMap<String, Integer>();
        int missing = 0;
        for (int r : rows) {
            String text = column.text(r);
            if (text == null) {
                missing++;
            } else {
                counts.merge(text, 1, Integer::sum);
            }
        }
        List<String> categories = column.categories().stream().filter(counts::containsKey).toList();
        if (categories.size() > options.maxCategories()) {
            throw new IjenException(
                    table.source() + ": column '" + column.name() + "' has too many categories",
                    categories.size() + " different texts" + firstText(table, column),
                    "at most " + options.maxCategories(),
                    "drop the column, or correct the cells that keep it from being numeric");
        }
        boolean indicator = options.missingIndicators() && missing > 0;
        if (options.encoding() == Encoding.ONE_HOT) {
            return new Categorical(column.name(), categories, true, 0, 1, 0, indicator);
        }
        if (options.encoding() == Encoding.EMBEDDING) {
            return new Categorical(column.name(), categories, false, 0, 1, categories.size(), indicator);
        }
        Map<String, Integer> places = places(categories);
        int frequent = 0;
        var values = new double[rows.length - missing];
        int n = 0;
        for (int r : rows) {
            if (column.text(r) != null) {
                values[n++] = places.get(column.text(r));
            }
        }
        for (int i = 1; i < categories.size(); i++) {
            frequent = counts.get(categories.get(i)) > counts.get(categories.get(frequent)) ? i : frequent;
        }
        double mean = values.length == 0 ? 0 : mean(values);
        boolean scale = options.standardize() && values.length > 0;
        return new Categorical(
                column.name(),
                categories,
                false,
                scale ? mean : 0,
                scale ? deviation(values, mean) : 1,
                frequent,
                indicator);
    }

    /// Names the cell that makes a nearly numeric column text.
    private static String firstText(Csv table, Csv.Column column) {
        int numbers = 0;
        int first = -1;
        for (int r = 0; r < table.rows(); r++) {
            if (column.text(r) != null && !Double.isNaN(column.number(r))) {
                numbers++;
            } else if (column.text(r) != null && first < 0) {
                first = r;
            }
        }
        return numbers * 2 < table.rows() || first < 0
                ? ""
                : "; most are numbers, but '" + column.text(first) + "' in line " + table.line(first) + " is not";
    }

    private static Target target(Csv.Column column, Csv table, int[] rows, TabularOptions options) {
        var distinct = new HashSet<String>();
        boolean whole = column.type() == Csv.Type.NUMERIC;
        for (int r : rows) {
            String text = column.text(r);
            if (text == null) {
                throw FormatException.damaged(
                        table.source(),
                        "line " + table.line(r),
                        "no value in the target column '" + column.name() + "'",
                        "a value in every row",
                        "remove the row or fill it in");
            }
            distinct.add(text);
            whole &= column.number(r) == Math.rint(column.number(r));
        }
        boolean classes = switch (options.task()) {
            case CLASSIFICATION -> true;
            case REGRESSION -> false;
            case AUTO -> column.type() != Csv.Type.NUMERIC || (whole && distinct.size() <= MOST_CLASSES_OF_NUMBERS);
        };
        if (classes) {
            var names = new LinkedHashSet<>(column.categories());
            names.retainAll(distinct);
            if (names.size() > options.maxCategories() || names.size() < 2) {
                throw new IjenException(
                        table.source() + ": column '" + column.name() + "' is no target for classification",
                        names.size() + " classes",
                        "2 to " + options.maxCategories(),
                        "choose another target, or task: regression");
            }
            return new Target(column.name(), List.copyOf(names), 0, 1);
        }
        if (column.type() == Csv.Type.CATEGORICAL) {
            throw new IjenException(
                    table.source() + ": column '" + column.name() + "' is no target for regression",
                    "text such as '" + column.text(rows[0]) + "'",
                    "numbers",
                    "choose another target, or task: classification");
        }
        double[] values = Arrays.stream(rows).mapToDouble(column::number).toArray();
        double mean = mean(values);
        return options.standardizeTarget()
                ? new Target(column.name(), List.of(), mean, deviation(values, mean))
                : new Target(column.name(), List.of(), 0, 1);
    }

    /// The training rows without those that have a number further from the mean than the options allow. Mean and deviation are of the
    /// training rows.
    static int[] withoutOutliers(Csv table, int[] rows, TabularOptions options) {
        var keep = new boolean[rows.length];
        Arrays.fill(keep, true);
        var target = target(table, options);
        for (Csv.Column column : table.columns()) {
            if (column.type() == Csv.Type.CATEGORICAL || column.name().equals(target)
                    || options.drop().contains(column.name())) {
                continue;
            }
            double[] present = Arrays.stream(rows).mapToDouble(column::number).filter(v -> !Double.isNaN(v)).toArray();
            double mean = mean(present);
            double reach = options.outliers() * deviation(present, mean);
            for (int i = 0; i < rows.length; i++) {
                keep[i] &= !(Math.abs(column.number(rows[i]) - mean) > reach);
            }
        }
        return java.util.stream.IntStream.range(0, rows.length).filter(i -> keep[i]).map(i -> rows[i]).toArray();
    }

    /// Evenly spaced training rows, so that imputation stays fast and the file small.
    private static Donors donors(TabularPreprocessor learnt, Csv table, int[] rows, TabularOptions options) {
        int n = Math.min(rows.length, MOST_DONORS);
        var kept = new ArrayList<double[]>();
        for (int i = 0; i < n; i++) {
            kept.add(TabularApply.numbers(learnt, table, rows[(int) ((long) i * rows.length / n)]));
        }
        return new Donors(options.neighbours(), kept);
    }

    static Map<String, Integer> places(List<String> names) {
        var places = new HashMap<String, Integer>();
        for (int i = 0; i < names.size(); i++) {
            places.put(names.get(i), i);
        }
        return places;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v / values.length;
        }
        return sum;
    }

    /// Of the population; 1 for a constant column, which then becomes 0.
    private static double deviation(double[] values, double mean) {
        double sum = 0;
        for (double v : values) {
            sum += (v - mean) * (v - mean) / values.length;
        }
        double std = Math.sqrt(sum);
        return std > 1e-12 * Math.max(1, Math.abs(mean)) ? std : 1;
    }
}
