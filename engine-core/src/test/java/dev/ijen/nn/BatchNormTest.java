package dev.ijen.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Batch normalisation equals PyTorch 1.13's: outputs, gradients through the statistics, running statistics.
class BatchNormTest extends OnEngine {
    private static HostTensor x(double factor, int... dims) {
        var v = new float[Shape.of(dims).size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) (factor * Math.rint((Math.sin(i * 0.7) + Math.cos(i * 1.3)) * 100) / 100);
        }
        return HostTensor.of(v, dims);
    }

    private BatchNorm norm() {
        var n = BatchNorm.of(engine, 3);
        n.weight().write(HostTensor.of(new float[] {1.24f, 1.5f, 1.21f}, 3));
        n.bias().write(HostTensor.of(new float[] {0.24f, 0.5f, 0.21f}, 3));
        return n;
    }

    @Test
    void trainingUsesTheBatchAndUseTheRunningStatistics() {
        var norm = norm();
        var step = engine.program(in -> {
            var y = norm.apply(in.getFirst());
            var g = Gradient.of(y.mul(y.sin()).sum(), List.of(in.getFirst(), norm.weight().get()));
            return List.of(y, g.get(0), g.get(1));
        });
        var first = step.run(x(1, 4, 3, 2, 2));
        double[] wGradient = first.get(2).toDoubleArray();
        assertClose(
                new double[] {
                    1.51785976, 1.38255696, 0.209932712, 0.224966356, 1.68785863, 1.47101464, -0.378537054,
                    -1.79440076, -1.65098468, 1.07061347, 2.39463419, 1.32070627, -0.195975682, -0.0606728842,
                    0.660942038, -0.105773817, -1.05458009, -1.38622384, 0.501594441, 2.68278988, 2.51232492,
                    0.511582497, -0.841860906, -0.385809324, 0.149798135, -0.752220518, -1.98497934,
                    -1.20322984, 1.87919156, 3.20576657, 2.0705245, -0.059648831, -1.54800529, -0.532922738,
                    0.09966494, -0.694747492, -1.30846535, 0.209932712, 2.48001299, 2.61531579, 0.807727135,
                    -1.13111326, -0.952535855, 0.450572325, 0.423314449, -0.326963959, -0.326963959, 1.33541761
                },
                first.get(0),
                2e-6);
        assertClose(
                new double[] {
                    1.74749653, 2.00599548, 0.889977272, 0.931415752, 1.53835145, 1.98225145, -0.367105199,
                    -0.162767936, -0.144028978, 2.05734963, -2.11760097, 1.81468874, -0.269487775, 0.115290502,
                    1.92611488, -0.0144403526, -1.21055087, -1.01083271, 1.71450038, -1.99468066, -2.70268656,
                    1.61692224, -1.12640487, -0.470768911, 0.721600072, -1.48007282, 0.331862276, -1.63097896,
                    1.00801878, -3.66154004, 0.371438964, 0.396336845, -0.437081791, -0.75364048, 0.701757407,
                    -0.991520335, -1.52861294, 0.889977272, -1.9974867, -2.6386505, 2.16969618, -1.20449389,
                    -1.18239847, 1.61377573, 1.44878759, -0.343464549, -0.343464549, 1.79115638
                },
                first.get(1),
                5e-6);
        assertClose(new double[] {0.015, -0.013125, 0.0075}, norm.runningMean().read(), 1e-6);
        assertClose(new double[] {0.972566667, 1.0475065, 0.972158667}, norm.runningVariance().read(), 1e-6);

        var second = step.run(x(2, 4, 3, 2, 2));
        for (int i = 0; i < 3; i++) {
            wGradient[i] += second.get(2).get(i);
        }
        assertClose(new double[] {2.87565734, 0.545659328, 10.799555}, HostTensor.of(wGradient, 3), 2e-5);
        assertClose(new double[] {0.0435, -0.0380625, 0.02175}, norm.runningMean().read(), 1e-6);
        assertClose(new double[] {1.16557667, 1.53278185, 1.16357747}, norm.runningVariance().read(), 1e-6);

        var use = engine.inference(norm::apply).run(x(1, 4, 3, 2, 2));
        assertClose(
                new double[] {
                    1.33858679, 1.23521741, 0.339349459, 0.350834946, 1.51537409, 1.30940664, -0.44737454,
                    -1.79222082, -1.14924856, 0.925940081, 1.93549131, 1.11663309, 0.0292413208, 0.1326107,
                    0.683914057, 0.0981542404, -1.08950835, -1.40451739, 0.388610986, 2.4604012, 2.0252292,
                    0.499685117, -0.532300585, -0.184566273, 0.293407513, -0.395721684, -1.33753159,
                    -0.740286282, 1.69711007, 2.95714623, 1.87884606, -0.144481233, -1.07072791, -0.296738631,
                    0.185602512, -0.420128226, -0.820684688, 0.339349459, 2.07365794, 2.17702732, 0.679388561,
                    -1.16220274, -0.992582492, 0.340148057, 0.432381702, -0.139697329, -0.139697329, 1.12785033
                },
                use.get(0),
                2e-6);
        assertClose(new double[] {0.0435, -0.0380625, 0.02175}, norm.runningMean().read(), 1e-6);
    }

    @Test
    void rowsOfFeatures() {
        var norm = BatchNorm.of(engine, 3);
        var y = engine.program(in -> List.of(norm.apply(in.getFirst()))).run(x(1, 5, 3));
        assertClose(
                new double[] {
                    1.31349611, 0.539734729, -0.0502529679, -0.0442041961, 0.448675189, 0.647704919,
                    -1.55977664, -1.81125704, -1.89286179, 0.776730875, 1.07781383, 0.926888074, -0.486246158,
                    -0.254966713, 0.368521764
                },
                y.get(0),
                5e-6);
        assertClose(new double[] {0.950152, 1.082407, 0.964148}, norm.runningVariance().read(), 1e-6);
    }

    @Test
    void theBatchHasMeanZeroAfterwards() {
        var norm = BatchNorm.of(engine, 3);
        var step = engine.program(in -> {
            var y = norm.apply(in.getFirst());
            return List.of(y.mean(0, 2, 3), y.variance(0, 0, 2, 3));
        });
        var shifted = HostTensor.of(x(1, 16, 3, 5, 5).toFloatArray(), 16, 3, 5, 5);
        for (int i = 0; i < shifted.shape().size(); i++) {
            shifted.set(i, shifted.get(i) * 3 + 100);
        }
        var out = step.run(shifted);
        for (int c = 0; c < 3; c++) {
            assertEquals(0, out.get(0).get(c), 1e-5);
            assertEquals(1, out.get(1).get(c), 1e-4);
        }
    }

    @Test
    void namesOfItsCells() {
        var norm = BatchNorm.of(engine, 3);
        assertEquals(List.of("weight", "bias", "runningMean", "runningVariance"),
                List.copyOf(Module.cells(norm).keySet()));
        assertEquals(Map.of("weight", norm.weight(), "bias", norm.bias()), Module.parameters(norm));
    }

    @Test
    void oneValueAChannelHasNoVariance() {
        var step = engine.program(in -> List.of(BatchNorm.of(engine, 3).apply(in.getFirst())));
        assertThrows(ShapeException.class, () -> step.run(x(1, 1, 3)));
        assertThrows(ShapeException.class, () -> step.run(x(1, 2, 4)));
    }

    @Test
    void halfPrecisionKeepsWideStatistics() {
        var norm = BatchNorm.of(engine, 1);
        var step = engine.program(in -> List.of(norm.apply(in.getFirst().cast(DType.F16)).cast(DType.F32)));
        var big = HostTensor.of(new float[] {400, 402, 404, 406}, 4, 1);
        assertClose(new double[] {-1.341640, -0.447213, 0.447213, 1.341640}, step.run(big).get(0), 1e-3);
    }
}
