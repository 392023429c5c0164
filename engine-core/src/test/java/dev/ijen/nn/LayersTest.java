package dev.ijen.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Parameter;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/// Layers equal PyTorch 1.13's on inputs and weights that follow formulas.
class LayersTest extends OnEngine {
    private static HostTensor rounded(int[] dims, IntToDoubleFunction f) {
        var v = new float[Shape.of(dims).size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) (Math.rint(f.applyAsDouble(i) * 100) / 100);
        }
        return HostTensor.of(v, dims);
    }

    private Tensor x(int... dims) {
        return engine.tensor(rounded(dims, i -> Math.sin(i * 0.7) + Math.cos(i * 1.3)));
    }

    private static void set(Parameter p, double offset) {
        if (p != null) {
            p.write(rounded(p.shape().dims(), i -> Math.sin(i * 1.1 + 0.5) / 2 + offset));
        }
    }

    private Linear linear(int in, int out) {
        var l = Linear.of(engine, in, out);
        set(l.weight(), 0);
        set(l.bias(), 0);
        return l;
    }

    private Conv conv(ConvSpec spec) {
        var c = Conv.of(engine, spec);
        set(c.weight(), 0);
        set(c.bias(), 0);
        return c;
    }

    private ConvTranspose transposed(ConvSpec spec, int outputPadding) {
        var c = ConvTranspose.of(engine, spec, outputPadding);
        set(c.weight(), 0);
        set(c.bias(), 0);
        return c;
    }

    private void check(Tensor y, double... expected) {
        assertClose(expected, y, 2e-6);
    }

    @Test
    void linear() {
        check(
                linear(3, 4).apply(x(2, 3)),
                0.9623, -0.2741, 1.0055, -1.1178, 0.8059, -0.0236, 0.6742, -0.7068);
        assertEquals(Shape.of(2, 5, 4), linear(3, 4).apply(x(2, 5, 3)).shape());
        assertEquals(Shape.of(4), linear(3, 4).apply(x(3)).shape());
        var e = assertThrows(ShapeException.class, () -> linear(3, 4).apply(x(4, 2)));
        assertTrue(e.getMessage().contains("in = 3"), e.getMessage());
    }

    @Test
    void convolutions() {
        check(
                conv(ConvSpec.of(1, 3, 4, 3).withStride(2).withPadding(Padding.of(1))).apply(x(2, 3, 7)),
                2.2407, -0.38, -0.6107, 1.3887, -0.7153, -0.1379, 2.2285, -0.796, 0.3978, 1.9753, -2.0366,
                1.3797, 0.5909, -2.8021, 1.9469, -1.0697, -0.8051, -1.2931, 1.9231, -0.974, 0.5695, 2.9479,
                -1.3461, 1.6348, 1.1094, -2.6465, 1.8234, -0.6103, -1.9865, 2.3019, -1.329, -0.0094);
        var grouped = ConvSpec.of(2, 4, 6, 3).withSize(3, 2).withStride(1, 2).withPadding(Padding.of(1, 0))
                .withGroups(2);
        check(
                conv(grouped).apply(x(1, 4, 5, 4)),
                -0.3785, 1.5618, 1.9567, -0.7419, -0.1139, -1.6216, 2.9336, 0.6495, -0.3144, -1.0786, -0.9123,
                0.7173, 2.9885, 1.1363, -0.2719, -2.3741, 2.1863, 2.6862, 0.7911, -1.4929, -1.4541, -0.7704,
                2.5085, 2.2346, -0.6645, -2.5896, 0.2237, 3.3409, 1.2517, -1.6869, 1.3235, 1.1136, 0.2466,
                -3.7004, -0.1761, 1.5625, 1.0373, -1.5993, -1.4186, -0.1549, 0.0937, 0.8227, 1.8169, -3.1688,
                -0.8987, 0.0691, 0.7, 0.3301, -1.505, -1.1375, -0.8263, 0.5656, 3.0181, -1.0784, -0.9393,
                -1.1077, 0.4541, 2.4542, -0.6855, -1.3377);
        check(
                conv(ConvSpec.of(2, 2, 2, 2).withBias(false).withDilation(2)).apply(x(1, 2, 6, 5)),
                -0.2635, 0.2302, 0.4635, 0.2053, -0.1247, -0.5416, 0.187, 0.5731, 0.5509, -0.1517, -0.4297,
                -0.6168, -0.0257, -0.5706, -0.7326, 0.2656, 0.4723, 0.5708, -0.4934, -0.7711, -0.5696, 0.5432,
                0.5115, 0.3592);
        var depthwise = ConvSpec.of(2, 3, 3, 3).withBias(false).withPadding(Padding.same()).withGroups(3);
        check(
                conv(depthwise).apply(x(1, 3, 4, 4)),
                -0.2036, -0.2392, -0.6398, -1.3112, -0.3088, 0.2558, 1.8101, 2.2528, 0.9542, 0.1138, -1.57,
                -1.9349, -0.3808, 0.3797, 0.9287, 0.6953, -0.8755, -2.2136, -0.9061, 0.9771, 1.0561, 2.0746,
                1.2176, -0.1448, -0.6146, -1.7794, -1.9331, -0.841, 0.1217, 1.2545, 2.1596, 1.1744, -0.0694,
                -0.3695, -0.2992, 1.1592, 0.5518, 0.5671, -0.7643, -1.9806, -0.5997, -0.7753, 0.5345, 1.9506,
                0.2331, -0.174, -0.5535, -0.714);
        var same = ConvSpec.of(2, 2, 3, 3).withBias(false).withPadding(Padding.same()).withStride(2);
        check(
                conv(same).apply(x(1, 2, 5, 4)),
                0.5761, -0.8141, 2.0521, -0.5769, 1.3964, 0.9796, 0.4123, -0.6037, 1.1852, -0.5901, 0.21,
                0.6452, -0.114, 0.1201, -0.7079, -0.1108, -1.1739, -0.2537);
        check(
                conv(ConvSpec.of(3, 2, 2, 2)).apply(x(1, 2, 3, 3, 3)),
                -1.4039, 0.633, 2.0309, -0.7426, -0.9067, -0.6626, 2.6946, 0.7867, 0.1476, 2.3825, -0.6998,
                -2.242, -1.0252, 0.7403, 1.0838, -1.5847);
        assertThrows(ShapeException.class, () -> Conv.d2(engine, 3, 4, 3).apply(x(1, 2, 5, 5)));
        assertThrows(IjenException.class, () -> ConvSpec.of(2, 3, 4, 3).withGroups(2));
        assertThrows(IjenException.class, () -> ConvSpec.of(2, 3, 4, 3).withStride(1, 2, 3));
    }

    @Test
    void temporalConvolutionsSeeThePastAlone() {
        var layer = TemporalConv.of(engine, 2, 3, 3, 2);
        set(layer.conv().weight(), 0);
        set(layer.conv().bias(), 0);
        // conv1d of PyTorch, dilation 2, behind 4 steps of zeros
        check(
                layer.apply(x(2, 5, 2)),
                0.3226, 0.5782, 0.2647, 0.2477, 0.5106, 0.2208, 0.3739, 0.6302, 0.3177, 0.3344, 0.4117, -0.033, -0.0531,
                0.5275, 0.5522, 0.4514, 0.6102, 0.1951, 0.2176, 0.4906, 0.2155, 0.7148, 0.8922, 0.4796, 0.1364, 0.343,
                0.0337, 0.3628, 0.9824, 0.9901);
        var other = rounded(dims(1, 5, 2), i -> i < 6 ? i : 100 + i);
        var same = rounded(dims(1, 5, 2), i -> i);
        var a = layer.apply(engine.tensor(other)).slice(1, 0, 3).toFloatArray();
        assertArrayEquals(layer.apply(engine.tensor(same)).slice(1, 0, 3).toFloatArray(), a);
        assertThrows(ShapeException.class, () -> layer.apply(x(2, 5, 3)));
    }

    @Test
    void transposedConvolutions() {
        var spec = ConvSpec.of(2, 4, 6, 3).withStride(2).withPadding(Padding.of(1)).withGroups(2);
        check(
                transposed(spec, 1).apply(x(1, 4, 3, 2)),
                -0.2336, -0.6623, -0.1673, 0.9811, 0.7644, 0.2376, 0.5051, -0.3252, 0.2001, 1.0043, 0.1582,
                -0.0766, 0.4885, 0.0539, 0.637, 1.0461, -0.1832, -0.4041, -0.0853, -0.2217, 0.772, 0.9399,
                0.6191, 0.6762, 0.685, 0.9206, 0.3724, -0.556, 0.5712, 0.9943, 0.6085, 1.2732, 0.2532, -0.2232,
                0.7196, 0.816, 0.1919, 0.4365, -0.1788, -0.202, 1.202, 1.2594, 0.9532, 0.852, -0.2556, -0.2565,
                0.0285, 0.2004, 0.3444, 0.3211, 0.8295, 1.322, -0.4311, -0.6981, -0.267, -0.6028, 0.6825, 0.725,
                -0.0966, -0.0304, 0.482, 0.5345, 1.0167, 0.6545, -0.6132, -0.4863, -0.2709, 0.0484, 1.0396,
                0.856, 0.68, 0.3006, -0.3644, -1.1804, -0.5246, 0.2769, -0.1236, -0.0068, -0.1274, -1.0268,
                -0.2918, 0.2777, -0.3836, -0.2252, 0.0606, -0.2897, 0.448, 0.2253, -0.9082, -1.0458, -1.0754,
                -0.8701, 0.3394, 0.4795, 0.4818, 0.1506, -0.4099, 0.1996, -0.6403, -1.2617, -0.315, -0.4289,
                -0.2421, 0.4199, -0.8725, -1.1791, -0.4832, -0.6232, -0.6742, -0.6521, -1.27, -0.7087, 0.2149,
                0.3614, 0.303, -0.2478, -1.1921, -1.3368, -1.245, -0.6067, -0.2278, -0.5027, 0.3491, 0.6432,
                -0.6469, -0.5651, -0.7685, -1.0286, 0.5267, 0.4946, -0.0768, 0.0116, -0.1864, 0.1173, 0.4889,
                -0.3017, -0.7903, -0.9207, -0.7769, -0.0119, 0.4677, 0.5688, 0.4201, -0.4068);
        check(
                transposed(ConvSpec.of(1, 2, 3, 3).withStride(2).withDilation(2), 0).apply(x(1, 2, 4)),
                0.152, 0.24, 0.3481, 0.24, 1.0112, 0.24, 1.6944, 0.24, 1.1701, 0.24, 0.2308, 0.55, 0.5, 0.3234,
                0.5, -0.3295, 0.5, -0.9858, 0.5, -0.2575, 0.5, 0.6734, 0.186, 0.21, 0.4332, 0.21, 1.0599, 0.21,
                1.6884, 0.21, 0.8004, 0.21, -0.1097);
        assertThrows(IjenException.class, () -> transposed(ConvSpec.of(1, 2, 3, 3).withPadding(Padding.same()), 0));
    }

    @Test
    void layerNorm() {
        var one = LayerNorm.of(engine, 4);
        set(one.weight(), 1);
        set(one.bias(), 0);
        check(
                one.apply(x(2, 3, 4)),
                1.61188067, 1.83127378, -1.01100298, -0.989496728, 1.49344186, 1.78815036, -0.320378018,
                -1.29758194, -1.78471379, 0.788582392, 1.51720424, -0.0615231613, -0.74106336, -0.0933850969,
                2.28421057, -0.673942859, -0.716497704, -0.966394503, 0.447538063, 0.761330572, 2.22805738,
                0.572876004, -1.00377128, -0.757630136);
        var two = LayerNorm.of(engine, 3, 4);
        set(two.weight(), 1);
        set(two.bias(), 0);
        check(
                two.apply(x(2, 3, 4)),
                1.21295631, 1.53998911, 0.0913228692, -0.370674486, -0.193324083, 0.211939078, -1.08428276,
                -2.74666094, -1.46362632, -0.150594587, 0.31758556, 0.644399313, 0.0980223405, 0.473164505,
                0.811794923, -0.344564118, -1.2108014, -1.59548569, 0.218881076, 3.01572241, 1.96396049,
                -0.211560459, -0.804676488, -0.304816833);
        assertThrows(ShapeException.class, () -> two.apply(x(4, 3)));
    }

    @Test
    void otherNorms() {
        var rms = RmsNorm.of(engine, 4);
        set(rms.weight(), 1);
        check(
                rms.apply(x(2, 4)),
                1.81617785, 1.9992603, 0.230390948, 0.141486113, 0.851086494, 0.81076284, -0.851258084,
                -1.14253214);
        var group = GroupNorm.of(engine, 2, 4);
        set(group.weight(), 1);
        set(group.bias(), 0);
        check(
                group.apply(x(2, 4, 3)),
                1.65650599, 1.33645861, -1.43728533, -1.48595707, 1.35317289, 0.621881842, -0.444921937,
                -1.52724951, -0.805697794, 0.139458865, 0.639887292, 0.233984235, 0.78442991, 0.934425906,
                1.73440455, 1.27954908, -1.28086644, -1.80504599, -0.504036587, 1.79974184, 1.88057617,
                -0.40219122, -1.10899057, -0.870829922);
        check(
                InstanceNorm.of(engine, 2).apply(x(2, 2, 3, 2)),
                1.14234354, 0.884240814, -1.35264946, -1.32397138, 0.568781929, 0.0812545613, -0.5412578,
                -1.43574339, -0.839419664, 0.65138966, 1.37664825, 0.788382949, 0.439056379, 0.560020892,
                1.20516496, 0.519699387, -1.18724429, -1.53669733, -0.590112882, 1.31383623, 1.38064146,
                -0.133610464, -1.15795735, -0.812796988);
        check(
                InstanceNorm.plain(2).apply(x(2, 2, 3, 2)),
                1.14234354, 0.884240814, -1.35264946, -1.32397138, 0.568781929, 0.0812545613, -0.5412578,
                -1.43574339, -0.839419664, 0.65138966, 1.37664825, 0.788382949, 0.439056379, 0.560020892,
                1.20516496, 0.519699387, -1.18724429, -1.53669733, -0.590112882, 1.31383623, 1.38064146,
                -0.133610464, -1.15795735, -0.812796988);
        assertThrows(ShapeException.class, () -> group.apply(x(2, 3, 4)));
        assertThrows(IjenException.class, () -> GroupNorm.of(engine, 3, 4));
    }

    @Test
    void normalisedFeaturesHaveMeanZeroAndVarianceOne() {
        var y = LayerNorm.of(engine, 64).apply(x(8, 64));
        var mean = engine.evaluate(y.mean(-1));
        var variance = engine.evaluate(y.variance(0, -1));
        for (int i = 0; i < 8; i++) {
            assertEquals(0, mean.get(i), 1e-6);
            assertEquals(1, variance.get(i), 1e-4);
        }
    }

    @Test
    void pooling() {
        check(
                MaxPool.of(2, 3, 2, Padding.of(1)).apply(x(1, 2, 5, 5)),
                1, 0.91, 0.8, 1.56, 0.83, 1.58, 1.64, 0.28, 1.58, 1.1, 0.95, 1.99, 1.1, 1.64, 1.73, 0.11, 1.73,
                1.73);
        check(
                MaxPool.d1(2).apply(x(1, 2, 7)),
                1, 0.14, 0.8, -1.19, 1.56, 0.83);
        check(
                MaxPool.d3(2).apply(x(1, 1, 4, 4, 4)),
                1.64, 1.58, 1.99, 1.56, 1.73, 1.73, 1.08, 1.24);
        check(
                AvgPool.of(2, 3, 2, Padding.of(1)).apply(x(1, 2, 5, 5)),
                0.191111111, -0.306666667, 0.0455555556, 0.0855555556, -0.71, 0.144444444, 0.0544444444, -0.42,
                0.134444444, -0.145555556, -0.367777778, 0.278888889, -0.243333333, -0.453333333, 0.332222222,
                -0.208888889, -0.0633333333, 0.297777778);
        var inside = AvgPool.of(2, 3, 2, Padding.of(1));
        inside = new AvgPool(inside.size(), inside.stride(), inside.padding(), false);
        check(
                inside.apply(x(1, 2, 5, 5)),
                0.43, -0.46, 0.1025, 0.128333333, -0.71, 0.216666667, 0.1225, -0.63, 0.3025, -0.3275,
                -0.551666667, 0.6275, -0.365, -0.453333333, 0.498333333, -0.47, -0.095, 0.67);
        check(
                AdaptiveAvgPool.of(3, 2).apply(x(1, 2, 5, 6)),
                -0.316666667, 0.77, -0.0677777778, -0.0755555556, 0.223333333, 0.24, 0.05, -0.09, 0.145555556,
                -0.185555556, 0.39, -0.0366666667);
        check(
                AdaptiveAvgPool.of(5).apply(x(1, 2, 7)),
                0.955, 0.52, 0.356666667, 0.715, -0.095, -1.56, -0.265, 1.01666667, 0.345, -0.095);
        check(
                new GlobalAvgPool().apply(x(2, 2, 3, 2)),
                0.601666667, -0.148333333, -0.466666667, 0.4);
        assertEquals(Shape.of(1, 2, 3, 3), MaxPool.of(2, 2, 2, Padding.same()).apply(x(1, 2, 5, 5)).shape());
        assertThrows(ShapeException.class, () -> new GlobalAvgPool().apply(x(2, 3)));
        assertThrows(ShapeException.class, () -> AdaptiveAvgPool.of(2).apply(x(2, 3)));
    }

    @Test
    void activations() {
        var t = floats(dims(7), -3, -1.5, -0.2, 0, 0.4, 2, 7);
        check(
                Activation.RELU6.apply(t),
                0, 0, 0, 0, 0.4, 2, 6);
        check(
                Activation.LEAKY_RELU.apply(t),
                -0.03, -0.015, -0.002, 0, 0.4, 2, 7);
        check(
                Activation.ELU.apply(t),
                -0.950212932, -0.77686984, -0.181269247, 0, 0.4, 2, 7);
        check(
                Activation.SELU.apply(t),
                -1.67056873, -1.36581435, -0.318689344, 0, 0.420280395, 2.10140197, 7.35490691);
        check(
                Activation.GELU.apply(t),
                -0.00404969409, -0.100210802, -0.0841480581, 0, 0.262168697, 1.95449974, 7);
        check(
                Activation.GELU_TANH.apply(t),
                -0.00363739208, -0.100428423, -0.0841485702, 0, 0.262161169, 1.95459769, 7);
        check(
                Activation.SILU.apply(t),
                -0.14227762, -0.273638286, -0.0900332005, 0, 0.239475064, 1.76159416, 6.99362264);
        check(
                Activation.MISH.apply(t),
                -0.145647461, -0.298099742, -0.107144781, 0, 0.289030534, 1.94395896, 6.99998838);
        check(
                Activation.SOFTPLUS.apply(t),
                0.0485873516, 0.201413278, 0.598138869, 0.693147181, 0.913015252, 2.12692801, 7.00091147);
        check(
                Activation.HARD_SIGMOID.apply(t),
                0, 0.25, 0.466666667, 0.5, 0.566666667, 0.833333333, 1);
        check(
                Activation.HARD_SWISH.apply(t),
                0, -0.375, -0.0933333333, 0, 0.226666667, 1.66666667, 7);
        check(
                Activation.SIGMOID.apply(t),
                0.0474258732, 0.182425524, 0.450166003, 0.5, 0.59868766, 0.880797078, 0.999088949);
        check(
                Activation.TANH.apply(t),
                -0.995054754, -0.905148254, -0.19737532, 0, 0.379948962, 0.96402758, 0.999998337);
        check(
                Activation.SOFTMAX.apply(t),
                4.4950174e-05, 0.000201452704, 0.000739189734, 0.00090284838, 0.00134689151, 0.00667119733,
                0.99009347);
        check(
                Activation.LOG_SOFTMAX.apply(t),
                -10.0099559, -8.50995593, -7.20995593, -7.00995593, -6.60995593, -5.00995593, -0.009955926);
        check(
                Activation.RELU.apply(t),
                0, 0, 0, 0, 0.4, 2, 7);
        check(
                Activation.IDENTITY.apply(t),
                -3, -1.5, -0.2, 0, 0.4, 2, 7);
        for (var a : Activation.values()) {
            assertEquals(a, Activation.of(a.name().toLowerCase(Locale.ROOT).replace('_', '-')));
        }
        var e = assertThrows(IjenException.class, () -> Activation.of("rleu"));
        assertTrue(e.getMessage().contains("'rleu'"), e.getMessage());
    }

    @Test
    void embeddingTakesRowsAndAddsUpTheirGradients() {
        var e = Embedding.of(engine, 4, 2);
        e.weight().write(HostTensor.of(new float[] {0, 1, 10, 11, 20, 21, 30, 31}, 4, 2));
        var step = engine.program(in -> {
            var y = e.apply(in.getFirst());
            return List.of(y, Gradient.of(y.sum(), e.weight().get()));
        });
        var out = step.run(HostTensor.of(new int[] {3, 1, 3}, 1, 3));
        assertEquals(Shape.of(1, 3, 2), out.get(0).shape());
        assertClose(new double[] {30, 31, 10, 11, 30, 31}, out.get(0), 0);
        assertClose(new double[] {0, 0, 1, 1, 0, 0, 2, 2}, out.get(1), 0);
        var outside = e.apply(engine.tensor(new int[] {3, 1, 3}, 1, 3)).sum();
        check(Gradient.of(outside, e.weight().get()), 0, 0, 1, 1, 0, 0, 2, 2);
    }

    @Test
    void residualAddsTheInput() {
        check(Residual.of(v -> v.mul(2)).apply(floats(dims(2), 1, 2)), 3, 6);
        check(Residual.of(v -> v.mul(2), Tensor::neg).apply(floats(dims(2), 1, 2)), 1, 2);
        var e = assertThrows(ShapeException.class, () -> Residual.of(v -> v.sum()).apply(floats(dims(2), 1, 2)));
        assertTrue(e.getMessage().contains("projection"), e.getMessage());
    }

    @Test
    void flattenKeepsTheBatch() {
        assertEquals(Shape.of(2, 12), new Flatten().apply(x(2, 3, 2, 2)).shape());
        assertEquals(Shape.of(2, 3, 4), new Flatten(2).apply(x(2, 3, 2, 2)).shape());
    }

    @Test
    void categoriesBecomeTheirVectors() {
        var layer = CategoryEmbeddings.of(engine, new java.util.TreeMap<>(java.util.Map.of(1, 4, 2, 3)), 4);
        layer.tables().get(0).weight().write(HostTensor.of(new float[] {0, 1, 10, 11, 20, 21, 30, 31}, 4, 2));
        layer.tables().get(1).weight().write(HostTensor.of(new float[] {5, 6, 7, 8, 9, 10}, 3, 2));
        assertEquals(6, layer.features());
        var x = floats(dims(2, 4), 0.5, 3, 0, -1, 0.25, 0, 2, -2);
        assertClose(new double[] {0.5, -1, 30, 31, 5, 6, 0.25, -2, 0, 1, 9, 10}, layer.apply(x), 0);
        Module.close(layer);
    }
}
