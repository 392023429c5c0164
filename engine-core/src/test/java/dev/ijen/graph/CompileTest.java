package dev.ijen.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Region;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// What the passes make of programs: how many launches, what is fused, where memory is shared. Values are the op table's task.
class CompileTest {
    private static Tensor input(int slot, int... dims) {
        return Tensor.of(new Leaf.Input(slot, DType.F32, Shape.of(dims)));
    }

    private static Compiled compile(Function<Tensor, Tensor> f, int... dims) {
        var trace = Trace.training();
        return trace.call(() -> Compiled.of(new Program(List.of(f.apply(input(0, dims))), trace.updates())));
    }

    private static List<Kernel> kernels(Compiled c) {
        return c.plan().launches().stream().map(Plan.Launch::kernel).toList();
    }

    @Test
    void elementwiseChainsWithAReductionAreOneLoop() {
        var c = compile(x -> x.add(1).gelu().mul(3).sum(), 100, 50);
        assertEquals(1, kernels(c).size());
        var r = ((Kernel.Loop) kernels(c).getFirst()).region();
        assertEquals(1, r.space().length, "contiguous axes collapse");
        assertEquals(Region.Fold.SUM, r.stores().getFirst().fold());
    }

    @Test
    void viewsCostNoLaunch() {
        var c = compile(x -> x.transpose().flip(0).slice(1, 2, 3)
                .add(x.slice(1, 0, 3).slice(0, 1, 4).slice(0, 1, 1).broadcast(5, 3)), 5, 5);
        assertEquals(1, kernels(c).size());
    }

    @Test
    void equalExpressionsAreComputedOnce() {
        var c = compile(x -> x.exp().matmul(x.exp()), 8, 8);
        assertEquals(2, kernels(c).size());
    }

    @Test
    void randomDrawsAreNeverJoined() {
        var state = Tensor.of(HostTensor.of(new long[] {1, 2}));
        var c = compile(x -> Tensor.uniform(state, Shape.of(4)).sub(Tensor.uniform(state, Shape.of(4))), 1);
        var r = ((Kernel.Loop) kernels(c).getFirst()).region();
        assertEquals(2, r.body().stream().filter(i -> i instanceof Region.Instr.Random).count());
    }

    @Test
    void constantsFold() {
        var c = compile(x -> x.mul(Tensor.scalar(DType.F32, 2).exp().add(1)).add(0).mul(1), 4);
        var r = ((Kernel.Loop) kernels(c).getFirst()).region();
        assertEquals(3, r.body().size(), "load, constant, product");
    }

    @Test
    void permutationsOfNeighbouringConvolutionsCancel() {
        var k1 = new TestCell("k1", 8, 3, 3, 3);
        var k2 = new TestCell("k2", 8, 8, 3, 3);
        var bias = new TestCell("bias", 8);
        var c = compile(
                x -> x.conv2d(k1.get(), 1, 1)
                        .add(bias.get().reshape(8, 1, 1))
                        .relu()
                        .maxPool2d(2, 2, 0)
                        .conv2d(k2.get(), 1, 1)
                        .globalAvgPool(),
                2,
                3,
                8,
                8);
        var names = c.plan().launches().stream().map(l -> l.origin().operation()).toList();
        // one permutation of the input, one for each filter, none between the layers
        assertEquals(3, names.stream().filter("permute"::equals).count(), names.toString());
    }

    @Test
    void gradientsOfPartsStandOneAfterTheOther() {
        var c = compile(
                x -> {
                    var part = x.split(1, 4);
                    var y = part[0].cumsum(0).add(part[1].cumsum(1)).add(part[2].softmax()).add(part[3].cumsum(0));
                    return Gradient.of(y, y.onesLike(), List.of(x)).getFirst();
                },
                3,
                20);
        var names = c.plan().launches().stream().map(l -> l.origin().operation()).toList();
        assertTrue(names.stream().noneMatch(n -> n.contains("pad") || n.contains("add")), names.toString());
        assertEquals(0, kernels(c).stream().filter(k -> k instanceof Kernel.Fill).count());
        // parts with a gap between them are still added
        var gap = compile(x -> Gradient.of(x.slice(0, 0, 2).mul(x.slice(0, 3, 2)).sum(), x), 5);
        assertTrue(gap.plan().launches().stream().anyMatch(l -> l.origin().operation().contains("add")));
    }

    @Test
    void anOptimizerStepIsOneLoopAParameterAndUpdatesInPlace() {
        var w = new TestCell("w", 100);
        var m = new TestCell("m", 100);
        var v = new TestCell("v", 100);
        var c = compile(
                x -> {
                    var g = Gradient.of(w.get().mul(x).sum(), w.get());
                    var m1 = m.get().mul(0.9).add(g.mul(0.1));
                    var v1 = v.get().mul(0.999).add(g.square().mul(0.001));
                    m.set(m1);
                    v.set(v1);
                    w.set(w.get().sub(m1.div(v1.sqrt().add(1e-8)).mul(1e-3)));
                    return g.sum();
                },
                100);
        assertEquals(0, kernels(c).stream().filter(k -> k instanceof Kernel.Copy).count());
        assertTrue(kernels(c).size() <= 2, kernels(c).toString());
        assertTrue(c.plan().externals().stream()
                .filter(e -> e.role() == Plan.Role.CELL)
                .allMatch(Plan.External::written));
    }

