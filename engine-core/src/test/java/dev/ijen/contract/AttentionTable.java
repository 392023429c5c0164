package dev.ijen.contract;

import dev.ijen.tensor.Attention;
import dev.ijen.tensor.AttentionOptions;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/// Rows for attention: q [N, Tq, H, D], k and v [N, Tk, KV, D].
final class AttentionTable {
    private static final AttentionOptions FULL = AttentionOptions.FULL;
    private static final AttentionOptions CAUSAL = AttentionOptions.CAUSAL;

    private final List<OpCase> rows = new ArrayList<>();

    static List<OpCase> rows() {
        var t = new AttentionTable();
        t.values();
        t.weights();
        t.lengths();
        t.projections();
        t.parts();
        return t.rows;
    }

    private OpCase row(OpCase r) {
        rows.add(r);
        return r;
    }

    private static In[] in(int n, int tq, int tk, int heads, int kvHeads, int d) {
        return new In[] {In.of(n, tq, heads, d), In.of(n, tk, kvHeads, d), In.of(n, tk, kvHeads, d)};
    }

    private static In[] in(int n, int tq, int tk, int heads, int kvHeads, int d, In lengths) {
        return new In[] {In.of(n, tq, heads, d), In.of(n, tk, kvHeads, d), In.of(n, tk, kvHeads, d), lengths};
    }

    private void values() {
        row(OpCase.of("attention", x -> x[0].attention(x[1], x[2], FULL)))
                .ulps(64)
                .smooth()
                .on(in(2, 3, 5, 2, 2, 4))
                .on(in(1, 4, 3, 3, 1, 3))
                .on(in(1, 1, 1, 1, 1, 1))
                .on(in(1, 5, 2, 4, 2, 5))
                .on(in(2, 67, 65, 2, 1, 33))
                .on(in(1, 33, 130, 1, 1, 16))
                .on(in(1, 200, 7, 1, 1, 2))
                .on(in(1, 2, 300, 2, 2, 3))
                .on(in(0, 3, 2, 2, 1, 3))
                .on(in(2, 0, 3, 2, 1, 3))
                .on(in(2, 3, 0, 2, 1, 3))
                .large(in(3, 131, 150, 4, 2, 20))
                .large(in(1, 257, 257, 1, 1, 32));
        row(OpCase.of("attention/causal", x -> x[0].attention(x[1], x[2], CAUSAL)))
                .ulps(64)
                .smooth()
                .on(in(2, 4, 4, 2, 1, 3))
                .on(in(1, 2, 5, 2, 2, 3))
                .on(in(1, 5, 3, 1, 1, 3))
                .on(in(1, 7, 7, 2, 2, 1))
                .on(in(1, 129, 129, 2, 1, 17))
                .on(in(1, 70, 200, 1, 1, 8))
                .on(in(1, 140, 60, 1, 1, 5))
                .on(in(2, 3, 0, 2, 1, 3))
                .large(in(4, 128, 128, 4, 4, 32))
                .large(in(1, 300, 190, 6, 2, 8));
        row(OpCase.of("attention/scale", x -> x[0].attention(x[1], x[2], CAUSAL.withScale(-0.7)))).ulps(64).smooth()
                .on(in(1, 3, 4, 2, 1, 3)).on(in(1, 4, 2, 1, 1, 2));
        row(OpCase.of("attention/far", x -> x[0].attention(x[1], x[2], FULL.withScale(9))))
                .types(EnumSet.of(DType.F32, DType.F64)).ulps(4096)
                .on(in(1, 3, 4, 2, 1, 3)).on(in(1, 70, 140, 1, 1, 8));
        var spec = new Attention.Spec(true, 0.5);
        row(OpCase.of("attention/lse", x -> Tensor.of(new Attention.Lse(spec), x))).ulps(16).smooth()
                .on(in(1, 3, 4, 2, 1, 3)).on(in(1, 65, 66, 1, 1, 9));
    }

    private void weights() {
        row(OpCase.of("attentionWeights", x -> x[0].attentionWeights(x[1], FULL))).ulps(64).smooth()
                .on(In.of(2, 3, 2, 4), In.of(2, 5, 2, 4)).on(In.of(1, 4, 3, 3), In.of(1, 3, 1, 3))
                .on(In.of(1, 70, 2, 5), In.of(1, 66, 1, 5)).on(In.of(2, 0, 2, 3), In.of(2, 3, 1, 3));
        row(OpCase.of("attentionWeights/causal", x -> x[0].attentionWeights(x[1], CAUSAL))).ulps(64).smooth()
                .on(In.of(2, 4, 2, 3), In.of(2, 4, 1, 3)).on(In.of(1, 5, 1, 3), In.of(1, 3, 1, 3));
        row(OpCase.of("attentionWeights/lengths", x -> x[0].attentionWeights(x[1], FULL.withLengths(x[2])))).ulps(64)
                .smooth()
                .on(In.of(3, 2, 2, 2), In.of(3, 4, 1, 2), In.whole(0, 4, 3));
    }

