package dev.ijen.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.HostRandom;
import dev.ijen.nn.Init;
import dev.ijen.nn.Linear;
import dev.ijen.nn.OnEngine;
import dev.ijen.optim.Schedule;
import dev.ijen.optim.Sgd;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Penalties of weights.
class PenaltyTest extends OnEngine {
    @Test
    void theGradientOfL2IsExactlyLambdaTimesTheWeight() {
        var layer = Linear.of(engine, 7, 5);
        for (double lambda : new double[] {0.03, 1, 1e-4, 7.7}) {
            var g = engine.program(in -> List.of(Gradient.of(Penalty.l2(layer, lambda), layer.weight().get()))).run()
                    .toFloatArray(0);
            var w = layer.weight().read().toFloatArray();
            for (int i = 0; i < w.length; i++) {
                assertEquals((float) lambda * w[i], g[i], "λ " + lambda + ", element " + i);
            }
        }
    }

    @Test
    void values() {
        var layer = Linear.of(engine, 2, 1);
        layer.weight().write(HostTensor.of(new float[] {3, -4}, 1, 2));
        layer.bias().write(HostTensor.of(new float[] {-2}, 1));
        assertClose(0.5 * 29 * 0.1, Penalty.l2(layer, 0.1), 1e-6);
        assertClose(0.9, Penalty.l1(layer, 0.1), 1e-6);
        assertClose(0.7, Penalty.l1(layer, "weight", 0.1), 1e-6);
        assertThrows(IjenException.class, () -> Penalty.l1(layer, "head.*", 1));
    }

    @Test
    void l1MakesIrrelevantWeightsVanish() {
        int n = 200;
        int features = 25;
        int relevant = 5;
        var r = new HostRandom(8, 1);
        var x = new float[n * features];
        var y = new float[n];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < features; k++) {
                x[i * features + k] = (float) r.nextGaussian();
                y[i] += k < relevant ? (k % 2 == 0 ? 1.5f : -1.5f) * x[i * features + k] : 0;
            }
            y[i] += (float) (0.5 * r.nextGaussian());
        }
        var layer = Linear.of(engine, features, 1, Init.heUniform(), false);
        var sgd = Sgd.of(Schedule.cosine(0.05, 400));
        var step = engine.compile((a, t) -> {
            var loss = Loss.mse(layer.apply(a), t).add(Penalty.l1(layer, 0.2));
            sgd.update(layer, loss);
            return loss;
        });
        for (int i = 0; i < 400; i++) {
            step.run(HostTensor.of(x, n, features), HostTensor.of(y, n, 1));
        }
        var w = layer.weight().read().toFloatArray();
        int vanished = 0;
        for (int k = 0; k < features; k++) {
            if (k < relevant) {
                assertTrue(Math.abs(w[k]) > 1, "relevant weight " + w[k]);
            } else {
                vanished += Math.abs(w[k]) < 1e-3 ? 1 : 0;
            }
        }
        assertTrue(vanished >= 0.9 * (features - relevant), vanished + " of " + (features - relevant));
    }
}
