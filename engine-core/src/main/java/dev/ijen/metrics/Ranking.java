package dev.ijen.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// How well scores put positive examples (1) before negative ones (0). Scores of equal height are one threshold.
public final class Ranking {
    private Ranking() {}

    /// What a threshold gives: predicted positive is who scores at least that much.
    ///
    /// @param threshold the score
    /// @param truePositives positive examples found
    /// @param falsePositives negative examples taken for positive
    public record Cut(double threshold, long truePositives, long falsePositives) {}

    /// A point of a curve.
    ///
    /// @param x false-positive rate, or recall
    /// @param y true-positive rate, or precision
    /// @param threshold the score it belongs to
    public record Point(double x, double y, double threshold) {}

    /// The distinct thresholds, falling.
    public static List<Cut> cuts(int[] truth, double[] scores) {
        Inputs.binary("ranking", truth, scores);
        var order = IntStream.range(0, scores.length)
                .boxed()
                .sorted((a, b) -> Double.compare(scores[b], scores[a]))
                .mapToInt(i -> i)
                .toArray();
        var cuts = new ArrayList<Cut>();
        long tp = 0;
        long fp = 0;
        for (int i = 0; i < order.length; i++) {
            tp += truth[order[i]];
            fp += 1 - truth[order[i]];
            if (i + 1 == order.length || scores[order[i + 1]] != scores[order[i]]) {
                cuts.add(new Cut(scores[order[i]], tp, fp));
            }
        }
        return cuts;
    }

    /// False-positive rate against true-positive rate, from (0, 0) to (1, 1). A rate without examples is NaN.
    public static List<Point> rocCurve(int[] truth, double[] scores) {
        var cuts = cuts(truth, scores);
        double positives = cuts.getLast().truePositives;
        double negatives = cuts.getLast().falsePositives;
        var points = new ArrayList<Point>();
        points.add(new Point(0, 0, Double.POSITIVE_INFINITY));
        for (var c : cuts) {
            points.add(new Point(c.falsePositives / negatives, c.truePositives / positives, c.threshold));
        }
        return points;
    }

    /// Area under the ROC curve: the probability that a positive example scores higher than a negative one, ties being
    /// half. NaN if all examples are of one class.
    public static double rocAuc(int[] truth, double[] scores) {
        double area = 0;
        Point before = null;
        for (var p : rocCurve(truth, scores)) {
            if (before != null) {
                area += (p.x - before.x) * (p.y + before.y) / 2;
            }
            before = p;
        }
        return area;
    }

    /// Mean over the classes of the area under one-against-the-rest curves, for scores [N, C].
    public static double rocAuc(int[] truth, double[] scores, int classes) {
        Inputs.rows("roc auc", truth, scores, classes);
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            var own = new int[truth.length];
            var column = new double[truth.length];
            for (int i = 0; i < own.length; i++) {
                own[i] = truth[i] == c ? 1 : 0;
                column[i] = scores[i * classes + c];
            }
            sum += rocAuc(own, column);
        }
        return sum / classes;
    }

    /// Recall against precision, recall rising; ends, or rather starts, at (0, 1). Without positive examples recall is
    /// NaN.
    public static List<Point> precisionRecallCurve(int[] truth, double[] scores) {
        var cuts = cuts(truth, scores);
        double positives = cuts.getLast().truePositives;
        var points = new ArrayList<Point>();
        points.add(new Point(0, 1, Double.POSITIVE_INFINITY));
        for (var c : cuts) {
            double found = c.truePositives + c.falsePositives;
            points.add(new Point(c.truePositives / positives, c.truePositives / found, c.threshold));
        }
        return Collections.unmodifiableList(points);
    }

    /// Σ (recallₙ − recallₙ₋₁) · precisionₙ over falling thresholds. NaN without positive examples.
    public static double averagePrecision(int[] truth, double[] scores) {
        double sum = 0;
        double recall = 0;
        for (var p : precisionRecallCurve(truth, scores)) {
            sum += (p.x - recall) * p.y;
            recall = p.x;
        }
        return sum;
    }
}