    private void lengths() {
        row(OpCase.of("attention/lengths", x -> x[0].attention(x[1], x[2], FULL.withLengths(x[3]))))
                .ulps(64)
                .smooth()
                .on(in(3, 2, 4, 2, 1, 2, In.whole(0, 5, 3)))
                .on(in(4, 3, 2, 1, 1, 2, In.whole(-1, 2, 4)))
                .on(in(2, 3, 4, 2, 2, 3, In.whole(0, 0, 2)))
                .on(in(5, 66, 70, 2, 1, 5, In.whole(0, 71, 5)))
                .large(in(6, 100, 150, 4, 2, 16, In.whole(0, 150, 6)));
        row(OpCase.of("attention/causal-lengths", x -> x[0].attention(x[1], x[2], CAUSAL.withLengths(x[3]))))
                .ulps(64)
                .smooth()
                .on(in(3, 4, 4, 2, 1, 2, In.whole(0, 4, 3)))
                .on(in(2, 4, 3, 1, 1, 3, In.whole(0, 3, 2)))
                .on(in(5, 70, 66, 2, 1, 5, In.whole(0, 67, 5)));
        row(OpCase.of("attention/gradient", x -> {
            var y = x[0].attention(x[1], x[2], CAUSAL.withLengths(x[3]));
            return flat(Gradient.of(y, y.onesLike().add(x[0]), List.of(x[0], x[1], x[2])));
        })).ulps(128)
                .on(in(3, 4, 5, 2, 1, 2, In.whole(0, 5, 3)))
                .on(in(1, 1, 1, 1, 1, 1, In.whole(1, 1, 1)))
                .on(in(2, 67, 66, 4, 2, 7, In.whole(30, 66, 2)))
                .on(in(1, 45, 600, 2, 1, 5, In.whole(555, 600, 1)))
                .on(in(2, 300, 290, 2, 2, 3, In.whole(100, 290, 2)))
                .on(in(2, 0, 3, 2, 1, 3, In.whole(0, 3, 2)))
                .on(in(2, 3, 0, 2, 1, 3, In.whole(0, 3, 2)));
    }

    private static Tensor flat(List<Tensor> parts) {
        return Tensor.concat(0, parts.stream().map(t -> t.reshape(-1)).toArray(Tensor[]::new));
    }

    /// q, k and v as one tensor, and two of them the same: gradients from all uses add up.
    private void projections() {
        row(OpCase.of("attention/self", x -> x[0].attention(x[0], x[0], CAUSAL))).ulps(64).smooth()
                .on(In.of(2, 3, 2, 3)).on(In.of(1, 4, 1, 2));
        row(OpCase.of("attention/shared", x -> x[0].attention(x[1], x[1], FULL))).ulps(64).smooth()
                .on(In.of(2, 3, 2, 3), In.of(2, 4, 1, 3));
    }

    /// q, k and v as parts of one projection [N, T, (H + 2 KV) D], cut before or after the heads are.
    private void parts() {
        row(OpCase.of("attention/parts", x -> {
            var y = x[0].mul(1.5);
            int n = y.shape().dim(0);
            int t = y.shape().dim(1);
            var q = y.slice(2, 0, 12).reshape(n, t, 4, 3);
            var k = y.slice(2, 12, 6).reshape(n, t, 2, 3);
            return q.attention(k, y.slice(2, 18, 6).reshape(n, t, 2, 3), CAUSAL);
        })).ulps(64).smooth().on(In.of(2, 3, 24)).on(In.of(1, 4, 24)).on(In.of(2, 70, 24)).on(In.of(0, 4, 24))
                .large(In.of(3, 150, 24));
        row(OpCase.of("attention/parts-of-heads", x -> {
            int n = x[0].shape().dim(0);
            var y = x[0].reshape(n, x[0].shape().dim(1), 4, 3);
            var k = y.slice(2, 2, 1);
            return y.slice(2, 0, 2).attention(k, y.slice(2, 3, 1), FULL).mul(y.slice(2, 0, 2));
        })).ulps(64).smooth().on(In.of(2, 3, 12)).on(In.of(1, 4, 12)).on(In.of(2, 66, 12));
    }
}
