package dev.ijen.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.HostRandom;
import dev.ijen.engine.Parameter;
import dev.ijen.engine.Step;
import dev.ijen.loss.CrossEntropy;
import dev.ijen.loss.Loss;
import dev.ijen.optim.Adam;
import dev.ijen.optim.Schedule;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Whole models learn, and gradients of gradients are right.
class LearningTest extends OnEngine {
    private static double[] random(int stream, int count) {
        var r = new HostRandom(17, stream);
        var v = new double[count];
        for (int i = 0; i < count; i++) {
            v[i] = r.nextGaussian();
        }
        return v;
    }

    private static HostTensor images(int count) {
        var f = new float[count * 36];
        var d = random(1, f.length);
        for (int i = 0; i < f.length; i++) {
            f[i] = (float) d[i];
        }
        return HostTensor.of(f, count, 1, 6, 6);
    }

    @Test
    void oneBatchIsLearntByHeart() {
        var net = Chain.of(
                Conv.of(engine, ConvSpec.of(2, 1, 4, 3).withPadding(Padding.same()).withBias(false)),
                BatchNorm.of(engine, 4),
                Tensor::relu,
                Residual.of(Chain.of(Conv.of(engine, ConvSpec.of(2, 4, 4, 3).withPadding(Padding.same())),
                        Activation.GELU)),
                MaxPool.d2(2),
                new Flatten(),
                Linear.of(engine, 36, 16),
                LayerNorm.of(engine, 16),
                Tensor::silu,
                Linear.of(engine, 16, 3));
        var adam = Adam.of(Schedule.constant(0.01));
        var step = engine.compile((x, y) -> {
            var loss = Loss.crossEntropy(net.apply(x), y);
            adam.update(net, loss);
            return loss;
        });
        var labels = HostTensor.of(new int[] {0, 1, 2, 0, 2, 1, 1, 0}, 8);
        double loss = Double.NaN;
        for (int i = 0; i < 200; i++) {
            loss = step.run(images(8), labels).item();
        }
        assertTrue(loss < 1e-3, "loss " + loss);
        var predicted = engine.inference(x -> net.apply(x).argmax(-1)).run(images(8)).get(0).toIntArray();
        for (int i = 0; i < 8; i++) {
            assertEquals(labels.getLong(i), predicted[i]);
        }
    }

    /// Two layers in F64, precise enough for differences.
    record Net(Parameter first, Parameter second) {
        Tensor loss(Tensor x, Tensor y) {
            return Loss.mse(x.matmul(first.get()).tanh().matmul(second.get()), y);
        }
    }

    @Test
    void metaGradientsThroughAnInnerStepAgreeWithDifferences() {
        var net = new Net(
                engine.parameter("first", HostTensor.of(random(2, 6), 2, 3)),
                engine.parameter("second", HostTensor.of(random(3, 3), 3, 1)));
        var x = Tensor.of(HostTensor.of(random(4, 10), 5, 2));
        var y = Tensor.of(HostTensor.of(random(5, 5), 5, 1));
        var x2 = Tensor.of(HostTensor.of(random(6, 8), 4, 2));
        var y2 = Tensor.of(HostTensor.of(random(7, 4), 4, 1));
        var step = engine.program(in -> {
            var cells = List.copyOf(Module.parameters(net).values());
            var weights = cells.stream().map(Cell::get).toList();
            var fast = new HashMap<Cell, Tensor>();
            // two inner steps of gradient descent, then the loss on other data
            for (int k = 0; k < 2; k++) {
                Cell.with(fast, () -> {
                    var now = cells.stream().map(Cell::get).toList();
                    var g = Gradient.of(net.loss(x, y), now);
                    for (int i = 0; i < g.size(); i++) {
                        fast.put(cells.get(i), now.get(i).sub(g.get(i).mul(0.3)));
                    }
                    return null;
                });
            }
            var meta = Cell.with(fast, () -> net.loss(x2, y2));
            var g = Gradient.of(meta, weights);
            return List.of(meta, g.get(0), g.get(1));
        });
        var out = step.run();
        var analytic = List.of(out.get(1), out.get(2));
        int at = 0;
        for (var p : Module.parameters(net).values()) {
            for (int i = 0; i < p.shape().size(); i++) {
                double numeric = (moved(step, p, i, 1e-6) - moved(step, p, i, -1e-6)) / 2e-6;
                assertEquals(numeric, analytic.get(at).get(i), 1e-8 + 1e-7 * Math.abs(numeric), p.name() + " " + i);
            }
            at++;
        }
    }

    private static double moved(Step step, Parameter p, int i, double by) {
        var before = p.read();
        var other = p.read();
        other.set(i, other.get(i) + by);
        p.write(other);
        double loss = step.run().item(0);
        p.write(before);
        return loss;
    }

    @Test
    void smoothedLabelsKeepProbabilitiesFromOne() {
        var logits = engine.parameter("logits", HostTensor.of(new float[] {0, 0, 0, 0}, 1, 4));
        var smooth = CrossEntropy.of().withSmoothing(0.2);
        var adam = Adam.of(Schedule.cosine(0.3, 300));
        var step = engine.program(in -> {
            var loss = smooth.apply(logits.get(), in.getFirst());
            adam.update(List.of(logits), loss);
            return List.of(logits.get().softmax());
        });
        double[] p = {};
        for (int i = 0; i < 300; i++) {
            p = step.run(HostTensor.of(new int[] {2}, 1)).get(0).toDoubleArray();
        }
        assertEquals(0.85, p[2], 1e-3);
        assertEquals(0.05, p[0], 1e-3);
    }
}
