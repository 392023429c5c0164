package dev.ijen.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Parameter;
import dev.ijen.nn.OnEngine;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Rates equal those of PyTorch 1.13's schedulers.
class ScheduleTest extends OnEngine {
    private void assertRates(Schedule s, double... expected) {
        for (int t = 0; t < expected.length; t++) {
            var rate = engine.evaluate(s.at(Tensor.scalar(DType.F32, t))).item();
            assertEquals(expected[t], rate, 1e-6 * expected[t] + 1e-7, "step " + t);
        }
    }

    @Test
    void steps() {
        assertRates(Schedule.constant(0.3), 0.3, 0.3);
        assertRates(Schedule.step(1, 3, 0.5), 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125);
        assertRates(Schedule.multiStep(1, 0.1, 2, 5, 6), 1, 1, 0.1, 0.1, 0.1, 0.01, 0.001, 0.001);
        assertRates(Schedule.exponential(1, 0.9), 1, 0.9, 0.81, 0.729, 0.6561, 0.59049);
    }

    @Test
    void curves() {
        assertRates(Schedule.cosine(1, 8, 0.1), 1, 0.96574579, 0.868198052, 0.722207545, 0.55, 0.377792455, 0.231801948,
                0.13425421, 0.1, 0.1);
        assertRates(Schedule.polynomial(1, 6, 2, 0), 1, 0.694444444, 0.444444444, 0.25, 0.111111111, 0.0277777778, 0,
                0);
        assertRates(Schedule.linear(1, 4), 1, 0.75, 0.5, 0.25, 0, 0);
        assertRates(Schedule.inverseSqrt(1, 4), 1, 1, 1, 1, 0.894427191, 0.816496581);
    }

    @Test
    void oneCycle() {
        assertRates(
                Schedule.oneCycle(1, 20),
                0.04, 0.131671843, 0.371671843, 0.668328157, 0.908328157, 1, 0.987464006,
                0.950484632, 0.890916178, 0.811745654, 0.716943002, 0.611262022, 0.500002,
                0.388741978, 0.283060998, 0.188258346, 0.109087822, 0.049519368, 0.0125399938, 4e-06);
    }

    @Test
    void warmUpRisesToTheFirstRate() {
        assertRates(Schedule.cosine(1, 8).warmUp(4), 0.25, 0.5, 0.75, 1, 1, 0.961939766, 0.853553391, 0.691341716, 0.5);
        assertRates(Schedule.constant(2).warmUp(0), 2);
    }

    @Test
    void aSharpCornerStaysSharpAfterMillionsOfSteps() {
        var s = Schedule.step(1, 1000, 0.999);
        assertEquals(Math.pow(0.999, 2999), engine.evaluate(s.at(Tensor.scalar(DType.F32, 2_999_999))).item(), 1e-5);
        assertEquals(Math.pow(0.999, 3000), engine.evaluate(s.at(Tensor.scalar(DType.F32, 3_000_000))).item(), 1e-5);
    }

    @Test
    void nonsenseIsRefused() {
        assertThrows(IjenException.class, () -> Schedule.cosine(1, 0));
        assertThrows(IjenException.class, () -> Schedule.step(1, 0, 0.5));
        assertThrows(IjenException.class, () -> Schedule.constant(-1));
    }

    /// One number.
    record Point(Parameter w) {}

    @Test
    void plateauLowersTheRateOfTheNextStep() {
        var point = new Point(engine.parameter("w", HostTensor.of(new float[] {8})));
        var sgd = Sgd.of(Schedule.constant(1));
        var step = engine.program(in -> {
            sgd.update(point, point.w.get());
            return List.of();
        });
        step.run();
        assertEquals(7, point.w.read().item());
        var plateau = Plateau.of(sgd, 0.5, 2);
        double[] metrics = {3, 2, 2, 2, 2, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9, 1.5};
        double[] rates = {1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25};
        for (int i = 0; i < metrics.length; i++) {
            assertEquals(i > 0 && rates[i] < rates[i - 1], plateau.observe(metrics[i]));
            assertEquals(rates[i], sgd.scale());
        }
        step.run();
        assertEquals(6.75, point.w.read().item());
        assertEquals(0.25, sgd.learningRate());
        assertEquals(2, sgd.steps());

        var again = Plateau.of(sgd, 0.5, 2);
        again.restore(plateau.state());
        assertFalse(again.observe(1.5));
        assertFalse(again.observe(1.5));
        assertTrue(again.observe(Double.NaN), "NaN is no improvement");
    }
}
