package dev.ijen.metrics;

/// How often the right class has a high score.
public final class Accuracy {
    private Accuracy() {}

    /// Share of examples whose class has the greatest score [N, C]; of equal scores the first wins.
    public static double top1(int[] truth, double[] scores, int classes) {
        return topK(truth, scores, classes, 1);
    }

    /// Share of examples whose class is among the `k` greatest scores [N, C]; of equal scores the first wins. A NaN is
    /// never right.
    public static double topK(int[] truth, double[] scores, int classes, int k) {
        Inputs.rows("accuracy", truth, scores, classes);
        int hits = 0;
        for (int i = 0; i < truth.length; i++) {
            int at = i * classes;
            double own = scores[at + truth[i]];
            int before = 0;
            for (int c = 0; c < classes; c++) {
                double s = scores[at + c];
                before += s > own || Double.isNaN(s) || (s == own && c < truth[i]) ? 1 : 0;
            }
            hits += before < k && !Double.isNaN(own) ? 1 : 0;
        }
        return (double) hits / truth.length;
    }

    /// The class of the greatest score of each row; of equal ones the first.
    public static int[] predictions(int[] truth, double[] scores, int classes) {
        Inputs.rows("predictions", truth, scores, classes);
        var p = new int[truth.length];
        for (int i = 0; i < p.length; i++) {
            for (int c = 1; c < classes; c++) {
                if (scores[i * classes + c] > scores[i * classes + p[i]]) {
                    p[i] = c;
                }
            }
        }
        return p;
    }
}
