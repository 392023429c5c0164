package dev.ijen.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.engine.Parameter;
import dev.ijen.nn.OnEngine;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Ten steps of each optimizer on `mean((x · w + b − y)²) + 0.1 · Σ sin w` equal PyTorch 1.13's in F64; LAMB, Lion and
/// Adafactor equal the formulas of their papers in NumPy.
class OptimizerReferenceTest extends OnEngine {
    /// An optimizer and where it ends: w [3, 2], then b [2].
    record Case(String name, Optimizer optimizer, double... expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    /// What is trained.
    record Line(Parameter w, Parameter b) {}

    private static Schedule rate(double r) {
        return Schedule.constant(r);
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(
                        "sgd",
                        Sgd.of(rate(0.1)),
                        0.2998552416, 0.0313659412, -0.3206979895, 0.5160659961, -0.5166707894,
                        -0.02416861514, 0.08318536717, -0.1092629705),
                new Case(
                        "momentum",
                        Sgd.of(rate(0.1), 0.9),
                        -0.09659392885, 0.2818655601, -1.181134407, 0.3197992834, -0.4589860042,
                        -0.3397156471, 0.1518759127, -0.1338098059),
                new Case(
                        "nesterov",
                        Sgd.nesterov(rate(0.1), 0.9),
                        -0.1569789896, 0.2089346331, -1.111599043, 0.3830366657, -0.4646685478,
                        -0.2181868299, 0.1675539529, -0.1494034821),
                new Case(
                        "dampening",
                        new Sgd(0.9, 0.3, false).with(rate(0.1)).withWeightDecay(0.05),
                        0.02541438271, 0.2847740355, -0.9963488327, 0.2528677578, -0.4617003681,
                        -0.3715836858, 0.1320777977, -0.09322283685),
                new Case(
                        "adam",
                        Adam.of(rate(0.05)),
                        -0.09311066055, 0.2170442609, -0.3871978881, 0.3023096316, -0.64819882,
                        -0.1338434198, 0.2260729441, -0.1768840562),
                new Case(
                        "adamL2",
                        Adam.of(rate(0.05)).withWeightDecay(0.1),
                        -0.07328336592, 0.2081854572, -0.3861098134, 0.2809845457, -0.5952228875,
                        -0.1322144208, 0.2128929653, -0.1577885827),
                new Case(
                        "adamw",
                        AdamW.of(rate(0.05), 0.1),
                        -0.1021144208, 0.2133952433, -0.3812749166, 0.2870428393, -0.6547270728,
                        -0.1352636584, 0.2299712259, -0.1766222355),
                new Case(
                        "rmsprop",
                        RmsProp.of(rate(0.02)),
                        -0.3338270019, 0.1756025945, -0.6611354437, 0.435023807, -0.7165766731,
                        -0.08899397228, 0.2886104974, -0.1484027242),
                new Case(
                        "rmspropFull",
                        new RmsProp(0.9, 1e-8, 0.8, true).with(rate(0.02)).withWeightDecay(0.01),
                        -0.6921351794, 0.234810678, -0.9810676157, 0.3834144171, -0.7915532548,
                        -0.1758290268, 0.3909855027, -0.2084762738),
                new Case(
                        "adagrad",
                        AdaGrad.of(rate(0.1)),
                        -0.08487621682, 0.12024588, -0.3466275187, 0.4184063052, -0.6820479956,
                        -0.03192195757, 0.2293079586, -0.1352578367),
                new Case(
                        "clipNorm",
                        Sgd.of(rate(0.1), 0.9).withClipNorm(0.5),
                        0.02632921862, 0.2819684353, -1.019771748, 0.3167168778, -0.4871288739,
                        -0.359069408, 0.1358432073, -0.1069009257),
                new Case(
                        "clipValue",
                        Sgd.of(rate(0.1), 0.9).withClipValue(0.2),
                        0.01034509453, 0.3246747394, -0.7208507948, 0.2366052222, -0.5791963945,
                        -0.2706937473, 0.1703595379, -0.1181088371),
                new Case(
                        "cosine",
                        Adam.of(Schedule.cosine(0.05, 10)),
                        0.1247474731, 0.05920486716, -0.1720890011, 0.4417635189, -0.6362487155,
                        0.03563005472, 0.1666690561, -0.0658656341),
                new Case(
                        "groups",
                        AdamW.of(rate(0.05), 0.1).withoutDecayOfVectors().withGroup("b*", 2, 1),
                        -0.1020314808, 0.2230932948, -0.3813554648, 0.2848892247, -0.6553722951,
                        -0.1335171859, 0.2345157493, -0.1994883576),
                new Case(
                        "lamb",
                        Lamb.of(rate(0.05)).withWeightDecay(0.1),
                        0.1948184415, -0.006907219097, -0.09566927639, 0.4983662989, -0.627740015,
                        0.1041023886, 0.1045291305, -0.1001919506),
                new Case(
                        "lion",
                        Lion.of(rate(0.01)).withWeightDecay(0.1),
                        0.2964667542, -0.09845777814, -0.0005467098815, 0.5934802182, -0.594573638,
                        0.1974622662, 0.1490534419, -0.04895553413),
                new Case(
                        "adafactor",
                        Adafactor.of(rate(0.1)),
                        0.2136075663, 0.1266867471, -0.347743399, 0.5333751089, -0.5312982745,
                        -0.04930520818, 0.123175496, -0.1206343897));
    }

    private HostTensor host(DType type, int[] dims, double... v) {
        return HostTensor.of(type, v, dims);
    }

    private void check(Case c, DType type) {
        var line = new Line(
                engine.parameter("w", host(type, dims(3, 2), 0.4, -0.2, 0.1, 0.7, -0.5, 0.3)),
                engine.parameter("b", host(type, dims(2), 0.05, -0.15)));
        var x = Tensor.of(host(type, dims(4, 3), 0.5, -1.2, 0.3, 1.1, 0.4, -0.7, -0.6, 0.9, 1.5, 0.2, -0.3, -0.8));
        var y = Tensor.of(host(type, dims(4, 2), 1.0, -0.5, 0.3, 0.8, -1.2, 0.1, 0.6, -0.9));
        var step = engine.program(in -> {
            var w = line.w.get();
            var loss = x.matmul(w).add(line.b.get()).sub(y).square().mean().add(w.sin().sum().mul(0.1));
            c.optimizer.update(line, loss);
            return List.of(loss);
        });
        for (int i = 0; i < 10; i++) {
            step.run();
        }
        var got = new double[8];
        System.arraycopy(line.w.read().toDoubleArray(), 0, got, 0, 6);
        System.arraycopy(line.b.read().toDoubleArray(), 0, got, 6, 2);
        for (int i = 0; i < got.length; i++) {
            assertEquals(c.expected[i], got[i], 1e-6, c + " in " + type + ", element " + i);
        }
        assertEquals(10, c.optimizer.steps());
        c.optimizer.close();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tenStepsEqualTheReferenceInF64(Case c) {
        check(c, DType.F64);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tenStepsEqualTheReferenceInF32(Case c) {
        check(c, DType.F32);
    }
}
