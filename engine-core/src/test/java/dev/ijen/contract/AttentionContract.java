package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.tensor.Attention;
import dev.ijen.tensor.AttentionOptions;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What attention keeps to, to the bit: the future changes nothing before it, nor does what lies beyond a length, and it does not matter where
/// inputs lie. A module with a backend extends this class.
public abstract class AttentionContract {
    private static final int N = 2;
    private static final int T = 70;
    private static final int H = 4;
    private static final int KV = 2;
    private static final int D = 9;

    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    /// The device under test.
    protected abstract Device device();

    private static Value random(DType type, int seed, int... dims) {
        var s = Shape.of(dims);
        return Value.reals(type, s, new Random(seed).doubles(s.size(), -2, 2).toArray());
    }

    private List<HostTensor> run(Function<List<Tensor>, List<Tensor>> f, Value... in) {
        return OpContract.run(engines.open(device()), f, List.of(in));
    }

    /// y and the gradients of q, k and v for all-different output gradients.
    private static List<Tensor> everything(Tensor q, Tensor k, Tensor v, AttentionOptions o, Tensor... more) {
        var y = q.attention(k, v, o);
        var all = new ArrayList<Tensor>();
        all.add(y);
        all.addAll(Gradient.of(y, Graphs.weights(y.dtype(), y.shape(), 5), List.of(q, k, v)));
        all.addAll(List.of(more));
        return all;
    }

    /// The first `keep` tokens of [N, T, ..] in a fetched result.
    private static List<HostTensor> first(List<HostTensor> all, int keep) {
        var r = new ArrayList<HostTensor>();
        for (var t : all) {
            int row = t.shape().size() / N / T;
            for (int n = 0; n < N; n++) {
                long bytes = (long) t.dtype().bytes() * row;
                r.add(new HostTensor(t.dtype(), Shape.of(keep, row), t.data().asSlice(bytes * n * T, bytes * keep)));
            }
        }
        return r;
    }

    @Test
    void theFutureChangesNothingBeforeIt() {
        for (var type : OpCase.REAL) {
            var q = random(type, 1, N, T, H, D);
            var k = random(type, 2, N, T, KV, D);
            var v = random(type, 3, N, T, KV, D);
            var before = run(x -> List.of(x.get(0).attention(x.get(1), x.get(2), AttentionOptions.CAUSAL)), q, k, v);
            for (int from : new int[] {1, 33, 64, 69}) {
                var after = run(x -> List.of(x.get(0).attention(x.get(1), x.get(2), AttentionOptions.CAUSAL)), q,
                        changed(k, from), changed(v, from));
                Close.bits(type + " before token " + from, first(before, from), first(after, from));
                assertTrue(before.getFirst().data().mismatch(after.getFirst().data()) >= 0,
                        "the future is seen at all");
            }
        }
    }

    private static Value changed(Value x, int from) {
        var v = x.real().clone();
        int row = v.length / N / T;
        for (int i = 0; i < v.length; i++) {
            v[i] = i / row % T >= from ? v[i] * 0.5 + 0.25 : v[i];
        }
        return Value.reals(x.dtype(), x.shape(), v);
    }

    @Test
    void whatLiesBeyondALengthChangesNothing() {
        var q = random(DType.F32, 1, N, T, H, D);
        var k = random(DType.F32, 2, N, T, KV, D);
        var v = random(DType.F32, 3, N, T, KV, D);
        var lengths = Value.wholes(DType.I32, Shape.of(N), new long[] {37, 37});
        Function<List<Tensor>, List<Tensor>> f = x -> everything(x.get(0), x.get(1), x.get(2),
                AttentionOptions.FULL.withLengths(x.get(3)));
        Close.bits("beyond 37", run(f, q, k, v, lengths), run(f, q, changed(k, 37), changed(v, 37), lengths));
        // and the first 37 keys alone are what is seen
        var cut = run(x -> List.of(x.get(0).attention(x.get(1).slice(1, 0, 37), x.get(2).slice(1, 0, 37),
                AttentionOptions.FULL)), q, k, v);
        Close.bits("the first 37", run(f, q, k, v, lengths).subList(0, 1), cut);
    }

    @Test
    void nothingSeenIsZero() {
        var q = random(DType.F32, 1, 1, 5, 2, 3);
        var k = random(DType.F32, 2, 1, 3, 2, 3);
        var all = run(x -> {
            var lse = Tensor.of(new Attention.Lse(new Attention.Spec(true, 1)), x.get(0), x.get(1), x.get(1));
            return everything(x.get(0), x.get(1), x.get(1).mul(2), AttentionOptions.CAUSAL.withScale(1), lse);
        }, q, k);
        // queries 0 and 1 of 5 come before the first of 3 keys
        for (int i = 0; i < 2 * 2 * 3; i++) {
            assertEquals(0, all.get(0).get(i));
            assertEquals(0, all.get(1).get(i));
        }
        assertEquals(Double.NEGATIVE_INFINITY, all.getLast().get(0));
        assertEquals(Double.NEGATIVE_INFINITY, all.getLast().get(1));
        assertTrue(Double.isFinite(all.getLast().get(2)));
    }

    @Test
    void partsOfAProjectionAreAsGoodAsCopies() {
        for (var type : OpCase.REAL) {
            var qkv = random(type, 7, N, T, (H + 2 * KV) * D);
            var lengths = Value.wholes(DType.I32, Shape.of(N), new long[] {50, 66});
            Function<List<Tensor>, List<Tensor>> parts = x -> everything(
                    part(x.get(0), 0, H), part(x.get(0), H, KV), part(x.get(0), H + KV, KV),
                    AttentionOptions.CAUSAL.withLengths(x.get(1)));
            var split = run(x -> List.of(part(x.get(0), 0, H), part(x.get(0), H, KV), part(x.get(0), H + KV, KV)), qkv);
            var dense = run(
                    x -> everything(x.get(0), x.get(1), x.get(2), AttentionOptions.CAUSAL.withLengths(x.get(3))),
                    Value.of(split.get(0)), Value.of(split.get(1)), Value.of(split.get(2)), lengths);
            Close.bits(type.toString(), dense, run(parts, qkv, lengths));
        }
    }

    private static Tensor part(Tensor x, int first, int heads) {
        return x.slice(2, first * D, heads * D).reshape(N, T, heads, D);
    }

    @Test
    void notANumberIsNotLost() {
        var q = random(DType.F32, 1, 1, 3, 1, 4);
        var k = random(DType.F32, 2, 1, 40, 1, 4);
        k.real()[17] = Double.NaN;
        var y = run(x -> List.of(x.get(0).attention(x.get(1), x.get(1).zerosLike(), AttentionOptions.FULL)), q, k);
        for (int i = 0; i < 12; i++) {
            assertTrue(Double.isNaN(y.getFirst().get(i)));
        }
    }
}
