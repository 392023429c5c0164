package dev.ijen.data;

import dev.ijen.format.Csv;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Tables as datasets.
public final class Tabular {
    private Tabular() {}

    /// A table divided into parts.
    ///
    /// @param preprocessor learnt from the first part alone
    /// @param datasets one for each part
    /// @param rows the rows of each part
    public record Parts(TabularPreprocessor preprocessor, List<Dataset> datasets, List<int[]> rows) {
        /// Copies the lists.
        public Parts {
            datasets = List.copyOf(datasets);
            rows = List.copyOf(rows);
        }
    }

    /// Divides a table at random, keeping the shares of the classes, and learns from the first part only.
    ///
    /// @param fractions sizes of the parts, together at most 1; the first is the training part
    /// @param seed the same seed gives the same parts
    public static Parts split(Csv table, TabularOptions options, double[] fractions, long seed) {
        int[] all = IntStream.range(0, table.rows()).toArray();
        // which column is the target and whether it holds classes is a question about the whole table; it teaches no
        // value
        var question = TabularPreprocessor.fit(table, all, options.withImputation(TabularOptions.Imputation.MEAN));
        int[] classes = question.isClassification() ? question.labels(table, all).toIntArray() : null;
        var rows = new ArrayList<>(Splits.of(table.rows(), classes, fractions, seed));
        if (options.outliers() > 0) {
            rows.set(0, TabularFit.withoutOutliers(table, rows.getFirst(), options));
        }
        var settled = options.withTask(
                question.isClassification() ? TabularOptions.Task.CLASSIFICATION : TabularOptions.Task.REGRESSION);
        var preprocessor = TabularPreprocessor.fit(table, rows.getFirst(), settled);
        var datasets = new ArrayList<Dataset>();
        for (int[] part : rows) {
            datasets.add(preprocessor.dataset(table, part));
        }
        return new Parts(preprocessor, datasets, rows);
    }
}
