package dev.ijen.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Cells;
import dev.ijen.loss.Loss;
import dev.ijen.optim.Adam;
import dev.ijen.optim.Schedule;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LoraTest extends OnEngine {
    private HostTensor x(int... dims) {
        var t = HostTensor.zeros(dev.ijen.tensor.DType.F32, dev.ijen.tensor.Shape.of(dims));
        for (int i = 0; i < t.shape().size(); i++) {
            t.set(i, Math.sin(1.7 * i + 0.3));
        }
        return t;
    }

    @Test
    void adaptersAreBesideTheLayersThatAreNamedAndChangeNothingAtFirst() {
        var model = TransformerBlock.of(engine, AttentionSpec.of(8, 2));
        var before = Module.parameters(model).keySet();
        var adapted = Lora.adapt(engine, model, 2, 4, 0, List.of("*.qkv", "up"));
        try (var a = engine.inference(model::apply); var b = engine.inference(adapted::apply)) {
            var names = new TreeSet<>(Module.parameters(adapted).keySet());
            names.removeAll(before);
            assertEquals(Set.of("attention.qkv.lora.a", "attention.qkv.lora.b", "up.lora.a", "up.lora.b"), names);
            assertSame(model.down(), adapted.down());
            assertEquals(2 * (8 + 24) + 2 * (8 + 32), Module.parameterCount(adapted) - Module.parameterCount(model));
            var x = x(2, 3, 8);
            assertArrayEquals(a.run(x).get(0).toFloatArray(), b.run(x).get(0).toFloatArray());
        } finally {
            Module.close(adapted);
        }
    }

    @Test
    void mergedWeightsDoWhatTheyDoTogether() {
        var model = Chain.of(Linear.of(engine, 5, 7), Activation.TANH, Linear.of(engine, 7, 3));
        var adapted = Lora.adapt(engine, model, 2, 6, 0, List.of("*"));
        var adam = Adam.of(Schedule.constant(0.05)).withFrozen("*", "!*.lora.*");
        var first = Cells.parameters(model).get("0.weight").read();
        try (var step = engine.compile((x, y) -> {
            var loss = Loss.mse(adapted.apply(x), y);
            adam.update(adapted, loss);
            return loss;
        }); var use = engine.inference(adapted::apply); var plain = engine.inference(model::apply)) {
            float begun = step.run(x(16, 5), x(16, 3)).toFloatArray(0)[0];
            float last = begun;
            for (int i = 0; i < 60; i++) {
                last = step.run(x(16, 5), x(16, 3)).toFloatArray(0)[0];
            }
            assertTrue(last < begun / 2, begun + " to " + last);
            var together = use.run(x(16, 5)).get(0).toFloatArray();
            assertArrayEquals(first.toFloatArray(), Cells.parameters(model).get("0.weight").read().toFloatArray());
            // y = x · (w + scale · b · a)ᵀ: by hand for one element
            var l = (Linear) adapted.modules().getFirst();
            assertEquals(3.0, l.lora().scale());
            double sum = first.get(1 * 5 + 2);
            for (int r = 0; r < 2; r++) {
                sum += 3 * l.lora().b().read().get(1 * 2 + r) * l.lora().a().read().get(r * 5 + 2);
            }
            var merged = Lora.merged(adapted);
            assertEquals(Set.of("0.weight", "0.bias", "2.weight", "2.bias"), merged.keySet());
            assertEquals(sum, merged.get("0.weight").get(1 * 5 + 2), 1e-6);
            Cells.parameters(model).forEach((name, p) -> p.write(merged.get(name)));
            assertArrayEquals(together, plain.run(x(16, 5)).get(0).toFloatArray(), 1e-5f);
        } finally {
            adam.close();
            Module.close(adapted);
        }
    }

    @Test
    void dropoutIsOfTheAdaptersInputInTrainingAlone() {
        var model = Lora.adapt(engine, Chain.of(Linear.of(engine, 4, 4)), 2, 2, 0.5, List.of("0"));
        var lora = ((Linear) model.modules().getFirst()).lora();
        lora.b().write(x(4, 2));
        try (var train = engine.compile(x -> model.apply(x)); var use = engine.inference(model::apply)) {
            var y = use.run(x(3, 4)).get(0).toFloatArray();
            assertArrayEquals(y, use.run(x(3, 4)).get(0).toFloatArray());
            assertFalse(java.util.Arrays.equals(y, train.run(x(3, 4)).toFloatArray(0)));
        } finally {
            Module.close(model);
        }
    }

    @Test
    void whereNoLayerIsNamedTheLayersAreToldOf() {
        var model = Chain.of(Linear.of(engine, 2, 2));
        var e = assertThrows(IjenException.class, () -> Lora.adapt(engine, model, 1, 1, 0, List.of("attention")));
        assertTrue(e.getMessage().contains("[0]") && e.getMessage().contains("attention"), e.getMessage());
        Module.close(model);
    }

    @Test
    void frozenBatchNormsKeepTheirStatistics() {
        var model = Chain.of(BatchNorm.of(engine, 3), Linear.of(engine, 3, 2), BatchNorm.of(engine, 2));
        var half = Freeze.statistics(model, List.of("*", "!2.*"));
        try (var step = engine.compile(x -> half.apply(x));
                var use = engine.inference(Chain.of(half.modules().getFirst())::apply)) {
            var x = x(8, 3);
            step.run(x).toFloatArray(0);
            var states = Module.states(model);
            assertArrayEquals(new float[3], states.get("0.runningMean").read().toFloatArray());
            assertFalse(java.util.Arrays.equals(new float[2], states.get("2.runningMean").read().toFloatArray()));
            // a frozen norm computes in training what it does in use
            assertEquals(x.get(4) / Math.sqrt(1 + 1e-5), use.run(x).get(0).get(4), 1e-6);
        } finally {
            Module.close(model);
        }
    }

    @Test
    void ofPatternsTheLastThatFitsDecides() {
        assertTrue(Cells.matches(List.of("*", "!9.*"), "0.weight"));
        assertFalse(Cells.matches(List.of("*", "!9.*"), "9.weight"));
        assertTrue(Cells.matches(List.of("!9.*", "*"), "9.weight"));
        assertFalse(Cells.matches(List.of(), "9.weight"));
    }
}
