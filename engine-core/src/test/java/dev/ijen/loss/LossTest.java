package dev.ijen.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.nn.OnEngine;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Losses and their gradients equal PyTorch 1.13's in F64 (focal, contrastive: the papers' formulas in PyTorch).
class LossTest extends OnEngine {
    private static final double[] A = {
        0.8, 0.17, 0.09, -0.61, 0.05, -1.37, 0.34, 1.01, -1.44, 0.98, 0.52, 1.24
    };
    private static final double[] B = {
        -0.86, 0.3, 0.42, -0.08, 0.93, 0.82, 0.5, -0.16, -0.68, -1.06, 0.75, 0.24
    };
    private static final double[] C = {
        -1.97, -2.03, 0.57, -0.12, -0.92, -0.74, 0.17, 0.01, 0.13, -0.47, -1.33, -1.71
    };
    private static final double[] Z = {
        -1.17, 0.45, -3.54, 1.59, -4.35, -1.89, 0.45, -0.75, 1.35, 0.03, 4.02, 4.38
    };
    private static final double[] Z3 = {
        -0.351, 0.135, -1.062, 0.477, -1.305, -0.567, 0.135, -0.225, 0.405, 0.009, 1.206, 1.314
    };
    private static final double[] LP = {
        -1.81589437232, -0.195894372318, -4.18589437232, -0.032892502084, -5.97289250208, -3.51289250208,
        -1.32463098893, -2.52463098893, -0.424630988929, -4.88683432914, -0.896834329137, -0.536834329137
    };
    private static final double[] Q = {
        0.35, 0.625, 0.025, 0.525, 0.166, 0.309, 0.109, 0.708, 0.183, 0.738, 0.147, 0.115
    };
    private static final double[] Q0 = {
        0.35, 0.625, 0.025, 0, 0.25, 0.75, 0.109, 0.708, 0.183, 0.738, 0.147, 0.115
    };
    private static final double[] T = {
        0, 1, 1, 0.42, 0.74, 0.65, 0.38, 0.74, 0.34, 0.34, 0.36, 0.44
    };
    private static final double[] S = {
        1, 1, 1, 1, -1, 1, 1, 1, 1, -1, 1, 1
    };
    private static final double[] COUNTS = {0, 1, 2, 3, 0, 1, 2, 2, 0, 5, 1, 0};
    private static final float[] WEIGHTS = {0.5f, 2, 1.25f};
    private static final Tensor LABELS = Tensor.of(HostTensor.of(new int[] {2, 0, 1, 2}, 4));

