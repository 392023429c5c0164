package dev.ijen.nn;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.engine.Parameter;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/// Recurrent layers equal PyTorch 1.13's, computed in double, on inputs and weights that follow formulas: outputs, last states, and gradients
/// of a loss that weighs them all. Of a parameter's gradient two numbers are compared: its sum, and its product with fixed weights.
class RecurrentReferenceTest extends OnEngine {
    private static final int[] LENGTHS = {2, 4, 1};

    private static double[] values(double... v) {
        return v;
    }

    private static HostTensor rounded(Shape s, IntToDoubleFunction f) {
        var v = new float[s.size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) (Math.rint(f.applyAsDouble(i) * 100) / 100);
        }
        return HostTensor.of(v, s.dims());
    }

    private static HostTensor wave(Shape s, double offset) {
        return rounded(s, i -> Math.sin(i * 1.1 + offset) / 2);
    }

    private static RecurrentOutput run(Module net, Tensor x, List<Tensor> states, Tensor lengths) {
        return switch (net) {
            case LSTM l -> l.run(x, states.get(0), states.get(1), lengths);
            case GRU g -> g.run(x, states.get(0), lengths);
            case RNN r -> r.run(x, states.get(0), lengths);
            default -> throw new IllegalArgumentException(net.toString());
        };
    }

    private static RecurrentSpec spec(Module net) {
        return switch (net) {
            case LSTM l -> l.spec();
            case GRU g -> g.spec();
            case RNN r -> r.spec();
            default -> throw new IllegalArgumentException(net.toString());
        };
    }

    private void check(
            Module net, int[] lengths, int states, double[] y, List<double[]> last, double[] dx, List<double[]> dstates,
            Map<String, double[]> parameters) {
        var all = Module.parameters(net);
        assertEquals(parameters.keySet(), all.keySet());
        double offset = 0.5;
        for (var p : all.values()) {
            p.write(wave(p.shape(), offset++));
        }
        var shape = lengths == null ? Shape.of(2, 3, 3) : Shape.of(3, 4, 3);
        var x = engine.tensor(rounded(shape, i -> Math.sin(i * 0.7) + Math.cos(i * 1.3)));
        var state = Shape.of(spec(net).layers() * spec(net).directions(), shape.dim(0), 2);
        var start = new ArrayList<Tensor>();
        for (int i = 0; i < states; i++) {
            start.add(engine.tensor(wave(state, 4 + i)));
        }
        var out = run(net, x, start, lengths == null ? null : engine.tensor(HostTensor.of(lengths, lengths.length)));
        var lasts = out.c() == null ? List.of(out.h()) : List.of(out.h(), out.c());
        var loss = out.y().mul(engine.tensor(wave(out.y().shape(), 2))).sum();
        for (int i = 0; i < lasts.size(); i++) {
            loss = loss.add(lasts.get(i).mul(engine.tensor(wave(state, 3 + i))).sum());
        }
        assertClose(y, out.y(), 2e-6);
        for (int i = 0; i < lasts.size(); i++) {
            assertClose(last.get(i), lasts.get(i), 2e-6);
        }
        var of = new ArrayList<Tensor>();
        of.add(x);
        of.addAll(start);
        of.addAll(all.values().stream().map(Parameter::get).toList());
        var gradients = engine.evaluate(Gradient.of(loss, of));
        assertClose(dx, gradients.getFirst(), 4e-6);
        for (int i = 0; i < dstates.size(); i++) {
            assertClose(dstates.get(i), gradients.get(1 + i), 4e-6);
        }
        int at = 1 + states;
        for (var name : all.keySet()) {
            var g = gradients.get(at++);
            var w = wave(g.shape(), 1);
            double sum = 0;
            double weighed = 0;
            for (int i = 0; i < g.shape().size(); i++) {
                sum += g.get(i);
                weighed += g.get(i) * w.get(i);
            }
            assertEquals(parameters.get(name)[0], sum, 1e-5, name);
            assertEquals(parameters.get(name)[1], weighed, 1e-5, name);
        }
    }

    @Test
    void lstm() {
        var net = LSTM.of(engine, RecurrentSpec.of(3, 2).withLayers(2).withBidirectional(true));
        check(net, null, 2,
                values(
                        0.10435263, 0.012875781, 0.09381329, 0.13113424, 0.10814118, -0.14099061, 0.044895451,
                        0.10932255, 0.093365647,
                        -0.19738368, 0.088499732, 0.14799266, 0.016802024, -0.30293594, 0.013893454, 0.11039432,
                        0.05502898, -0.34112295,
                        0.076466841, 0.11089926, 0.042945902, -0.28322747, 0.1682792, 0.10619667),
                List.of(values(
                        -0.0016925061, 0.20390636, 0.082622457, 0.1268196, -0.39003293, 0.15787206, -0.53092618,
                        -0.025763859,
                        0.093365647, -0.19738368, 0.042945902, -0.28322747, 0.09381329, 0.13113424, 0.013893454,
                        0.11039432),
                        values(
                                -0.0050516177, 0.62482485, 0.17483599, 0.58824406, -0.7160591, 0.24902179, -0.86993879,
                                -0.052660864,
                                0.32117697, -0.43173248, 0.11996007, -0.80643916, 0.15454204, 0.47556298, 0.0207815,
                                0.45572637)),
                values(
                        0.13763076, 0.067782532, -0.076288924, 0.047673025, 0.044551598, -0.0080292751, 0.03955641,
                        0.058873393,
                        0.01335168, -0.27363348, -0.032495443, 0.24715776, -0.077989717, -0.066015288, 0.019541047,
                        -0.16116425,
                        -0.15293979, 0.022492425),
                List.of(values(
                        0.024857477, -0.023569846, 0.013931235, 0.0078821239, 0.045716646, -0.021843712, -0.016179512,
                        -0.0042684806,
                        0.053880371, -0.016428455, -0.044556992, 0.021585757, -0.010772915, -0.039173144, -0.030865813,
                        -0.09074245),
                        values(
                                0.062089606, -0.049660641, 0.010048146, 0.053290333, 0.13747093, 0.025909625,
                                -0.07363099, -0.013288555,
                                0.072613953, 0.29920188, 0.13104096, -0.054687182, 0.037265909, 0.036820305,
                                0.074624409, 0.071892356)),
                Map.ofEntries(
                        entry("weight_ih_l0", values(1.1088911, -0.065605623)),
                        entry("weight_hh_l0", values(-0.048837438, 0.016985879)),
                        entry("bias_ih_l0", values(-0.19435614, 0.047812816)),
                        entry("bias_hh_l0", values(-0.19435614, 0.047812816)),
                        entry("weight_ih_l0_reverse", values(-1.7134967, 0.0053566087)),
                        entry("weight_hh_l0_reverse", values(0.26543086, -0.067281211)),
                        entry("bias_ih_l0_reverse", values(-0.4125414, -0.073899154)),
                        entry("bias_hh_l0_reverse", values(-0.4125414, -0.073899154)),
                        entry("weight_ih_l1", values(0.0022108715, -0.01542118)),
                        entry("weight_hh_l1", values(0.074840834, 0.042949635)),
                        entry("bias_ih_l1", values(0.38967829, -0.19716956)),
                        entry("bias_hh_l1", values(0.38967829, -0.19716956)),
                        entry("weight_ih_l1_reverse", values(0.12188895, 0.12367884)),
                        entry("weight_hh_l1_reverse", values(0.013487674, 0.0090372255)),
                        entry("bias_ih_l1_reverse", values(-0.35986543, 0.19066256)),
                        entry("bias_hh_l1_reverse", values(-0.35986543, 0.19066256))));
    }

    @Test
    void gru() {
        var net = GRU.of(engine, RecurrentSpec.of(3, 2).withLayers(2).withBidirectional(true));
        check(net, null, 1,
                values(
                        0.18729911, 0.20699452, -0.10303649, 0.6488268, 0.36942029, -0.02531186, -0.082369234,
                        0.43557679, 0.31561922,
                        -0.024029308, 0.25556018, 0.29411431, 0.37327427, -0.28818961, -0.27397077, 0.67436271,
                        0.44145621, -0.36706321,
                        -0.21077488, 0.60504459, 0.39705279, -0.38539185, 0.024659039, 0.56501065),
                List.of(values(
                        -0.4461874, 0.18104407, 0.039483165, 0.40100283, -0.53733579, 0.07263426, -0.65427058,
                        -0.11015256,
                        0.31561922, -0.024029308, 0.39705279, -0.38539185, -0.10303649, 0.6488268, -0.27397077,
                        0.67436271)),
                values(
                        -0.047015008, -0.034165736, 0.014887484, 0.078973082, 0.046572528, -0.037347445, -0.025702777,
                        -0.06732787,
                        -0.035552674, -0.23411414, -0.049067175, 0.1923953, -0.074552583, 0.0031272864, 0.077846987,
                        -0.23364361,
                        -0.21553958, 0.040071694),
                List.of(values(
                        0.1275434, -0.041182284, 0.14266425, 0.024456811, 0.059642518, 0.0031777925, 0.043588897,
                        0.022209741,
                        0.11118049, 0.15492102, 0.21918719, 0.20234458, 0.056885312, 0.046461253, 0.074440059,
                        0.070741404)),
                Map.ofEntries(
                        entry("weight_ih_l0", values(1.4451999, -0.11004228)),
                        entry("weight_hh_l0", values(-0.054025828, 0.053670901)),
                        entry("bias_ih_l0", values(-0.72470315, 0.092683285)),
                        entry("bias_hh_l0", values(-0.24655815, -0.027328653)),
                        entry("weight_ih_l0_reverse", values(-1.7045798, 0.10508873)),
                        entry("weight_hh_l0_reverse", values(0.34498336, -0.065013781)),
                        entry("bias_ih_l0_reverse", values(-0.064339085, -0.079346276)),
                        entry("bias_hh_l0_reverse", values(-0.054231057, -0.048743325)),
                        entry("weight_ih_l1", values(-0.1324947, -0.13371143)),
                        entry("weight_hh_l1", values(0.063930104, 0.035932433)),
                        entry("bias_ih_l1", values(0.35456001, -0.054628917)),
                        entry("bias_hh_l1", values(0.25899794, -0.093098934)),
                        entry("weight_ih_l1_reverse", values(0.45866223, 0.3860372)),
                        entry("weight_hh_l1_reverse", values(-0.090851495, 0.08042649)),
                        entry("bias_ih_l1_reverse", values(-0.5237868, 0.10170613)),
                        entry("bias_hh_l1_reverse", values(-0.2462157, 0.049896904))));
    }

    @Test
    void rnn() {
        var net = RNN.of(engine, RecurrentCell.RNN_TANH, RecurrentSpec.of(3, 2).withLayers(2).withBidirectional(true));
        check(net, null, 1,
                values(
                        -0.81237326, -0.7461848, 0.34156362, 0.18982716, -0.52551798, -0.54770071, 0.56036181,
                        0.031192877,
                        -0.91489576, 0.094655094, 0.71891159, 0.20547889, -0.56562061, -0.81722321, 0.35991103,
                        0.013840874,
                        -0.6933905, -0.44221466, 0.71449707, 0.14463146, -0.89821617, -0.062558237, 0.86509066,
                        -0.022538001),
                List.of(values(
                        -0.8268105, 0.6955886, -0.69716481, 0.31041427, -0.086133311, 0.95468065, -0.13257472,
                        0.95108334, -0.91489576,
                        0.094655094, -0.89821617, -0.062558237, 0.34156362, 0.18982716, 0.35991103, 0.013840874)),
                values(
                        0.061521721, 0.1625216, 0.084590694, -0.078070515, -0.064634746, 0.018189184, 0.2024866,
                        0.17585217,
                        -0.040026596, 0.1807842, 0.13099862, -0.062012934, -0.14850083, -0.083209369, 0.069865448,
                        -0.012323484,
                        -0.12674392, -0.10045369),
                List.of(values(
                        0.17867242, 0.090846983, 0.0097522046, 0.01663563, 0.12380938, 0.084034576, 0.06025367,
                        0.053749811,
                        -0.0080258337, -0.047198031, 0.034138154, -0.036440119, 0.047465946, -0.17791034, 0.041118087,
                        -0.25663752)),
                Map.ofEntries(
                        entry("weight_ih_l0", values(4.0772697, 0.26940145)),
                        entry("weight_hh_l0", values(-0.35858367, -0.05615534)),
                        entry("bias_ih_l0", values(0.30418568, 0.12824073)),
                        entry("bias_hh_l0", values(0.30418568, 0.12824073)),
                        entry("weight_ih_l0_reverse", values(-2.9768861, -0.0054503306)),
                        entry("weight_hh_l0_reverse", values(-0.68887706, -0.04894624)),
                        entry("bias_ih_l0_reverse", values(0.034800144, 0.016398848)),
                        entry("bias_hh_l0_reverse", values(0.034800144, 0.016398848)),
                        entry("weight_ih_l1", values(1.008683, 0.10600477)),
                        entry("weight_hh_l1", values(-1.3803888, 0.26118749)),
                        entry("bias_ih_l1", values(1.0477402, 0.44808994)),
                        entry("bias_hh_l1", values(1.0477402, 0.44808994)),
                        entry("weight_ih_l1_reverse", values(-0.69150312, 1.3498799)),
                        entry("weight_hh_l1_reverse", values(-1.7992498, -0.43770482)),
                        entry("bias_ih_l1_reverse", values(-1.2724078, -0.53717933)),
                        entry("bias_hh_l1_reverse", values(-1.2724078, -0.53717933))));
    }

    @Test
    void rectifier() {
        var net = RNN.of(engine, RecurrentCell.RNN_RELU, RecurrentSpec.of(3, 2).withBias(false));
        check(net, null, 1,
                values(
                        0.4127, 0, 0.77225, 0, 0, 1.165715, 1.2045, 0, 0.63395, 0, 0, 0.746873),
                List.of(values(
                        0, 1.165715, 0, 0.746873)),
                values(
                        0.053328, 0.1111, 0.046662, -0.109344, -0.2278, -0.095676, -0.0186, -0.0294, -0.0084,
                        0.014088, 0.02935, 0.012327, -0.149424, -0.3113, -0.130746, -0.1581, -0.2499, -0.0714),
                List.of(values(
                        0.1111, 0.057772, 0.02935, 0.015262)),
                Map.ofEntries(
                        entry("weight_ih_l0", values(-2.019193, 0.37361373)),
                        entry("weight_hh_l0", values(-0.73205332, -0.47457438))));
    }

    @Test
    void lstmOfDifferentLengths() {
        var net = LSTM.of(engine, RecurrentSpec.of(3, 2).withBidirectional(true));
        check(net, LENGTHS, 2,
                values(
                        0.21623304, -0.020020155, -0.40331446, 0.19798647, 0.30978629, 0.015272927, -0.43873025,
                        0.013874655, 0, 0, 0,
                        0, 0, 0, 0, 0, 0.14968786, 0.13672879, -0.52511577, -0.066776619, 0.069902736, 0.14706062,
                        -0.28343155,
                        0.22805823, 0.28119375, 0.10739898, -0.21735925, -0.1599776, 0.20294989, 0.098875644,
                        -0.16788043, 0.096668866,
                        0.13897635, -0.010919256, -0.23850599, 0.17087348, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                List.of(values(
                        0.30978629, 0.015272927, 0.20294989, 0.098875644, 0.13897635, -0.010919256, -0.40331446,
                        0.19798647, -0.52511577,
                        -0.066776619, -0.23850599, 0.17087348),
                        values(
                                0.68450029, 0.055804033, 0.43002979, 0.42523085, 0.25198018, -0.054063458, -0.73318925,
                                0.31673364, -0.86059256,
                                -0.11350703, -0.55291643, 0.20539511)),
                values(
                        -0.39476745, 0.0010093234, 0.39880144, -0.10041974, -0.035283788, 0.070946186, 0, 0, 0, 0, 0, 0,
                        0.062003215,
                        -0.015320301, -0.076987368, 0.039717537, -0.049679297, -0.085132154, 0.044352707, -0.031146493,
                        -0.071272219,
                        -0.20940538, -0.090467828, 0.13007354, 0.21582567, 0.12407052, -0.10609097, 0, 0, 0, 0, 0, 0, 0,
                        0, 0),
                List.of(),
                Map.ofEntries(
                        entry("weight_ih_l0", values(-0.75838335, 0.022937724)),
                        entry("weight_hh_l0", values(0.1811713, -0.022178178)),
                        entry("bias_ih_l0", values(0.40711442, 0.06030037)),
                        entry("bias_hh_l0", values(0.40711442, 0.06030037)),
                        entry("weight_ih_l0_reverse", values(-1.4660811, 0.63732971)),
                        entry("weight_hh_l0_reverse", values(0.16782465, -0.068609826)),
                        entry("bias_ih_l0_reverse", values(-1.0019963, -0.0070912381)),
                        entry("bias_hh_l0_reverse", values(-1.0019963, -0.0070912381))));
    }

    @Test
    void gruOfDifferentLengths() {
        var net = GRU.of(engine, RecurrentSpec.of(3, 2).withBidirectional(true));
        check(net, LENGTHS, 1,
                values(
                        0.29330699, -0.31679465, -0.6893278, 0.1004802, 0.5728134, 0.014268157, -0.50920581,
                        -0.24657756, 0, 0, 0,
                        0, 0, 0, 0, 0, 0.20523033, 0.52848351, -0.53810602, -0.16063955, -0.00048518273, 0.59026173,
                        -0.52140662,
                        0.18738635, 0.3130403, 0.43096841, -0.22950907, -0.52509688, 0.29347998, 0.48582565,
                        -0.33587464, 0.19479062,
                        0.40830396, 0.15260881, -0.30559772, 0.20824353, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                List.of(values(
                        0.5728134, 0.014268157, 0.29347998, 0.48582565, 0.40830396, 0.15260881, -0.6893278, 0.1004802,
                        -0.53810602,
                        -0.16063955, -0.30559772, 0.20824353)),
                values(
                        -0.10757876, -0.033458665, 0.080962345, -0.13061127, 0.0084176943, 0.138529, 0, 0, 0, 0, 0, 0,
                        -0.025655527, 0.028340168, 0.051829331, -0.21305453, -0.18491234, 0.046081085, 0.15208415,
                        0.061644435,
                        -0.095559728, -0.080081054, 0.0080640177, 0.090102674, -0.1841551, -0.056799, 0.12622431, 0, 0,
                        0, 0, 0,
                        0, 0, 0, 0),
                List.of(),
                Map.ofEntries(
                        entry("weight_ih_l0", values(0.1060987, -0.29472031)),
                        entry("weight_hh_l0", values(0.064402998, -0.027864758)),
                        entry("bias_ih_l0", values(0.024551125, 0.11505708)),
                        entry("bias_hh_l0", values(-0.081160078, 0.0683958)),
                        entry("weight_ih_l0_reverse", values(-1.9428334, 0.10542909)),
                        entry("weight_hh_l0_reverse", values(0.16471105, -0.15326411)),
                        entry("bias_ih_l0_reverse", values(-0.66413651, -0.025979185)),
                        entry("bias_hh_l0_reverse", values(-0.43801637, -0.016692612))));
    }
}
