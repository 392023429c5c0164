package dev.ijen.tensor;

import java.util.ArrayList;
import java.util.List;

/// Attention's gradients written with all scores, which is how they are differentiated again. Heads come before positions here:
/// scores [N, H, Tq, Tk]. F16 and BF16 are computed in F32.
final class DenseAttention {
    /// Below the sum of any row that sees a key, which is about 1.
    private static final double TINY = 1e-6;

    private final Attention.Spec spec;
    private final int heads;
    private final int kvHeads;
    private final Tensor q;
    private final Tensor k;
    /// P = exp(scale · q kᵀ − lse), 0 where a key is not seen.
    private final Tensor p;

    private DenseAttention(Attention.Spec spec, Tensor q, Tensor k, Tensor lse, Tensor lengths) {
        this.spec = spec;
        heads = q.shape().dim(2);
        kvHeads = k.shape().dim(2);
        this.q = headsFirst(q.cast(lse.dtype()));
        this.k = shared(k.cast(lse.dtype()));
        var s = Contraction.MatMul.of(this.q, false, this.k, true).mul(spec.scale()).sub(lse.insertAxis(3));
        var seen = seen(s.shape(), lengths);
        p = seen == null ? s.exp() : seen.where(seen.where(s, s.zerosLike()).exp(), s.zerosLike());
    }

    /// P itself, [N, H, Tq, Tk], over its rows' sums: lse is of scores that another kernel rounded, so that P alone may lie above 1. Rows
    /// that see nothing are 0.
    static Tensor weights(Attention.Spec spec, Tensor q, Tensor k, Tensor lengths) {
        var lse = new Attention.Lse(spec);
        var sum = lengths == null ? Tensor.of(lse, q, k, k) : Tensor.of(lse, q, k, k, lengths);
        var p = new DenseAttention(spec, q, k, sum, lengths).p;
        return p.div(p.sumKeep(3).maximum(TINY));
    }

    /// The vector-Jacobian product of [Attention.Lse].
    static Tensor[] ofLse(Attention.Spec spec, Tensor y, Tensor dy) {
        var lengths = y.arity() > 3 ? y.input(3) : null;
        var d = new DenseAttention(spec, y.input(0), y.input(1), y, lengths);
        var ds = d.p.mul(dy.insertAxis(3)).mul(spec.scale());
        var g = new Tensor[y.arity()];
        g[0] = d.dq(ds).cast(y.input(0).dtype());
        g[1] = d.dk(ds).cast(y.input(1).dtype());
        return g;
    }

    /// The vector-Jacobian product of a gradient: the gradient written in elementary operations, differentiated.
    static Tensor[] ofGradient(Attention.InputGradient g, Tensor y, Tensor dy) {
        var in = new ArrayList<Tensor>();
        for (int i = 0; i < 6; i++) {
            // tensors of their own: what is one tensor outside (q = k = v) has several gradients here
            in.add(Tensor.of(new Movement.Reshape(y.input(i).shape()), y.input(i)));
        }
        var lengths = y.arity() > 6 ? y.input(6) : null;
        var found = Gradient.of(gradient(g, in, lengths), dy, in);
        var all = new Tensor[y.arity()];
        for (int i = 0; i < found.size(); i++) {
            all[i] = found.get(i);
        }
        return all;
    }

    /// With dP = do vᵀ and dS = scale · P ∘ (dP − Σ do ∘ o): dq = dS k, dk = dSᵀ q, dv = Pᵀ do.
    private static Tensor gradient(Attention.InputGradient g, List<Tensor> in, Tensor lengths) {
        var lse = in.get(4);
        var type = in.get(0).dtype();
        var d = new DenseAttention(g.spec(), in.get(0), in.get(1), lse, lengths);
        var o = headsFirst(in.get(3).cast(lse.dtype()));
        var dout = headsFirst(in.get(5).cast(lse.dtype()));
        if (g.input() == Attention.Input.V) {
            return d.gathered(Contraction.MatMul.of(d.p, true, dout, false)).cast(type);
        }
        var dp = Contraction.MatMul.of(dout, false, d.shared(in.get(2).cast(lse.dtype())), true);
        var ds = d.p.mul(dp.sub(dout.mul(o).sumKeep(3))).mul(d.spec.scale());
        return (g.input() == Attention.Input.Q ? d.dq(ds) : d.dk(ds)).cast(type);
    }

    private Tensor dq(Tensor ds) {
        return headsFirst(Contraction.MatMul.of(ds, false, k, false));
    }

    private Tensor dk(Tensor ds) {
        return gathered(Contraction.MatMul.of(ds, true, q, false));
    }

    /// [N, T, H, D] ↔ [N, H, T, D].
    private static Tensor headsFirst(Tensor x) {
        return x.permute(0, 2, 1, 3);
    }

    /// [N, Tk, KV, D] → [N, H, Tk, D]: every head sees its key or value head.
    private Tensor shared(Tensor x) {
        var h = headsFirst(x);
        var s = h.shape();
        return h.insertAxis(2)
                .broadcast(s.dim(0), kvHeads, heads / kvHeads, s.dim(2), s.dim(3))
                .reshape(s.dim(0), heads, s.dim(2), s.dim(3));
    }

    /// The transpose of [#shared].
    private Tensor gathered(Tensor x) {
        var s = x.shape();
        return headsFirst(x.reshape(s.dim(0), kvHeads, heads / kvHeads, s.dim(2), s.dim(3)).sum(2));
    }

    /// Which of scores [N, H, Tq, Tk] count, or null for all.
    private Tensor seen(Shape s, Tensor lengths) {
        Tensor m = null;
        if (spec.causal()) {
            m = Tensor.iota(2, s).add(s.dim(3) - s.dim(2)).ge(Tensor.iota(3, s));
        }
        if (lengths != null) {
            var l = Tensor.iota(3, s).lt(lengths.reshape(s.dim(0), 1, 1, 1));
            m = m == null ? l : m.and(l);
        }
        return m;
    }
}
