package dev.ijen.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.tensor.AttentionOptions;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// What the passes make of attention: results that share a launch, and inputs that are read where they lie.
class AttentionPlanTest {
    private static final Shape PROJECTION = Shape.of(2, 5, 24);

    private static Compiled compile(Function<Tensor, List<Tensor>> f) {
        var x = Tensor.of(new Leaf.Input(0, DType.F32, PROJECTION));
        return Compiled.of(new Program(f.apply(x), java.util.Map.of()));
    }

    private static Tensor part(Tensor x, int from, int heads) {
        return x.slice(2, from, 3 * heads).reshape(2, 5, heads, 3);
    }

    /// Four heads of queries, two of keys and values, of 3 features.
    private static Tensor attention(Tensor x) {
        return part(x, 0, 4).attention(part(x, 12, 2), part(x, 18, 2), AttentionOptions.CAUSAL);
    }

    private static List<Plan.Launch> calls(Compiled c) {
        return c.plan().launches().stream().filter(l -> l.kernel() instanceof Kernel.Attention).toList();
    }

    @Test
    void partsOfAProjectionAreReadInPlace() {
        var c = compile(x -> List.of(attention(x)));
        assertEquals(1, c.plan().launches().size(), "no copies");
        var l = c.plan().launches().getFirst();
        assertEquals(
                new Kernel.Attention(DType.F32, Kernel.AttentionPass.FORWARD, 2, 4, 2, 5, 5, 3, 24, 24, 24, true, false,
                        1 / Math.sqrt(3)),
                l.kernel());
        // from the first element to the last of ten tokens
        assertEquals(
                List.of(new Plan.Ref(1, 0, DType.F32, 9 * 24 + 12), new Plan.Ref(1, 48, DType.F32, 9 * 24 + 6),
                        new Plan.Ref(1, 72, DType.F32, 9 * 24 + 6)),
                l.in());
        assertEquals(2, l.out().size(), "the log of the sums has memory, though nobody reads it");
    }

    @Test
    void whatIsReadElsewhereTooIsDense() {
        var c = compile(x -> {
            var y = part(x, 0, 4);
            return List.of(y.attention(part(x, 12, 2), part(x, 18, 2), AttentionOptions.FULL), y);
        });
        var k = (Kernel.Attention) calls(c).getFirst().kernel();
        assertEquals(12, k.qStride());
        assertEquals(24, k.kStride());
    }

    @Test
    void partsOfWhatNothingElseNeedsAreDense() {
        // a copy of the part is less than the whole
        var c = compile(x -> {
            var q = part(x.exp(), 0, 4);
            return List.of(q.attention(part(x, 12, 2), part(x, 18, 2), AttentionOptions.FULL));
        });
        var k = (Kernel.Attention) calls(c).getFirst().kernel();
        assertEquals(12, k.qStride());
    }

    @Test
    void partsAcrossTokensAreDense() {
        var c = compile(x -> {
            var some = x.slice(1, 0, 3);
            var q = some.slice(2, 0, 12).reshape(2, 3, 4, 3);
            return List.of(q.attention(part(x, 12, 2), part(x, 18, 2), AttentionOptions.FULL));
        });
        var k = (Kernel.Attention) calls(c).getFirst().kernel();
        assertEquals(12, k.qStride());
        assertEquals(3, k.tq());
    }

    @Test
    void allResultsOfAPassAreOneLaunch() {
        var c = compile(x -> {
            var y = attention(x);
            return List.of(y, Gradient.of(y, y.onesLike(), List.of(x)).getFirst());
        });
        var calls = calls(c);
        assertEquals(2, calls.size());
        assertEquals(2, calls.get(0).out().size());
        assertEquals(3, calls.get(1).out().size());
        // the gradient reads the log of the sums that the forward pass wrote
        assertEquals(calls.get(0).out(), calls.get(1).in().subList(3, 5));
        assertEquals(24, ((Kernel.Attention) calls.get(1).kernel()).vStride());
        assertEquals("attention", calls.get(0).origin().operation());
    }

    @Test
    void oneGradientAloneStillHasAllResults() {
        var c = compile(x -> {
            var q = x.slice(2, 0, 12).reshape(2, 5, 4, 3).exp();
            var y = q.attention(part(x, 12, 2), part(x, 18, 2), AttentionOptions.FULL);
            return List.of(Gradient.of(y, y.onesLike(), List.of(q)).getFirst());
        });
        var l = calls(c).getLast();
        assertEquals(List.of(120L, 60L, 60L), l.out().stream().map(Plan.Ref::count).toList());
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < i; j++) {
                var a = l.out().get(j);
                var b = l.out().get(i);
                boolean apart = a.memory() != b.memory() || a.offset() + a.bytes() <= b.offset()
                        || b.offset() + b.bytes() <= a.offset();
                assertTrue(apart, a + " and " + b);
            }
        }
    }

    @Test
    void operationsAreCounted() {
        long full = 4L * 2 * 4 * 25 * 3;
        long causal = 4L * 2 * 4 * 15 * 3;
        var all = compile(x -> List.of(part(x, 0, 4).attention(part(x, 12, 2), part(x, 18, 2), AttentionOptions.FULL)));
        assertEquals(full, all.flops());
        assertEquals(causal, compile(x -> List.of(attention(x))).flops());
    }
}
