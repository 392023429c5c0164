package dev.ijen.metrics;

import java.util.List;

/// How far sequences are from the true ones: the fewest symbols to put in, take out or exchange (Levenshtein 1966).
public final class EditDistance {
    private EditDistance() {}

    /// Between two sequences.
    public static int of(List<?> truth, List<?> predicted) {
        var row = new int[predicted.size() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= truth.size(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int exchanged = diagonal + (truth.get(i - 1).equals(predicted.get(j - 1)) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(exchanged, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[predicted.size()];
    }

    /// Label error rate: the distances of all sequences over all true symbols. May be above 1.
    public static double rate(List<? extends List<?>> truth, List<? extends List<?>> predicted) {
        Inputs.lengths("label error", truth.size(), predicted.size());
        long distance = 0;
        long symbols = 0;
        for (int i = 0; i < truth.size(); i++) {
            distance += of(truth.get(i), predicted.get(i));
            symbols += truth.get(i).size();
        }
        return symbols == 0 ? distance == 0 ? 0 : 1 : (double) distance / symbols;
    }
}
