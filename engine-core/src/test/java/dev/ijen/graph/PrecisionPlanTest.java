package dev.ijen.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.loss.Loss;
import dev.ijen.nn.Activation;
import dev.ijen.nn.BatchNorm;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Conv;
import dev.ijen.nn.ConvSpec;
import dev.ijen.nn.LayerNorm;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Module;
import dev.ijen.nn.OnEngine;
import dev.ijen.optim.Sgd;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Precision;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is kept, converted and computed by compiled training steps of mixed precision.
class PrecisionPlanTest extends OnEngine {
    private static final int BATCH = 512;
    private static final int WIDTH = 32;

    private Plan plan(Module model, Precision p, int... dims) {
        try (var sgd = Sgd.of(dev.ijen.optim.Schedule.constant(0.1))) {
            var trace = Trace.training().with(p);
            return trace.call(() -> {
                var x = Tensor.of(new Leaf.Input(0, DType.F32, Shape.of(dims)));
                var y = Tensor.of(new Leaf.Input(1, DType.I32, Shape.of(dims[0])));
                var loss = Loss.crossEntropy(model.apply(x), y);
                sgd.update(model, loss);
                return Compiled.of(new Program(List.of(loss), trace.updates()));
            }).plan();
        }
    }

    private Chain mlp() {
        return Chain.of(
                Linear.of(engine, WIDTH, WIDTH), Activation.RELU, Linear.of(engine, WIDTH, WIDTH), Activation.RELU,
                Linear.of(engine, WIDTH, WIDTH), Activation.RELU, Linear.of(engine, WIDTH, 4));
    }

    private Chain norms() {
        return Chain.of(
                Linear.of(engine, WIDTH, WIDTH), LayerNorm.of(engine, WIDTH), Activation.GELU,
                Linear.of(engine, WIDTH, WIDTH), LayerNorm.of(engine, WIDTH), Activation.GELU,
                Linear.of(engine, WIDTH, 4));
    }

    private Chain cnn() {
        return Chain.of(
                conv(3, 8), BatchNorm.of(engine, 8), Activation.RELU, conv(8, 8), BatchNorm.of(engine, 8),
                Activation.RELU, conv(8, 8), BatchNorm.of(engine, 8), Activation.RELU,
                (Module) Tensor::globalAvgPool, Linear.of(engine, 8, 4));
    }

    private Conv conv(int in, int out) {
        return Conv.of(engine, ConvSpec.of(2, in, out, 3));
    }

    private static List<Plan.Ref> written(Plan p) {
        return p.launches().stream().flatMap(l -> l.out().stream()).toList();
    }

    private static DType type(Kernel k) {
        return switch (k) {
            case Kernel.MatMul m -> m.dtype();
            case Kernel.Conv c -> c.dtype();
            default -> null;
        };
    }

    private static void assertProducts(Plan p, DType type, int count) {
        var types = p.launches().stream().map(l -> type(l.kernel())).filter(t -> t != null).toList();
        assertEquals(count, types.size());
        assertTrue(types.stream().allMatch(type::equals), types.toString());
    }

    /// Nothing of the size of an activation is written in F32, which conversions would be.
    private static void assertNoWide(List<Plan.Launch> launches, long size) {
        assertEquals(0, wide(launches, size), launches.toString());
    }

    private static long wide(List<Plan.Launch> launches, long size) {
        return launches.stream()
                .flatMap(l -> l.out().stream())
                .filter(r -> r.dtype() == DType.F32 && r.count() >= size)
                .count();
    }

    @Test
    void anMlpKeepsHalf() {
        var model = mlp();
        var wide = plan(model, Precision.F32, BATCH, WIDTH);
        var low = plan(model, Precision.BF16, BATCH, WIDTH);
        assertProducts(wide, DType.F32, 4 + 3 + 4);
        assertProducts(low, DType.BF16, 4 + 3 + 4);
        assertNoWide(low.launches(), BATCH * WIDTH);
        // half, and short copies of the input and of the weights, which F32 does without
        long copies = 2L * (BATCH * WIDTH + Module.parameterCount(model)) + 10 * Plan.ALIGNMENT;
        assertTrue(low.workspaceBytes() <= wide.workspaceBytes() / 2 + copies,
                low.workspaceBytes() + " of " + wide.workspaceBytes());
        Module.close(model);
    }

    @Test
    void normsAreRecomputedFromTheShortInput() {
        var model = norms();
        var wide = plan(model, Precision.F32, BATCH, WIDTH);
        var low = plan(model, Precision.BF16, BATCH, WIDTH);
        // what is kept for the backward pass is short; there, a norm's gradient passes through one F32 array
        var forward = low.launches().stream().takeWhile(l -> !(l.kernel() instanceof Kernel.CrossEntropy)).toList();
        assertNoWide(forward, BATCH * WIDTH);
        // half, that array, and short copies of the input and of the weights, which F32 does without
        long more = 4L * BATCH * WIDTH + 2L * (BATCH * WIDTH + Module.parameterCount(model)) + 10 * Plan.ALIGNMENT;
        assertTrue(low.workspaceBytes() <= wide.workspaceBytes() / 2 + more,
                low.workspaceBytes() + " of " + wide.workspaceBytes());
        Module.close(model);
    }

    @Test
    void aCnnWithBatchNormKeepsHalf() {
        var model = cnn();
        var wide = plan(model, Precision.F32, 16, 3, 12, 12);
        var low = plan(model, Precision.BF16, 16, 3, 12, 12);
        assertProducts(low, DType.BF16, 3 + 2 + 3 + 3);
        assertNoWide(low.launches(), 16 * 8 * 6 * 6);
        assertTrue(low.workspaceBytes() <= 0.55 * wide.workspaceBytes(),
                low.workspaceBytes() + " of " + wide.workspaceBytes());
        Module.close(model);
    }

    @Test
    void weightsAreCastOnceAStepAndStayF32() {
        var model = mlp();
        var low = plan(model, Precision.F16, BATCH, WIDTH);
        var cells = low.externals().stream().filter(e -> e.role() == Plan.Role.CELL).toList();
        assertTrue(cells.stream().noneMatch(c -> c.dtype() == DType.F16), cells.toString());
        // three weights of this size: one conversion each, although each is used forward and (but the first) backward
        long conversions = written(low).stream()
                .filter(r -> r.dtype() == DType.F16 && r.count() == WIDTH * WIDTH)
                .count();
        long gradients = 3;
        assertEquals(3 + gradients, conversions);
        Module.close(model);
    }

    @Test
    void lossesAreF32() {
        var model = mlp();
        var low = plan(model, Precision.BF16, BATCH, WIDTH);
        for (var l : low.launches()) {
            assertTrue(!(l.kernel() instanceof Kernel.CrossEntropy c) || c.dtype() == DType.F32);
            assertTrue(!(l.kernel() instanceof Kernel.Softmax s) || s.dtype() == DType.F32);
        }
        assertEquals(DType.F32, low.results().getFirst().dtype());
        Module.close(model);
    }

    @Test
    void tf32IsAPermissionAndNoOtherPlan() {
        var model = mlp();
        assertEquals(
                plan(model, Precision.F32, BATCH, WIDTH).launches().stream().map(Plan.Launch::kernel)
                        .filter(k -> !(k instanceof Kernel.Loop)).toList(),
                plan(model, Precision.TF32, BATCH, WIDTH).launches().stream().map(Plan.Launch::kernel)
                        .filter(k -> !(k instanceof Kernel.Loop)).toList());
        Module.close(model);
    }
}
