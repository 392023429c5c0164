package dev.ijen.data;

import dev.ijen.data.TabularPreprocessor.Categorical;
import dev.ijen.data.TabularPreprocessor.Donors;
import dev.ijen.data.TabularPreprocessor.Feature;
import dev.ijen.data.TabularPreprocessor.Numeric;
import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Turns rows of a table into features and labels.
final class TabularApply {
    private TabularApply() {}

    static HostTensor features(TabularPreprocessor p, Csv table, int[] rows) {
        checkRows(table, rows);
        int width = p.featureNames().size();
        var out = new float[Math.multiplyExact(rows.length, width)];
        int numeric = 0;
        int at = 0;
        double[][] imputed = p.donors() == null ? null : impute(p, table, rows);
        for (Feature f : p.features()) {
            Csv.Column column = table.column(f.column());
            switch (f) {
                case Numeric n -> {
                    for (int i = 0; i < rows.length; i++) {
                        double v = imputed == null ? scaled(n, table, column, rows[i]) : imputed[i][numeric];
                        out[i * width + at] = (float) (!Double.isNaN(v) ? v : (n.fill() - n.mean()) / n.std());
                    }
                    numeric++;
                    at++;
                }
                case Categorical c -> {
                    var places = TabularFit.places(c.categories());
                    for (int i = 0; i < rows.length; i++) {
                        Integer place = column.text(rows[i]) == null ? null : places.get(column.text(rows[i]));
                        if (!c.oneHot()) {
                            double v = place == null ? c.fill() : place;
                            out[i * width + at] = (float) ((v - c.mean()) / c.std());
                        } else if (place != null) {
                            out[i * width + at + place] = 1;
                        }
                    }
                    at += c.oneHot() ? c.categories().size() : 1;
                }
            }
        }
        for (Feature f : p.features()) {
            if (f.indicator()) {
                Csv.Column column = table.column(f.column());
                for (int i = 0; i < rows.length; i++) {
                    out[i * width + at] = column.text(rows[i]) == null ? 1 : 0;
                }
                at++;
            }
        }
        return HostTensor.of(out, rows.length, width);
    }

    /// The numeric features of a row as the network sees them, NaN where missing.
    static double[] numbers(TabularPreprocessor p, Csv table, int row) {
        var values = new ArrayList<Double>();
        for (Feature f : p.features()) {
            if (f instanceof Numeric n) {
                values.add(scaled(n, table, table.column(n.column()), row));
            }
        }
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double scaled(Numeric n, Csv table, Csv.Column column, int row) {
        double v = column.number(row);
        if (Double.isNaN(v) && column.text(row) != null) {
            throw FormatException.damaged(
                    table.source(),
                    "line " + table.line(row),
                    "'" + column.text(row) + "' in column '" + n.column() + "'",
                    "a number, as in training",
                    "correct the cell, or leave it empty");
        }
        return (v - n.mean()) / n.std();
    }

    private static double[][] impute(TabularPreprocessor p, Csv table, int[] rows) {
        var all = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            all[i] = numbers(p, table, rows[i]);
            impute(all[i], p.donors());
        }
        return all;
    }

    /// Each missing number becomes the mean of that of the nearest donors that have it. Distance is over the numbers
    /// both have, scaled up for those they have not (scikit-learn's `nan_euclidean_distances`); donors without any
    /// number in common do not count.
    private static void impute(double[] row, Donors donors) {
        double[] given = row.clone();
        double[] distances = null;
        for (int f = 0; f < row.length; f++) {
            if (!Double.isNaN(given[f])) {
                continue;
            }
            if (distances == null) {
                distances = donors.rows().stream().mapToDouble(d -> distance(given, d)).toArray();
            }
            row[f] = nearestMean(f, distances, donors);
        }
    }

    private static double nearestMean(int feature, double[] distances, Donors donors) {
        List<double[]> rows = donors.rows();
        var near = new double[donors.neighbours()];
        var values = new double[donors.neighbours()];
        int n = 0;
        for (int i = 0; i < distances.length; i++) {
            double v = rows.get(i)[feature];
            if (Double.isNaN(v) || Double.isNaN(distances[i]) || (n == near.length && distances[i] >= near[n - 1])) {
                continue;
            }
            int k = n < near.length ? n++ : n - 1;
            for (; k > 0 && near[k - 1] > distances[i]; k--) {
                near[k] = near[k - 1];
                values[k] = values[k - 1];
            }
            near[k] = distances[i];
            values[k] = v;
        }
        return n == 0 ? Double.NaN : Arrays.stream(values, 0, n).sum() / n;
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        int common = 0;
        for (int i = 0; i < a.length; i++) {
            double d = a[i] - b[i];
            if (!Double.isNaN(d)) {
                sum += d * d;
                common++;
            }
        }
        return common == 0 ? Double.NaN : Math.sqrt(sum * a.length / common);
    }

    static HostTensor labels(TabularPreprocessor p, Csv table, int[] rows) {
        checkRows(table, rows);
        var target = p.target();
        Csv.Column column = table.column(target.column());
        if (p.isClassification()) {
            var places = TabularFit.places(target.classes());
            var labels = new int[rows.length];
            for (int i = 0; i < rows.length; i++) {
                String text = column.text(rows[i]);
                Integer place = text == null ? null : places.get(text);
                if (place == null) {
                    throw badTarget(table, rows[i], column, "one of the classes " + target.classes());
                }
                labels[i] = place;
            }
            return HostTensor.of(labels, rows.length);
        }
        var labels = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            double v = column.number(rows[i]);
            if (Double.isNaN(v)) {
                throw badTarget(table, rows[i], column, "a number");
            }
            labels[i] = (float) ((v - target.mean()) / target.std());
        }
        return HostTensor.of(labels, rows.length, 1);
    }

    private static FormatException badTarget(Csv table, int row, Csv.Column column, String expected) {
        String text = column.text(row);
        return FormatException.damaged(
                table.source(),
                "line " + table.line(row),
                (text == null ? "nothing" : "'" + text + "'") + " in the target column '" + column.name() + "'",
                expected,
                "correct or remove the row");
    }

    private static void checkRows(Csv table, int[] rows) {
        for (int r : rows) {
            if (r < 0 || r >= table.rows()) {
                throw new IjenException(
                        table.source() + ": no such row", "" + r, "0 to " + (table.rows() - 1), "check the split");
            }
        }
    }
}