    /// A loss of one tensor, its value and its gradient.
    record Case(String name, UnaryOperator<Tensor> loss, double[] input, int[] shape, double value,
            double... gradient) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Tensor constant(Tensor like, double[] values, int... dims) {
        return Tensor.of(HostTensor.of(like.dtype(), values, dims));
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(
                        "mse",
                        x -> Loss.mse(x, constant(x, B, 3, 4)),
                        A,
                        dims(3, 4),
                        1.3266166667,
                        0.27666666667, -0.021666666667, -0.055, -0.088333333333, -0.14666666667, -0.365,
                        -0.026666666667, 0.195, -0.12666666667, 0.34, -0.038333333333, 0.16666666667),
                new Case(
                        "mae",
                        x -> Loss.mae(x, constant(x, B, 3, 4)),
                        A,
                        dims(3, 4),
                        0.92333333333,
                        0.083333333333, -0.083333333333, -0.083333333333, -0.083333333333, -0.083333333333,
                        -0.083333333333, -0.083333333333, 0.083333333333, -0.083333333333, 0.083333333333,
                        -0.083333333333, 0.083333333333),
                new Case(
                        "huber",
                        x -> Loss.huber(x, constant(x, B, 3, 4), 0.7),
                        A,
                        dims(3, 4),
                        0.44313333333,
                        0.058333333333, -0.010833333333, -0.0275, -0.044166666667, -0.058333333333,
                        -0.058333333333, -0.013333333333, 0.058333333333, -0.058333333333, 0.058333333333,
                        -0.019166666667, 0.058333333333),
                new Case(
                        "smooth L1",
                        x -> Loss.smoothL1(x, constant(x, B, 3, 4), 0.7),
                        A,
                        dims(3, 4),
                        0.63304761905,
                        0.083333333333, -0.015476190476, -0.039285714286, -0.063095238095, -0.083333333333,
                        -0.083333333333, -0.019047619048, 0.083333333333, -0.083333333333, 0.083333333333,
                        -0.027380952381, 0.083333333333),
                new Case(
                        "cross-entropy",
                        x -> Loss.crossEntropy(x, LABELS),
                        Z,
                        dims(4, 3),
                        1.8200630481,
                        0.040673083945, 0.20552476663, -0.24619785057, -0.0080893566104, 0.0006367159863,
                        0.0074526406241, 0.066475265356, -0.22997803484, 0.16350276948, 0.0018863176377,
                        0.10196469121, -0.10385100885),
                new Case(
                        "smoothed cross-entropy",
                        x -> CrossEntropy.of().withSmoothing(0.1).apply(x, LABELS),
                        Z,
                        dims(4, 3),
                        1.8573130481,
                        0.032339750612, 0.19719143329, -0.22953118391, 0.0085773100563, -0.007696617347,
                        -0.00088069270923, 0.058141932022, -0.21331136817, 0.15516943615, -0.0064470156957,
                        0.093631357874, -0.087184342179),
                new Case(
                        "weighted cross-entropy",
                        x -> CrossEntropy.of().withClassWeights(WEIGHTS).apply(x, LABELS),
                        Z,
                        dims(4, 3),
                        2.1938238211,
                        0.040673083945, 0.20552476663, -0.24619785057, -0.0032357426442, 0.00025468639452,
                        0.0029810562496, 0.10636042457, -0.36796485574, 0.26160443117, 0.0018863176377,
                        0.10196469121, -0.10385100885),
                new Case(
                        "weighted, smoothed cross-entropy",
                        x -> CrossEntropy.of().withClassWeights(WEIGHTS).withSmoothing(0.2).apply(x, LABELS),
                        Z,
                        dims(4, 3),
                        2.2088716665,
                        0.034006417278, 0.17885809996, -0.21286451724, 0.039126867896, -0.026335574354,
                        -0.012791293542, 0.09171672606, -0.31703415823, 0.22531743217, -0.004780349029,
                        0.075298024541, -0.070517675512),
                new Case(
                        "cross-entropy without class 2",
                        x -> CrossEntropy.of().withIgnore(2).apply(x, LABELS),
                        Z,
                        dims(4, 3),
                        1.2787617455,
                        0, 0, 0, -0.016178713221, 0.0012734319726, 0.014905281248, 0.13295053071,
                        -0.45995606968, 0.32700553897, 0, 0, 0),
                new Case(
                        "weighted, smoothed cross-entropy without class 2",
                        x -> CrossEntropy.of().withClassWeights(WEIGHTS).withSmoothing(0.2).withIgnore(2).apply(x,
                                LABELS),
                        Z,
                        dims(4, 3),
                        2.2235789823,
                        0, 0, 0, 0.078253735792, -0.052671148708, -0.025582587084, 0.18343345212,
                        -0.63406831646, 0.45063486434, 0, 0, 0),
                new Case(
                        "soft cross-entropy",
                        x -> Loss.crossEntropy(x, constant(x, Q, 4, 3)),
                        Z,
                        dims(4, 3),
                        2.1916205481,
                        -0.046826916055, 0.049274766628, -0.0024478505728, 0.11066064339, -0.040863284014,
                        -0.069797359376, 0.039225265356, -0.15697803484, 0.11775276948, -0.18261368236,
                        0.065214691208, 0.11739899115),
                new Case(
                        "soft, weighted, smoothed cross-entropy",
                        x -> CrossEntropy.of().withClassWeights(WEIGHTS).withSmoothing(0.2).apply(x,
                                constant(x, Q, 4, 3)),
                        Z,
                        dims(4, 3),
                        2.5533124228,
                        0.014219080449, 0.0074842114449, -0.021703291894, 0.18944741832, -0.099074586974,
                        -0.090372831344, 0.08775195873, -0.2843099826, 0.19655802387, -0.080444324521,
                        -0.00083414882593, 0.081278473347),
                new Case(
                        "nll",
                        x -> Loss.nll(x, LABELS),
                        LP,
                        dims(4, 3),
                        1.8200630481,
                        0, 0, -0.25, -0.25, 0, 0, 0, -0.25, 0, 0, 0, -0.25),
                new Case(
                        "binary cross-entropy",
                        x -> Loss.binaryCrossEntropy(x, constant(x, T, 4, 3)),
                        Z,
                        dims(4, 3),
                        1.5525409454,
                        0.019737915356, -0.032446730504, -0.080983726002, 0.034218008589, -0.060604804211,
                        -0.043229627547, 0.019219936162, -0.034931558265, 0.037844135683, 0.013958286463,
                        0.051863638305, 0.045635798772),
                new Case(
                        "binary cross-entropy, positive weight",
                        x -> BinaryCrossEntropy.of().withPositiveWeight(WEIGHTS).apply(x, constant(x, T, 4, 3)),
                        Z,
                        dims(4, 3),
                        2.0162521607,
                        0.019737915356, -0.064893461008, -0.1012296575, 0.037182226785, -0.12148569266,
                        -0.054994025356, 0.025384814958, -0.076814244714, 0.036385887216, 0.020935377764,
                        0.051334548095, 0.045522403303),
                new Case(
                        "hinge",
                        x -> Loss.hinge(x, constant(x, S, 4, 3)),
                        Z,
                        dims(4, 3),
                        1.1233333333,
                        -0.083333333333, -0.083333333333, -0.083333333333, 0, 0, -0.083333333333,
                        -0.083333333333, -0.083333333333, 0, 0.083333333333, 0, 0),
                new Case(
                        "squared hinge",
                        x -> Loss.squaredHinge(x, constant(x, S, 4, 3)),
                        Z,
                        dims(4, 3),
                        3.2000833333,
                        -0.36166666667, -0.091666666667, -0.75666666667, 0, 0, -0.48166666667, -0.091666666667,
                        -0.29166666667, 0, 0.17166666667, 0, 0),
                new Case(
                        "kl",
                        x -> Loss.kl(x.logSoftmax(), constant(x, Q0, 4, 3)),
                        Z,
                        dims(4, 3),
                        1.9831847807,
                        -0.046826916055, 0.049274766628, -0.0024478505728, 0.24191064339, -0.061863284014,
                        -0.18004735938, 0.039225265356, -0.15697803484, 0.11775276948, -0.18261368236,
                        0.065214691208, 0.11739899115),
                new Case(
                        "focal",
                        x -> Loss.focal(x, LABELS, 2),
                        Z,
                        dims(4, 3),
                        1.5721624505,
                        0.044545196772, 0.22509090246, -0.26963609923, -2.5131684524e-05, 1.9781233625e-06,
                        2.3153561161e-05, 0.080982603718, -0.28016766777, 0.19918506405, 0.00081733009916,
                        0.044180688084, -0.044998018183),
                new Case(
                        "binary focal",
                        x -> Loss.binaryFocal(x, constant(x, S, 4, 3).gt(0), 0.25, 2),
                        Z,
                        dims(4, 3),
                        0.14537484361,
                        -0.017537627504, -0.0031323304552, -0.023079672328, -0.00028552705823, 3.8627207733e-07,
                        -0.022041285552, -0.0031323304552, -0.013537173443, -0.00050503978421, 0.019399351556,
                        -3.4082350774e-07, -1.178232055e-07),
                new Case(
                        "Poisson nll",
                        x -> Loss.poissonNll(x, constant(x, COUNTS, 4, 3)),
                        Z3,
                        dims(4, 3),
                        1.3508696998,
                        0.058665312821, 0.012044732029, -0.13785303407, -0.11573054633, 0.022597711254,
                        -0.036064619798, -0.071288601304, -0.10012364844, 0.124941875, -0.33257994819,
                        0.19500812551, 0.31008567467),
                new Case(
                        "cosine embedding",
                        x -> Loss.cosineEmbedding(x, constant(x, B, 3, 4), constant(x, new double[] {1, -1, -1}, 3),
                                -0.5),
                        A,
                        dims(3, 4),
                        0.75639686528,
                        0.14240687297, -0.12587938113, -0.15111704122, 0.12938601618, 0.13512030451,
                        0.047690412123, 0.088465897252, 0.0282192518, -0.050304511764, -0.12107171869,
                        0.069613352556, 0.0080748742294),
                new Case(
                        "triplet",
                        x -> Loss.triplet(x, constant(x, B, 3, 4), constant(x, C, 3, 4), 1),
                        A,
                        dims(3, 4),
                        0.70023953789,
                        0, 0, 0, 0, -0.32132172966, -0.14010198069, -0.057043371863, -0.068898030009, 0, 0, 0, 0),
                new Case(
                        "contrastive",
                        x -> Loss.contrastive(x, constant(x, B, 3, 4), constant(x, new double[] {1, 0, 0}, 3), 3),
                        A,
                        dims(3, 4),
                        0.6074264806,
                        0.55333333333, -0.043333333333, -0.11, -0.17666666667, 0.040110056012, 0.099819343939,
                        0.0072927374567, -0.053328142652, 0.062454625883, -0.16764136421, 0.018900742043,
                        -0.082177139319));
    }

    private void check(Case c, DType type, double tolerance) {
        var x = engine.tensor(HostTensor.of(type, c.input, c.shape));
        var loss = c.loss.apply(x);
        var values = engine.evaluate(List.of(loss, Gradient.of(loss, x)));
        assertEquals(type, loss.dtype());
        assertClose(new double[] {c.value}, values.get(0), tolerance);
        assertClose(c.gradient, values.get(1), tolerance);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void valueAndGradientEqualTheReference(Case c) {
        check(c, DType.F64, 1e-9);
        check(c, DType.F32, 1e-6);
    }

    @Test
    void reductions() {
        var z = doubles(dims(4, 3), Z);
        double[] each = {4.1858943723, 0.032892502084, 2.5246309889, 0.53683432914};
        assertClose(each, Loss.crossEntropy(z, LABELS, Reduce.NONE), 1e-9);
        assertClose(7.2802521925, Loss.crossEntropy(z, LABELS, Reduce.SUM), 1e-9);
        assertEquals(LABELS.shape(), CrossEntropy.of().with(Reduce.NONE).withSmoothing(0.1).apply(z, LABELS).shape());
        assertEquals(z.shape(), Loss.mse(z, z, Reduce.NONE).shape());
    }

    @Test
    void labelsMayHaveAnyWholeTypeAndRank() {
        var z = doubles(dims(2, 2, 3), Z);
        var l = LABELS.reshape(2, 2);
        for (var type : List.of(DType.I64, DType.U8, DType.I8)) {
            assertClose(1.8200630481, Loss.crossEntropy(z, l.cast(type)), 1e-9);
            assertClose(1.2787617455, CrossEntropy.of().withIgnore(2).apply(z, l.cast(type)), 1e-9);
            assertClose(1.8200630481, Loss.nll(z.logSoftmax(), l.cast(type)), 1e-9);
        }
    }

    @Test
    void crossEntropyIsFiniteAtHugeLogits() {
        var x = floats(dims(2, 3), 1e4, -1e4, 0, -1e4, 1e4, 1e4);
        var labels = engine.tensor(new int[] {1, 0}, 2);
        var loss = Loss.crossEntropy(x, labels);
        assertClose((20000 + 20000 + Math.log(2)) / 2, loss, 1e-6);
        assertClose(new double[] {0.5, -0.5, 0, -0.5, 0.25, 0.25}, Gradient.of(loss, x), 1e-6);
        assertClose((20000 + 20000 + Math.log(2)) / 2, CrossEntropy.of().withSmoothing(1e-9).apply(x, labels), 1e-4);

        var z = floats(dims(4), 1e4, -1e4, 1e4, -1e4);
        var t = floats(dims(4), 1, 0, 0, 1);
        var bce = Loss.binaryCrossEntropy(z, t);
        assertClose(5000, bce, 1e-6);
        assertClose(new double[] {0, 0, 0.25, -0.25}, Gradient.of(bce, z), 1e-6);
    }

    @Test
    void focalLossHasNoNaNWhereAllIsRight() {
        var x = floats(dims(1, 2), 1e4, -1e4);
        for (double gamma : new double[] {0, 1, 1.5, 2}) {
            var loss = Loss.focal(x, engine.tensor(new int[] {0}, 1), gamma);
            assertClose(0, loss, 0);
            assertClose(new double[] {0, 0}, Gradient.of(loss, x), 0);
        }
        assertThrows(IjenException.class, () -> Loss.focal(x, engine.tensor(new int[] {0}, 1), 0.5));
    }

    @Test
    void gradientsAtZeroLogitsAreRight() {
        var z = doubles(dims(2), 0, 0);
        var loss = Loss.binaryCrossEntropy(z, doubles(dims(2), 0, 1), Reduce.SUM);
        assertClose(new double[] {0.5, -0.5}, Gradient.of(loss, z), 1e-12);
    }

    @Test
    void whatDoesNotCountGivesNoNaN() {
        var z = doubles(dims(4, 3), Z);
        var none = engine.tensor(new int[] {-100, -100, -100, -100}, 4);
        var loss = Loss.crossEntropy(z, none);
        assertClose(0, loss, 0);
        assertClose(new double[12], Gradient.of(loss, z), 0);
        var same = doubles(dims(1, 2), 1, 2);
        var pair = Loss.contrastive(same, doubles(dims(1, 2), 1, 2), doubles(dims(1), 0), 1);
        assertTrue(Double.isFinite(engine.evaluate(Gradient.of(pair, same)).get(0)));
        var zero = doubles(dims(1, 2), 0, 0);
        assertClose(new double[] {0, 0}, Gradient.of(Loss.cosine(zero, zero), zero), 0);
    }

    @Test
    void shapesAreNotBroadcast() {
        var e = assertThrows(ShapeException.class,
                () -> Loss.mse(doubles(dims(3, 1), 1, 2, 3), doubles(dims(3), 1, 2, 3)));
        assertTrue(e.getMessage().contains("prediction [3, 1], target [3]"), e.getMessage());
        e = assertThrows(ShapeException.class,
                () -> Loss.crossEntropy(doubles(dims(4, 3), Z), engine.tensor(new int[3], 3)));
        assertTrue(e.getMessage().contains("classes are on the last axis"), e.getMessage());
        var weighted = CrossEntropy.of().withClassWeights(1, 2);
        assertThrows(ShapeException.class, () -> weighted.apply(doubles(dims(4, 3), Z), LABELS));
    }
}
