package dev.ijen.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.loss.Loss;
import dev.ijen.optim.Adam;
import dev.ijen.optim.Schedule;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Recurrent layers beyond their numbers, which are in [RecurrentReferenceTest].
class RecurrentTest extends OnEngine {
    private Tensor x(int... dims) {
        var s = Shape.of(dims);
        var v = new float[s.size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) Math.sin(i * 0.7 + 1);
        }
        return engine.tensor(v, dims);
    }

    @Test
    void parametersAreNamedAndBegunAsInPyTorch() {
        var net = LSTM.of(engine, RecurrentSpec.of(3, 4).withLayers(2).withBidirectional(true));
        var p = Module.parameters(net);
        assertEquals(
                List.of("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_ih_l0_reverse",
                        "weight_hh_l0_reverse", "bias_ih_l0_reverse", "bias_hh_l0_reverse"),
                List.copyOf(p.keySet()).subList(0, 8));
        assertEquals(16, p.size());
        assertEquals(Shape.of(16, 3), p.get("weight_ih_l0").shape());
        assertEquals(Shape.of(16, 4), p.get("weight_hh_l1_reverse").shape());
        assertEquals(Shape.of(16, 8), p.get("weight_ih_l1").shape());
        double most = 0;
        for (var q : p.values()) {
            for (float v : q.read().toFloatArray()) {
                most = Math.max(most, Math.abs(v));
            }
        }
        assertTrue(most > 0.48 && most <= 0.5, "U(±1/√4), got up to " + most);
        assertEquals(List.of("0.weight_ih_l0", "0.weight_hh_l0"),
                List.copyOf(Module.parameters(Chain.of(GRU.of(engine, RecurrentSpec.of(3, 4).withBias(false))))
                        .keySet()));
    }

    /// Gates i, f, g, o: the second quarter of the biases alone changes.
    @Test
    void aForgetGateBeginsOpen() {
        var net = LSTM.of(engine, RecurrentSpec.of(3, 4).withBidirectional(true));
        var before = net.weights().get(1).biasIh().read().toFloatArray();
        assertEquals(net, net.withForgetBias(3));
        var w = net.weights().get(1);
        for (int i = 0; i < 16; i++) {
            boolean forget = i / 4 == 1;
            assertEquals(forget ? 3 : before[i], w.biasIh().read().toFloatArray()[i], 0f, "b_ih " + i);
            assertEquals(forget, w.biasHh().read().toFloatArray()[i] == 0, "b_hh " + i);
        }
        var none = LSTM.of(engine, RecurrentSpec.of(3, 4).withBias(false));
        var e = assertThrows(IjenException.class, () -> none.withForgetBias(1));
        assertTrue(e.getMessage().contains("a layer without biases"), e.getMessage());
    }

    @Test
    void lastStateOfBothDirections() {
        var all = GRU.of(engine, RecurrentSpec.of(3, 4).withBidirectional(true));
        var last = new GRU(all.spec().withSequences(false), all.weights(), engine);
        var y = all.apply(x(2, 5, 3));
        assertEquals(Shape.of(2, 5, 8), y.shape());
        var expected = Tensor.concat(1, y.select(1, 4).slice(1, 0, 4), y.select(1, 0).slice(1, 4, 4));
        assertClose(engine.evaluate(expected).toDoubleArray(), last.apply(x(2, 5, 3)), 0);
    }

    /// What lies beyond a sequence's length neither matters nor gets a gradient.
    @Test
    void paddingDoesNotMatter() {
        var net = LSTM.of(engine, RecurrentSpec.of(3, 4).withBidirectional(true).withLayers(2));
        var lengths = engine.tensor(HostTensor.of(new int[] {3, 5}, 2));
        var a = x(2, 5, 3);
        var keep = engine.tensor(HostTensor.of(new float[] {1, 1, 1, 0, 0, 1, 1, 1, 1, 1}, 2, 5, 1));
        var b = a.mul(keep).add(keep.mul(-1).add(1).mul(7));
        var ya = net.run(a, null, null, lengths);
        var yb = net.run(b, null, null, lengths);
        assertClose(engine.evaluate(ya.y()).toDoubleArray(), yb.y(), 0);
        assertClose(engine.evaluate(ya.h()).toDoubleArray(), yb.h(), 0);
        assertClose(engine.evaluate(ya.c()).toDoubleArray(), yb.c(), 0);
        var g = Gradient.of(ya.y().square().sum().add(ya.c().sum()), a);
        assertClose(new double[30], g.mul(keep.mul(-1).add(1)), 0);
        // the shorter one alone
        var alone = net.run(a.slice(0, 0, 1).slice(1, 0, 3));
        assertClose(engine.evaluate(alone.y()).toDoubleArray(), ya.y().slice(0, 0, 1).slice(1, 0, 3), 1e-6);
        assertClose(engine.evaluate(alone.h()).toDoubleArray(), ya.h().slice(1, 0, 1), 1e-6);
        assertClose(engine.evaluate(alone.c()).toDoubleArray(), ya.c().slice(1, 0, 1), 1e-6);
    }

    @Test
    void aSequenceInTwoParts() {
        var net = LSTM.of(engine, 3, 4);
        var first = net.run(x(2, 6, 3).slice(1, 0, 2));
        var second = net.run(x(2, 6, 3).slice(1, 2, 4), first.h(), first.c());
        var both = Tensor.concat(1, first.y(), second.y());
        assertClose(engine.evaluate(net.apply(x(2, 6, 3))).toDoubleArray(), both, 1e-6);
    }

    /// Two symbols are to be repeated after two blanks (Hochreiter and Schmidhuber's lag, in small).
    @Test
    void symbolsAreCopiedAfterALag() {
        int steps = 6;
        var input = new float[9 * steps * 4];
        var target = new int[18];
        for (int i = 0; i < 9; i++) {
            int[] symbols = {i / 3, i % 3};
            for (int t = 0; t < steps; t++) {
                input[(i * steps + t) * 4 + (t < 2 ? symbols[t] : 3)] = 1;
            }
            target[2 * i] = symbols[0];
            target[2 * i + 1] = symbols[1];
        }
        var lstm = LSTM.of(engine, 4, 12);
        var out = Linear.of(engine, 12, 3);
        var adam = Adam.of(Schedule.constant(0.03));
        var step = engine.compile((x, y) -> {
            var logits = out.apply(lstm.apply(x).slice(1, steps - 2, 2));
            var loss = Loss.crossEntropy(logits.reshape(18, 3), y);
            adam.update(List.of(lstm, out), loss);
            return loss;
        });
        double loss = Double.NaN;
        for (int i = 0; i < 150; i++) {
            loss = step.run(HostTensor.of(input, 9, steps, 4), HostTensor.of(target, 18)).item();
        }
        assertTrue(loss < 0.05, "loss " + loss);
    }

    @Test
    void aForwardPassIsOneLaunchADirection() {
        var net = LSTM.of(engine, RecurrentSpec.of(3, 4).withBidirectional(true));
        try (var step = engine.inference(x -> net.apply(x))) {
            step.run(HostTensor.of(new float[30], 2, 5, 3));
            var names = step.report(List.of(dev.ijen.engine.InputSpec.of(HostTensor.of(new float[30], 2, 5, 3))))
                    .details().stream().map(Object::toString).toList();
            assertEquals(2, names.stream().filter(n -> n.startsWith("lstm")).count(), names.toString());
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        var net = LSTM.of(engine, 3, 4);
        var e = assertThrows(ShapeException.class, () -> net.apply(x(2, 5, 4)));
        assertTrue(e.getMessage().contains("in = 3"), e.getMessage());
        assertThrows(ShapeException.class, () -> net.apply(x(5, 3)));
        assertThrows(ShapeException.class, () -> net.run(x(2, 5, 3), x(1, 3, 4), null));
        assertThrows(IjenException.class, () -> RecurrentSpec.of(3, 0));
        assertThrows(IjenException.class, () -> RecurrentSpec.of(3, 4).withDropout(1));
        assertThrows(IjenException.class, () -> RNN.of(engine, RecurrentCell.GRU, RecurrentSpec.of(3, 4)));
    }
}
