package dev.ijen.metrics;

import dev.ijen.tensor.IjenException;

/// Checks of what metrics are given.
final class Inputs {
    private Inputs() {}

    static void lengths(String what, int truth, int other) {
        if (truth != other) {
            throw new IjenException(
                    what + ": lengths differ", truth + " true values, " + other + " predictions", "equally many",
                    "pass the same examples");
        }
        if (truth == 0) {
            throw new IjenException(what + ": no examples", "0", "at least 1", "check that the data set is not empty");
        }
    }

    static void rows(String what, int[] truth, double[] scores, int classes) {
        if (classes < 1 || truth.length == 0 || scores.length != (long) truth.length * classes) {
            throw new IjenException(
                    what + ": lengths differ",
                    truth.length + " labels, " + scores.length + " scores, " + classes + " classes",
                    "one score for each label and class, at least one label",
                    "pass scores [N, C] row by row");
        }
        labels(what, truth, classes);
    }

    static void labels(String what, int[] labels, int classes) {
        for (int label : labels) {
            if (label < 0 || label >= classes) {
                throw new IjenException(what + ": label out of range", String.valueOf(label), "0 to " + (classes - 1),
                        "check the labels");
            }
        }
    }

    static void binary(String what, int[] truth, double[] scores) {
        lengths(what, truth.length, scores.length);
        labels(what, truth, 2);
    }
}
