package dev.ijen.data;

import dev.ijen.format.AtomicFiles;
import dev.ijen.format.Csv;
import dev.ijen.format.Json;
import dev.ijen.tensor.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was learnt from the training part of a table and nothing else: means, deviations, fill values, categories,
/// classes. It turns rows of that or any later table with the same columns into features F32 `[N, F]` and labels.
/// Immutable; kept with a model as JSON.
///
/// @param features the columns used, in the order of the table
/// @param target what is predicted
/// @param donors rows of the training part for nearest-neighbour imputation; null for other imputations
public record TabularPreprocessor(List<Feature> features, Target target, Donors donors) {
    /// Copies the list.
    public TabularPreprocessor {
        features = List.copyOf(features);
    }

    /// One column of the table.
    public sealed interface Feature permits Numeric, Categorical {
        /// The column's name.
        String column();

        /// Whether a column of its own says where cells are missing.
        boolean indicator();
    }

    /// `(cell − mean) / std`; a missing cell is `fill`.
    ///
    /// @param column its name
    /// @param mean subtracted
    /// @param std divided by, above 0
    /// @param fill stands in for missing cells, in the cells' own unit
    /// @param indicator whether missing cells are marked
    public record Numeric(String column, double mean, double std, double fill, boolean indicator) implements Feature {}

    /// Texts of a fixed list.
    ///
    /// @param column its name
    /// @param categories in order
    /// @param oneHot a column for each category, or one column with its (standardised) place
    /// @param mean subtracted from the place
    /// @param std divided by
    /// @param fill the place for missing and unknown texts
    /// @param indicator whether missing cells are marked
    public record Categorical(
            String column,
            List<String> categories,
            boolean oneHot,
            double mean,
            double std,
            double fill,
            boolean indicator)
            implements Feature {
        /// Copies the list.
        public Categorical {
            categories = List.copyOf(categories);
        }

        /// Whether the place is an index into a table of embeddings, where unknown texts have the last row.
        public boolean isEmbedded() {
            return !oneHot && fill == categories.size();
        }
    }

    /// What is predicted.
    ///
    /// @param column its name
    /// @param classes in order; empty for a number
    /// @param mean of a number
    /// @param std of a number, above 0
    public record Target(String column, List<String> classes, double mean, double std) {
        /// Copies the list.
        public Target {
            classes = List.copyOf(classes);
        }
    }

    /// Rows to impute from: numbers as the network sees them, NaN where missing.
    ///
    /// @param neighbours how many are averaged
    /// @param rows a value for each numeric feature
    public record Donors(int neighbours, List<double[]> rows) {
        /// Copies the list.
        public Donors {
            rows = List.copyOf(rows);
        }
    }

    /// Learns from some rows of a table.
    ///
    /// @param trainRows the training part; other rows are not looked at
    /// @throws dev.ijen.tensor.IjenException if a column is not there or cannot be used
    public static TabularPreprocessor fit(Csv table, int[] trainRows, TabularOptions options) {
        return TabularFit.fit(table, trainRows, options);
    }

    /// The names of the columns of [#features(Csv, int[])].
    public List<String> featureNames() {
        var names = new ArrayList<String>();
        for (Feature f : features) {
            switch (f) {
                case Numeric n -> names.add(n.column());
                case Categorical c -> {
                    if (c.oneHot()) {
                        c.categories().forEach(v -> names.add(c.column() + "=" + v));
                    } else {
                        names.add(c.column());
                    }
                }
            }
        }
        for (Feature f : features) {
            if (f.indicator()) {
                names.add(f.column() + " missing");
            }
        }
        return List.copyOf(names);
    }

    /// Places among the features that index embeddings, with the rows of each one's table.
    public Map<Integer, Integer> embedded() {
        var all = new LinkedHashMap<Integer, Integer>();
        int at = 0;
        for (Feature f : features) {
            if (f instanceof Categorical c && c.isEmbedded()) {
                all.put(at, c.categories().size() + 1);
            }
            at += f instanceof Categorical c && c.oneHot() ? c.categories().size() : 1;
        }
        return all;
    }

    /// The classes by index; empty for regression.
    public List<String> classNames() {
        return target.classes();
    }

    /// Whether classes are predicted.
    public boolean isClassification() {
        return !target.classes().isEmpty();
    }

    /// The target column's name.
    public String targetName() {
        return target.column();
    }

    /// A label or prediction of a regression in the table's own unit.
    public double targetValue(double label) {
        return label * target.std() + target.mean();
    }

    /// Features F32 `[N, F]` of some rows; the target column need not be there.
    public HostTensor features(Csv table, int[] rows) {
        return TabularApply.features(this, table, rows);
    }

    /// Labels of some rows: I32 `[N]` classes, or F32 `[N, 1]` numbers, standardised if the options said so.
    ///
    /// @throws dev.ijen.format.FormatException naming the line of a missing target or unknown class
    public HostTensor labels(Csv table, int[] rows) {
        return TabularApply.labels(this, table, rows);
    }

    /// Features and labels of some rows.
    public Dataset dataset(Csv table, int[] rows) {
        return ArrayDataset.of(features(table, rows), labels(table, rows), classNames());
    }

    /// As JSON.
    public String toJson() {
        return Json.write(TabularJson.toMap(this));
    }

    /// From JSON.
    ///
    /// @param source its name in messages
    public static TabularPreprocessor fromJson(String source, String text) {
        return TabularJson.fromMap(source, Json.parse(source, text));
    }

    /// Writes JSON atomically.
    public void save(Path file) {
        AtomicFiles.write(file, toJson());
    }

    /// Reads what [#save] wrote.
    public static TabularPreprocessor load(Path file) {
        return TabularJson.fromMap(file.toString(), Json.parse(file));
    }
}
