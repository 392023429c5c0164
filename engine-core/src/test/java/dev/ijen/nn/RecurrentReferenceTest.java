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
                        0.104353, 0.0128758, 0.0938133, 0.131134, 0.108141, -0.140991, 0.0448955, 0.109323, 0.0933656,
                        -0.197384, 0.0884997, 0.147993, 0.016802, -0.302936, 0.0138935, 0.110394, 0.055029, -0.341123,
                        0.0764668, 0.110899, 0.0429459, -0.283227, 0.168279, 0.106197),
                List.of(values(
                        -0.00169251, 0.203906, 0.0826225, 0.12682, -0.390033, 0.157872, -0.530926, -0.0257639,
                        0.0933656, -0.197384, 0.0429459, -0.283227, 0.0938133, 0.131134, 0.0138935, 0.110394), values(
                        -0.00505162, 0.624825, 0.174836, 0.588244, -0.716059, 0.249022, -0.869939, -0.0526609,
                        0.321177, -0.431732, 0.11996, -0.806439, 0.154542, 0.475563, 0.0207815, 0.455726)),
                values(
                        0.137631, 0.0677825, -0.0762889, 0.047673, 0.0445516, -0.00802928, 0.0395564, 0.0588734,
                        0.0133517, -0.273633, -0.0324954, 0.247158, -0.0779897, -0.0660153, 0.019541, -0.161164,
                        -0.15294, 0.0224924),
                List.of(values(
                        0.0248575, -0.0235698, 0.0139312, 0.00788212, 0.0457166, -0.0218437, -0.0161795, -0.00426848,
                        0.0538804, -0.0164285, -0.044557, 0.0215858, -0.0107729, -0.0391731, -0.0308658, -0.0907424), values(
                        0.0620896, -0.0496606, 0.0100481, 0.0532903, 0.137471, 0.0259096, -0.073631, -0.0132886,
                        0.072614, 0.299202, 0.131041, -0.0546872, 0.0372659, 0.0368203, 0.0746244, 0.0718924)),
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
                        0.187299, 0.206995, -0.103036, 0.648827, 0.36942, -0.0253119, -0.0823692, 0.435577, 0.315619,
                        -0.0240293, 0.25556, 0.294114, 0.373274, -0.28819, -0.273971, 0.674363, 0.441456, -0.367063,
                        -0.210775, 0.605045, 0.397053, -0.385392, 0.024659, 0.565011),
                List.of(values(
                        -0.446187, 0.181044, 0.0394832, 0.401003, -0.537336, 0.0726343, -0.654271, -0.110153,
                        0.315619, -0.0240293, 0.397053, -0.385392, -0.103036, 0.648827, -0.273971, 0.674363)),
                values(
                        -0.047015, -0.0341657, 0.0148875, 0.0789731, 0.0465725, -0.0373474, -0.0257028, -0.0673279,
                        -0.0355527, -0.234114, -0.0490672, 0.192395, -0.0745526, 0.00312729, 0.077847, -0.233644,
                        -0.21554, 0.0400717),
                List.of(values(
                        0.127543, -0.0411823, 0.142664, 0.0244568, 0.0596425, 0.00317779, 0.0435889, 0.0222097,
                        0.11118, 0.154921, 0.219187, 0.202345, 0.0568853, 0.0464613, 0.0744401, 0.0707414)),
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
                        -0.812373, -0.746185, 0.341564, 0.189827, -0.525518, -0.547701, 0.560362, 0.0311929,
                        -0.914896, 0.0946551, 0.718912, 0.205479, -0.565621, -0.817223, 0.359911, 0.0138409,
                        -0.693391, -0.442215, 0.714497, 0.144631, -0.898216, -0.0625582, 0.865091, -0.022538),
                List.of(values(
                        -0.82681, 0.695589, -0.697165, 0.310414, -0.0861333, 0.954681, -0.132575, 0.951083, -0.914896,
                        0.0946551, -0.898216, -0.0625582, 0.341564, 0.189827, 0.359911, 0.0138409)),
                values(
                        0.0615217, 0.162522, 0.0845907, -0.0780705, -0.0646347, 0.0181892, 0.202487, 0.175852,
                        -0.0400266, 0.180784, 0.130999, -0.0620129, -0.148501, -0.0832094, 0.0698654, -0.0123235,
                        -0.126744, -0.100454),
                List.of(values(
                        0.178672, 0.090847, 0.0097522, 0.0166356, 0.123809, 0.0840346, 0.0602537, 0.0537498,
                        -0.00802583, -0.047198, 0.0341382, -0.0364401, 0.0474659, -0.17791, 0.0411181, -0.256638)),
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
                        0.4127, 0, 0.77225, 0, 0, 1.16572, 1.2045, 0, 0.63395, 0, 0, 0.746873),
                List.of(values(
                        0, 1.16572, 0, 0.746873)),
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
                        0.216233, -0.0200202, -0.403314, 0.197986, 0.309786, 0.0152729, -0.43873, 0.0138747, 0, 0, 0,
                        0, 0, 0, 0, 0, 0.149688, 0.136729, -0.525116, -0.0667766, 0.0699027, 0.147061, -0.283432,
                        0.228058, 0.281194, 0.107399, -0.217359, -0.159978, 0.20295, 0.0988756, -0.16788, 0.0966689,
                        0.138976, -0.0109193, -0.238506, 0.170873, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                List.of(values(
                        0.309786, 0.0152729, 0.20295, 0.0988756, 0.138976, -0.0109193, -0.403314, 0.197986, -0.525116,
                        -0.0667766, -0.238506, 0.170873), values(
                        0.6845, 0.055804, 0.43003, 0.425231, 0.25198, -0.0540635, -0.733189, 0.316734, -0.860593,
                        -0.113507, -0.552916, 0.205395)),
                values(
                        -0.394767, 0.00100932, 0.398801, -0.10042, -0.0352838, 0.0709462, 0, 0, 0, 0, 0, 0, 0.0620032,
                        -0.0153203, -0.0769874, 0.0397175, -0.0496793, -0.0851322, 0.0443527, -0.0311465, -0.0712722,
                        -0.209405, -0.0904678, 0.130074, 0.215826, 0.124071, -0.106091, 0, 0, 0, 0, 0, 0, 0, 0, 0),
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
                        0.293307, -0.316795, -0.689328, 0.10048, 0.572813, 0.0142682, -0.509206, -0.246578, 0, 0, 0,
                        0, 0, 0, 0, 0, 0.20523, 0.528484, -0.538106, -0.16064, -0.000485183, 0.590262, -0.521407,
                        0.187386, 0.31304, 0.430968, -0.229509, -0.525097, 0.29348, 0.485826, -0.335875, 0.194791,
                        0.408304, 0.152609, -0.305598, 0.208244, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                List.of(values(
                        0.572813, 0.0142682, 0.29348, 0.485826, 0.408304, 0.152609, -0.689328, 0.10048, -0.538106,
                        -0.16064, -0.305598, 0.208244)),
                values(
                        -0.107579, -0.0334587, 0.0809623, -0.130611, 0.00841769, 0.138529, 0, 0, 0, 0, 0, 0,
                        -0.0256555, 0.0283402, 0.0518293, -0.213055, -0.184912, 0.0460811, 0.152084, 0.0616444,
                        -0.0955597, -0.0800811, 0.00806402, 0.0901027, -0.184155, -0.056799, 0.126224, 0, 0, 0, 0, 0,
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
