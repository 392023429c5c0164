package dev.ijen.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.tensor.IjenException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Numbers of scikit-learn 1.2.1 on the same predictions (expected calibration error and the Brier score of several
/// classes: NumPy). Class 3 has predictions and no examples.
class MetricsTest {
    private static final int CLASSES = 4;
    private static final int[] TRUTH = {
        0, 2, 0, 2, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 1, 1,
        0, 1, 0, 1, 1, 2
    };
    private static final double[] PROBABILITIES = {
        0.476, 0.115, 0.214, 0.195, 0.063063, 0.085085, 0.600601, 0.251251, 0.13013, 0.677678, 0.104104,
        0.088088, 0.147852, 0.191808, 0.174825, 0.485514, 0.49, 0.256, 0.112, 0.142, 0.291, 0.654, 0.019,
        0.036, 0.016, 0.679, 0.026, 0.279, 0.142857, 0.614386, 0.047952, 0.194805, 0.196196, 0.11011,
        0.441441, 0.252252, 0.507, 0.144, 0.009, 0.34, 0.089, 0.37, 0.489, 0.052, 0.083083, 0.065065,
        0.634635, 0.217217, 0.050949, 0.072927, 0.745255, 0.130869, 0.666, 0.093, 0.118, 0.123, 0.094, 0.153,
        0.659, 0.094, 0.919, 0.024, 0.037, 0.02, 0.542, 0.292, 0.084, 0.082, 0.245, 0.247, 0.33, 0.178,
        0.009009, 0.751752, 0.089089, 0.15015, 0.028028, 0.816817, 0.019019, 0.136136, 0.224, 0.131, 0.484,
        0.161, 0.059, 0.026, 0.132, 0.783, 0.192, 0.112, 0.486, 0.21, 0.851, 0.041, 0.028, 0.08, 0.296296,
        0.045045, 0.079079, 0.57958, 0.756, 0.073, 0.102, 0.069, 0.553554, 0.152152, 0.234234, 0.06006,
        0.04004, 0.081081, 0.796797, 0.082082, 0.516, 0.082, 0.031, 0.371, 0.806, 0.112, 0.049, 0.033, 0.898,
        0.048, 0.01, 0.044, 0.457457, 0.076076, 0.422422, 0.044044, 0.027, 0.752, 0.051, 0.17, 0.089089,
        0.760761, 0.041041, 0.109109, 0.179179, 0.502503, 0.221221, 0.097097, 0.149, 0.329, 0.382, 0.14,
        0.847, 0.079, 0.067, 0.007, 0.345, 0.335, 0.266, 0.054, 0.108891, 0.741259, 0.043956, 0.105894,
        0.327327, 0.134134, 0.424424, 0.114114
    };
    private static final double[] SCORES = {
        0.5, 0.1, 0.1, 0.1, 0.5, 0.3, 0.0, 0.1, 0.2, 0.5, 0.1, 0.1, 0.1, 0.7, 0.1, 0.9, 0.5, 0.2, 0.0, 0.0,
        0.2, 0.1, 0.2, 0.9, 0.3, 0.8, 0.6, 0.0, 0.5, 0.8, 0.9, 0.5, 0.0, 0.1, 0.2, 0.1, 0.8, 0.3, 0.1, 0.3
    };
    private static final double[] NUMBERS = {
        2.46, 1.59, -1.02, 0.0, -0.4, 2.5, -0.05, -0.38, -5.42, 2.98, -4.47, -3.85
    };
    private static final double[] GUESSES = {
        2.08, 1.62, -0.97, -0.76, -0.71, 1.89, -1.86, -0.64, -6.11, 3.4, -4.62, -2.89
    };

    private static Confusion confusion() {
        return Confusion.ofScores(TRUTH, PROBABILITIES, CLASSES);
    }

    private static int[] first() {
        return Arrays.stream(TRUTH).map(t -> t == 0 ? 1 : 0).toArray();
    }

    @Test
    void confusionCounts() {
        long[][] counts = {{13, 2, 5, 2}, {1, 8, 3, 0}, {1, 0, 4, 1}, {0, 0, 0, 0}};
        assertArrayEquals(counts, confusion().counts());
        assertEquals(40, confusion().total());
        assertEquals(80, confusion().plus(confusion()).total());
    }

    @Test
    void accuracyAndTopK() {
        assertEquals(0.625, confusion().accuracy());
        assertEquals(0.625, Accuracy.top1(TRUTH, PROBABILITIES, CLASSES));
        assertEquals(0.725, Accuracy.topK(TRUTH, PROBABILITIES, CLASSES, 2));
        assertEquals(0.9, Accuracy.topK(TRUTH, PROBABILITIES, CLASSES, 3));
        assertEquals(0.6414141414141414, confusion().balancedAccuracy(), 1e-15);
        assertEquals(0, Accuracy.top1(new int[] {0}, new double[] {Double.NaN, 1}, 2), "NaN is never right");
    }

    @Test
    void precisionRecallAndF1() {
        var c = confusion();
        assertEquals(0.5, c.precision(Average.MACRO), 1e-15);
        assertEquals(0.4810606060606061, c.recall(Average.MACRO), 1e-15);
        assertEquals(0.46860496860496864, c.f1(Average.MACRO), 1e-15);
        assertEquals(0.7666666666666667, c.precision(Average.WEIGHTED), 1e-15);
        assertEquals(0.625, c.recall(Average.WEIGHTED), 1e-15);
        assertEquals(0.6713349713349714, c.f1(Average.WEIGHTED), 1e-15);
        assertEquals(0.625, c.precision(Average.MICRO), 1e-15);
        assertEquals(0.625, c.recall(Average.MICRO), 1e-15);
        assertEquals(0.625, c.f1(Average.MICRO), 1e-15);
        assertEquals(0.86666667, c.precision(0), 1e-8);
        assertEquals(0.59090909, c.recall(0), 1e-8);
        assertEquals(0.7027027, c.f1(0), 1e-8);
        assertEquals(0.44444444, c.f1(2), 1e-8);
    }

    @Test
    void zeroDivisionIsWhatTheCallerSays() {
        assertEquals(0, confusion().recall(3));
        assertEquals(1, confusion().zeroDivision(1).recall(3));
        assertEquals(0.7310606060606061, confusion().zeroDivision(1).recall(Average.MACRO), 1e-15);
        assertEquals(0.46860496860496864, confusion().zeroDivision(1).f1(Average.MACRO), 1e-15,
                "class 3 has predictions");
    }

    @Test
    void correlationOfClasses() {
        assertEquals(0.46643759109612487, confusion().matthews(), 1e-15);
        assertEquals(0.4434137291280148, confusion().kappa(), 1e-15);
        var constant = Confusion.of(new int[] {1, 1}, new int[] {1, 1}, 2);
        assertEquals(0, constant.matthews());
        assertEquals(1, constant.kappa());
    }

    @Test
    void areasUnderCurvesWithTies() {
        assertEquals(0.8510101010101011, Ranking.rocAuc(first(), SCORES), 1e-15);
        assertEquals(0.8666070644331515, Ranking.averagePrecision(first(), SCORES), 1e-15);
        assertTrue(Double.isNaN(Ranking.rocAuc(new int[] {1, 1}, new double[] {0.1, 0.2})));
        var two = new int[TRUTH.length];
        var q = new double[TRUTH.length * 2];
        for (int i = 0; i < two.length; i++) {
            two[i] = first()[i];
            q[2 * i] = 1 - SCORES[i];
            q[2 * i + 1] = SCORES[i];
        }
        assertEquals(0.8510101010101011, Ranking.rocAuc(two, q, 2), 1e-15);
        assertEquals(0.6250003296603011, Calibration.logLoss(two, q, 2), 1e-9);
    }

    @Test
    void curves() {
        double[] falsePositives = {0, 0, 0, 0, 0, 1 / 18.0, 4 / 18.0, 5 / 18.0, 13 / 18.0, 1};
        double[] truePositives = {0, 3 / 22.0, 6 / 22.0, 7 / 22.0, 8 / 22.0, 13 / 22.0, 14 / 22.0, 18 / 22.0, 1, 1};
        double[] precisions = {
            1, 1, 1, 1, 1, 0.9285714285714286, 0.7777777777777778, 0.782608695652174, 0.6285714285714286, 0.55
        };
        var roc = Ranking.rocCurve(first(), SCORES);
        var pr = Ranking.precisionRecallCurve(first(), SCORES);
        assertArrayEquals(falsePositives, roc.stream().mapToDouble(Ranking.Point::x).toArray(), 1e-15);
        assertArrayEquals(truePositives, roc.stream().mapToDouble(Ranking.Point::y).toArray(), 1e-15);
        assertArrayEquals(truePositives, pr.stream().mapToDouble(Ranking.Point::x).toArray(), 1e-15);
        assertArrayEquals(precisions, pr.stream().mapToDouble(Ranking.Point::y).toArray(), 1e-15);
        assertEquals(0.9, roc.get(1).threshold());
    }

    @Test
    void probabilities() {
        assertEquals(1.006808115014198, Calibration.logLoss(TRUTH, PROBABILITIES, CLASSES), 1e-9);
        assertEquals(0.2145, Calibration.brier(first(), SCORES), 1e-15);
        assertEquals(0.5091550343044, Calibration.brier(TRUTH, PROBABILITIES, CLASSES), 1e-13);
        assertEquals(0.0813795, Calibration.ece(TRUTH, PROBABILITIES, CLASSES, 10), 1e-13);
    }

    @Test
    void numbers() {
        assertEquals(0.5111583333333334, Regression.mse(NUMBERS, GUESSES), 1e-15);
        assertEquals(0.7149533784334007, Regression.rmse(NUMBERS, GUESSES), 1e-15);
        assertEquals(0.5358333333333334, Regression.mae(NUMBERS, GUESSES), 1e-15);
        assertEquals(0.9288219929006497, Regression.r2(NUMBERS, GUESSES), 1e-14);
        assertEquals(285227976400134.56, Regression.mape(NUMBERS, GUESSES), 1);
        var other = NUMBERS.clone();
        other[3] = 1;
        assertEquals(3.369726930842612, Regression.mape(other, GUESSES), 1e-14);
        assertEquals(1, Regression.r2(new double[] {2, 2}, new double[] {2, 2}));
        assertEquals(0, Regression.r2(new double[] {2, 2}, new double[] {2, 3}));
    }

    @Test
    void wrongInputIsNamed() {
        var e = assertThrows(IjenException.class, () -> Regression.mse(new double[2], new double[3]));
        assertTrue(e.getMessage().contains("2 true values, 3 predictions"), e.getMessage());
        e = assertThrows(IjenException.class, () -> Confusion.of(new int[] {4}, new int[] {0}, 4));
        assertTrue(e.getMessage().contains("0 to 3"), e.getMessage());
        assertThrows(IjenException.class, () -> Ranking.rocAuc(new int[0], new double[0]));
        assertThrows(IjenException.class, () -> Accuracy.top1(new int[] {0}, new double[3], 2));
    }
}
