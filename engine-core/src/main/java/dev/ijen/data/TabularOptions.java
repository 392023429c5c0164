package dev.ijen.data;

import dev.ijen.tensor.IjenException;
import java.util.List;

/// How a table becomes features and labels.
///
/// @param target the column to predict; empty for the last one
/// @param drop columns not to use, such as identifiers and copies of the target
/// @param task what the target is
/// @param imputation what stands in for missing numbers
/// @param neighbours for [Imputation#KNN]
/// @param encoding of categorical columns
/// @param standardize numeric columns to mean 0 and standard deviation 1
/// @param standardizeTarget the target of a regression likewise; [TabularPreprocessor#targetValue] undoes it
/// @param missingIndicators an extra column, 0 or 1, for every column with missing cells in the training part
/// @param maxCategories the most categories of a column
/// @param outliers training rows with a number further from the mean than so many deviations are left out; 0 for none
public record TabularOptions(
        String target,
        List<String> drop,
        Task task,
        Imputation imputation,
        int neighbours,
        Encoding encoding,
        boolean standardize,
        boolean standardizeTarget,
        boolean missingIndicators,
        int maxCategories,
        double outliers) {
    /// What the target is.
    public enum Task {
        /// Classes if it is text, truth values, or at most 20 distinct whole numbers; otherwise a number.
        AUTO,
        /// Each distinct value is a class.
        CLASSIFICATION,
        /// A number.
        REGRESSION
    }

    /// What stands in for missing numbers.
    public enum Imputation {
        /// The mean of the training part.
        MEAN,
        /// The median of the training part.
        MEDIAN,
        /// The mean of the nearest rows of the training part that have the number, near in what both rows have.
        KNN
    }

    /// How categorical columns become numbers.
    public enum Encoding {
        /// A column for each category, 1 where it is; unknown and missing: all 0.
        ONE_HOT,
        /// The category's place in the order of names, standardised like a number; unknown and missing: the most
        /// frequent.
        ORDINAL,
        /// The category's place as a whole number, for a table of embeddings; unknown and missing: one beyond the last.
        EMBEDDING
    }

    /// Copies the list and checks the numbers.
    public TabularOptions {
        drop = List.copyOf(drop);
        if (neighbours < 1 || maxCategories < 1 || !(outliers >= 0)) {
            throw new IjenException(
                    "table: bad options",
                    neighbours + " neighbours, " + maxCategories + " categories, outliers beyond " + outliers + " deviations",
                    "at least 1 of each, deviations from 0",
                    "correct the data section of the configuration");
        }
    }

    /// Mean imputation, one-hot encoding, everything standardised, indicators for missing cells.
    public static TabularOptions of(String target) {
        return new TabularOptions(
                target, List.of(), Task.AUTO, Imputation.MEAN, 5, Encoding.ONE_HOT, true, true, true, 1_000, 0);
    }

    /// Without these columns.
    public TabularOptions withDrop(String... columns) {
        return new TabularOptions(
                target, List.of(columns), task, imputation, neighbours, encoding, standardize, standardizeTarget,
                missingIndicators, maxCategories, outliers);
    }

    /// Without these columns.
    public TabularOptions withDrop(List<String> columns) {
        return withDrop(columns.toArray(new String[0]));
    }

    /// Another task.
    public TabularOptions withTask(Task value) {
        return new TabularOptions(
                target, drop, value, imputation, neighbours, encoding, standardize, standardizeTarget, missingIndicators,
                maxCategories, outliers);
    }

    /// Another imputation.
    public TabularOptions withImputation(Imputation value) {
        return new TabularOptions(
                target, drop, task, value, neighbours, encoding, standardize, standardizeTarget, missingIndicators,
                maxCategories, outliers);
    }

    /// Nearest-neighbour imputation with this many neighbours.
    public TabularOptions withNeighbours(int value) {
        return new TabularOptions(
                target, drop, task, Imputation.KNN, value, encoding, standardize, standardizeTarget, missingIndicators,
                maxCategories, outliers);
    }

    /// Another encoding.
    public TabularOptions withEncoding(Encoding value) {
        return new TabularOptions(
                target, drop, task, imputation, neighbours, value, standardize, standardizeTarget, missingIndicators,
                maxCategories, outliers);
    }

    /// Standardised or raw numbers.
    public TabularOptions withStandardize(boolean value) {
        return new TabularOptions(
                target, drop, task, imputation, neighbours, encoding, value, standardizeTarget, missingIndicators,
                maxCategories, outliers);
    }

    /// A standardised or raw target.
    public TabularOptions withStandardizeTarget(boolean value) {
        return new TabularOptions(
                target, drop, task, imputation, neighbours, encoding, standardize, value, missingIndicators, maxCategories, outliers);
    }

    /// With or without indicators for missing cells.
    public TabularOptions withMissingIndicators(boolean value) {
        return new TabularOptions(
                target, drop, task, imputation, neighbours, encoding, standardize, standardizeTarget, value, maxCategories, outliers);
    }

    /// Without training rows that have a number further from the mean than so many deviations; 0 keeps all.
    public TabularOptions withOutliers(double deviations) {
        return new TabularOptions(
                target, drop, task, imputation, neighbours, encoding, standardize, standardizeTarget, missingIndicators,
                maxCategories, deviations);
    }
}
