package dev.ijen.nn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Parameter;
import dev.ijen.loss.Loss;
import dev.ijen.optim.Gradients;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Why networks have shortcuts (He et al., arXiv:1512.03385): through 50 layers a gradient reaches the first with them, and not without.
class GradientReachTest extends OnEngine {
    private static final int LAYERS = 50;
    private static final int WIDTH = 16;

    /// Length of the first layer's gradient, weights and biases together, over that of the last.
    private double reach(boolean skip) {
        var layers = new ArrayList<Module>();
        var weights = new ArrayList<Linear>();
        for (int i = 0; i < LAYERS; i++) {
            // U(±1/√n), the usual start of a linear layer elsewhere
            var linear = Linear.of(engine, WIDTH, WIDTH, Init.uniform(-0.25, 0.25), true);
            weights.add(linear);
            var body = Chain.of(linear, Activation.TANH);
            layers.add(skip ? Residual.of(body) : body);
        }
        var model = Chain.of(layers).then("output", Linear.of(engine, WIDTH, 3));
        var random = new Random(5);
        var x = new float[32 * WIDTH];
        var y = new int[32];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < y.length; i++) {
            y[i] = i % 3;
        }
        var loss = Loss.crossEntropy(model.apply(engine.tensor(x, 32, WIDTH)), engine.tensor(y, 32));
        double ratio = norm(loss, weights.getFirst()) / norm(loss, weights.getLast());
        Module.close(model);
        return ratio;
    }

    private double norm(Tensor loss, Module layer) {
        var all = Module.parameters(layer).values().stream().map(Parameter::get).toList();
        return engine.evaluate(Gradients.globalNorm(Gradient.of(loss, all))).item();
    }

    @Test
    void shortcutsCarryTheGradient() {
        double with = reach(true);
        double without = reach(false);
        assertTrue(with > 1e-3, "with shortcuts " + with);
        assertTrue(without < 1e-3, "without " + without);
    }

    /// Convolutions behave alike.
    @Test
    void convolutionsNeedThemAsWell() {
        double with = convolutions(true);
        double without = convolutions(false);
        assertTrue(with > 1e-3, "with shortcuts " + with);
        assertTrue(without < 1e-3, "without " + without);
    }

    private double convolutions(boolean skip) {
        var layers = new ArrayList<Module>();
        var all = new ArrayList<Conv>();
        for (int i = 0; i < LAYERS; i++) {
            var conv = Conv.of(engine,
                    ConvSpec.of(2, 4, 4, 3).withPadding(Padding.of(1)).withInit(Init.uniform(-1 / 6.0, 1 / 6.0)));
            all.add(conv);
            var body = Chain.of(conv, Activation.TANH);
            layers.add(skip ? Residual.of(body) : body);
        }
        var model = Chain.of(layers).then("pool", new GlobalAvgPool()).then("output", Linear.of(engine, 4, 2));
        var random = new Random(6);
        var x = new float[4 * 4 * 6 * 6];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        var loss = Loss.crossEntropy(model.apply(engine.tensor(x, 4, 4, 6, 6)),
                engine.tensor(new int[] {0, 1, 0, 1}, 4));
        double ratio = norm(loss, all.getFirst()) / norm(loss, all.getLast());
        Module.close(model);
        return ratio;
    }
}