    @Test
    void memoryOfDeadIntermediatesIsReused() {
        var ws = new ArrayList<Cell>();
        for (int i = 0; i < 20; i++) {
            ws.add(new TestCell("w" + i, 64, 64));
        }
        var c = compile(
                x -> {
                    var h = x;
                    for (var w : ws) {
                        h = h.matmul(w.get()).tanh();
                    }
                    return h.sum();
                },
                128,
                64);
        // two activations are live at a time
        assertTrue(c.plan().workspaceBytes() <= 2 * 128 * 64 * 4 + 256, "" + c.plan().workspaceBytes());
        assertTrue(c.naiveBytes() >= 20 * 128 * 64 * 4);
    }

    @Test
    void liveMemoryNeverOverlaps() {
        var c = compile(
                x -> {
                    var a = x.matmul(x);
                    var b = a.tanh().matmul(a);
                    var d = b.softmax().add(a.cumsum(0));
                    return Tensor.concat(0, d, b.pad(1, 1, 1).slice(1, 0, 16)).sort(1, false);
                },
                16,
                16);
        checkNoOverlap(c.plan());
    }

    /// Replays the plan on paper: whatever a launch reads from the workspace was written before and not overwritten since.
    private static void checkNoOverlap(Plan plan) {
        var owner = new int[(int) (plan.workspaceBytes() / 4)];
        Arrays.fill(owner, -1);
        var writer = new HashMap<Plan.Ref, Integer>();
        for (int i = 0; i < plan.launches().size(); i++) {
            var l = plan.launches().get(i);
            for (var r : l.in()) {
                if (r.memory() == 0) {
                    for (long w = r.offset() / 4; w < (r.offset() + r.bytes()) / 4; w++) {
                        assertTrue(owner[(int) w] >= 0, l.origin() + " reads what nothing wrote");
                        assertTrue(
                                writer.entrySet().stream()
                                        .filter(e -> e.getKey().offset() == r.offset())
                                        .anyMatch(e -> e.getValue() >= owner[(int) r.offset() / 4]),
                                l.origin() + " reads what was overwritten");
                    }
                }
            }
            for (var r : l.out()) {
                if (r.memory() == 0) {
                    Arrays.fill(owner, (int) (r.offset() / 4), (int) ((r.offset() + r.bytes()) / 4), i);
                    writer.put(r, i);
                }
            }
        }
    }

    @Test
    void checkpointingTradesComputationForMemory() {
        var ws = new ArrayList<Cell>();
        for (int i = 0; i < 32; i++) {
            ws.add(new TestCell("w" + i, 32, 32));
        }
        var plain = chain(ws, false);
        var checkpointed = chain(ws, true);
        assertTrue(
                checkpointed.plan().workspaceBytes() * 3 < plain.plan().workspaceBytes() * 2,
                checkpointed.plan().workspaceBytes() + " of " + plain.plan().workspaceBytes());
    }

    private static Compiled chain(List<Cell> ws, boolean checkpoint) {
        var trace = Trace.training();
        return trace.call(() -> {
            Tensor h = input(0, 1024, 32);
            for (int i = 0; i < ws.size(); i += 8) {
                int from = i;
                UnaryOperator<Tensor> block = x -> {
                    var y = x;
                    for (int j = from; j < from + 8; j++) {
                        y = y.matmul(ws.get(j).get()).tanh();
                    }
                    return y;
                };
                h = checkpoint ? Gradient.checkpoint(block, h) : block.apply(h);
            }
            var cells = ws.stream().map(Cell::get).toList();
            var g = Gradient.of(h.square().mean(), cells);
            for (int i = 0; i < ws.size(); i++) {
                ws.get(i).set(cells.get(i).sub(g.get(i)));
            }
            return Compiled.of(new Program(List.of(), trace.updates()));
        });
    }

    @Test
    void deepGraphsCompileWithoutRecursion() {
        var c = compile(
                x -> {
                    var h = x;
                    for (int i = 0; i < 20_000; i++) {
                        h = h.mul(0.5).add(x);
                    }
                    return h.sum();
                },
                4);
        assertTrue(kernels(c).size() > 300, "long chains are cut");
    }

    @Test
    void compilingTwiceGivesTheSamePlan() {
        Function<Tensor, Tensor> f = x -> x.matmul(x).tanh().add(x.softmax()).sum(0).mul(x.sum(1)).exp();
        assertEquals(compile(f, 9, 9).plan(), compile(f, 9, 9).plan());
    }
}
