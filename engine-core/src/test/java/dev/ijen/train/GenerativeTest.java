package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.nn.Init;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Module;
import dev.ijen.nn.OnEngine;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GenerativeTest extends OnEngine {
    @Test
    void penaltyOfALinearCriticIsKnown() {
        // the slope is w everywhere: (‖w‖ − 1)², whose gradient is 2 (‖w‖ − 1) w / ‖w‖
        var critic = Linear.of(engine, 2, 1, Init.zeros(), true);
        critic.weight().write(HostTensor.of(new float[] {3, 4}, 1, 2));
        try (var step = engine.program(in -> {
            var p = GanTask.penalty(engine, critic, in.get(0), in.get(1));
            return List.of(p, Gradient.of(p, critic.weight().get()));
        })) {
            var out = step.run(Noise.normal(1, 1, 5, 2), Noise.normal(2, 1, 5, 2));
            assertEquals(16, out.get(0).item(), 1e-4);
            assertClose(new double[] {2 * 4 * 3 / 5.0, 2 * 4 * 4 / 5.0}, out.get(1), 1e-5);
        }
        Module.close(critic);
    }

    @Test
    void slicedDistanceOfAShift() {
        var random = new Random(1);
        var a = new double[400];
        var b = new double[400];
        for (int i = 0; i < a.length; i++) {
            a[i] = random.nextGaussian();
            b[i] = a[i] + (i % 2 == 0 ? 3 : 0);
        }
        assertEquals(0, Likeness.slicedWasserstein(a, a, 2));
        // mean of |3 cos θ| over directions is 6 / π; 64 random ones are within a tenth of it
        assertEquals(6 / Math.PI, Likeness.slicedWasserstein(a, b, 2), 0.2);
    }

    @Test
    void modesThatAreMissedAreCounted() {
        var data = dev.ijen.data.synth.Synthetic.ring(800, 8, 2, 0.05, 3);
        var pre = new Preprocessor.Arrays(DType.F32, Shape.of(2), data.classNames());
        var x = data.batch(IntStream.range(0, 800).toArray()).input();
        var all = new double[1600];
        var half = new double[1600];
        for (int i = 0; i < 800; i++) {
            for (int k = 0; k < 2; k++) {
                all[2 * i + k] = x.get(2 * i + k);
                // only the clouds 0 to 3
                half[2 * i + k] = x.get(2 * (i / 8 * 8 + i % 4) + k);
            }
        }
        var e = Likeness.evaluate(pre, data, all);
        assertEquals(8, e.metric("modes"));
        assertTrue(e.metric("quality") > 0.97, e.toText());
        assertEquals(0, e.metric("swd"), 1e-12);
        assertEquals(4, Likeness.evaluate(pre, data, half).metric("modes"));
    }

    @Test
    void promptsAreWords() {
        var p = Prompts.of(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
        var seven = p.tokens("A seven!", 2);
        assertEquals(Shape.of(2, Prompts.LENGTH), seven.shape());
        // it is one of the ways training examples are described
        var one = IntStream.range(0, Prompts.LENGTH).map(i -> (int) seven.get(i)).toArray();
        assertTrue(java.util.Arrays.stream(p.ways()[7]).anyMatch(w -> java.util.Arrays.equals(w, one)));
        var begin = new int[Prompts.LENGTH];
        begin[0] = 1;
        assertArrayEquals(begin, p.tokens("", 1).toIntArray());
        assertEquals(10 * p.wayCount(), p.table().shape().dim(0));
        var texts = java.util.Arrays.stream(p.ways()).flatMap(java.util.Arrays::stream)
                .map(java.util.Arrays::toString).collect(Collectors.toList());
        assertEquals(texts.size(), Set.copyOf(texts).size(), "no description stands for two classes, or twice");
        var e = assertThrows(IjenException.class, () -> p.tokens("a zebra", 1));
        assertTrue(e.getMessage().contains("'zebra'") && e.getMessage().contains("seven"), e.getMessage());
        assertThrows(IjenException.class, () -> p.tokens("a a a a a a a a a", 1));
    }

    @Test
    void classesAreAskedForInAllWaysInTurn() {
        var p = Prompts.of(List.of("0", "1"));
        var asked = p.inTurn(new int[] {1, 0, 1, 1}).toIntArray();
        int[] ways = {0, 0, 1, 2};
        int[] classes = {1, 0, 1, 1};
        for (int i = 0; i < 4; i++) {
            assertArrayEquals(p.ways()[classes[i]][ways[i]],
                    java.util.Arrays.copyOfRange(asked, i * Prompts.LENGTH, (i + 1) * Prompts.LENGTH));
        }
        // after the last way comes the first again
        int n = p.ways()[0].length + 1;
        var all = p.inTurn(new int[n]).toIntArray();
        assertArrayEquals(p.ways()[0][0],
                java.util.Arrays.copyOfRange(all, (n - 1) * Prompts.LENGTH, n * Prompts.LENGTH));
    }

    @Test
    void noiseSchedule() {
        // cosine schedule of arXiv:2102.09672: all signal at 0, none at 1
        assertEquals(1, DiffusionTask.signal(0), 1e-3);
        assertEquals(Math.cos(0.498 / 1.008 * Math.PI / 2), DiffusionTask.signal(0.5), 1e-12);
        assertTrue(DiffusionTask.signal(1) > 0 && DiffusionTask.signal(1) < 0.05);
    }

    @Test
    void gridsShowEveryExample() {
        var g = SampleGrid.of(HostTensor.of(new float[] {0, 1, 0.5f, 2}, 4, 1, 1, 1));
        // two columns, a frame of 2 around each
        assertEquals(Shape.of(8, 8, 1), g.shape());
        assertEquals(List.of(0L, 255L, 128L, 255L),
                List.of(g.getLong(2 * 8 + 2), g.getLong(2 * 8 + 5), g.getLong(5 * 8 + 2), g.getLong(5 * 8 + 5)));
        assertEquals(4, SampleGrid.each(HostTensor.of(new float[] {0, 1, 0.5f, 2}, 4, 1, 1, 1)).size());
    }
}
