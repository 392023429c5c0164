package dev.ijen.tensor;

import java.util.List;
import java.util.stream.Stream;

/// Scaled dot-product attention: softmax(scale · q kᵀ) v for each sequence and head (Vaswani et al., arXiv:1706.03762), computed
/// without a matrix of all scores (Dao, arXiv:2307.08691).
///
/// q [N, Tq, H, D], k and v [N, Tk, KV, D], lengths [N] (I32, optional); head h reads key and value head h / (H / KV). A query that sees no key
/// gives 0. Second gradients do hold all scores: they are composed ([DenseAttention]).
public sealed interface Attention extends Op {
    /// What all operations of one attention have in common. See [AttentionOptions].
    record Spec(boolean causal, double scale) {}

    /// Which input a gradient is for.
    enum Input {
        Q(0), K(1), V(2);

        private final int position;

        Input(int position) {
            this.position = position;
        }
    }

    /// What queries see.
    Spec spec();

    /// (q, k, v[, lengths]) → o [N, Tq, H, D].
    record Out(Spec spec) implements Attention {
        @Override
        public Shape shape(Tensor[] in) {
            return check(in);
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            var in = inputs(y);
            var all = Stream.of(in[0], in[1], in[2], y, Tensor.of(new Lse(spec), in), dy);
            var with = Stream.concat(all, Stream.of(in).skip(3)).toArray(Tensor[]::new);
            var g = new Tensor[in.length];
            for (var i : Input.values()) {
                g[i.position] = Tensor.of(new InputGradient(spec, i), with);
            }
            return g;
        }

        @Override
        public List<Op> results() {
            return List.of(this, new Lse(spec));
        }

        @Override
        public String label() {
            return "attention";
        }
    }

    /// (q, k, v[, lengths]) → log Σ exp of the scaled scores that a query sees, [N, H, Tq], F32 (F64 for F64); −∞ if it sees none.
    record Lse(Spec spec) implements Attention {
        @Override
        public Shape shape(Tensor[] in) {
            var q = check(in);
            return Shape.of(q.dim(0), q.dim(2), q.dim(1));
        }

        @Override
        public DType dtype(Tensor[] in) {
            return Attention.super.dtype(in) == DType.F64 ? DType.F64 : DType.F32;
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return DenseAttention.ofLse(spec, y, dy);
        }

        @Override
        public List<Op> results() {
            return List.of(new Out(spec), this);
        }

        @Override
        public String label() {
            return "attention";
        }
    }

    /// (q, k, v, o, lse, do[, lengths]) → dq, dk or dv, shaped like q, k or v.
    record InputGradient(Spec spec, Input input) implements Attention {
        @Override
        public Shape shape(Tensor[] in) {
            return in[input.position].shape();
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return DenseAttention.ofGradient(this, y, dy);
        }

        @Override
        public List<Op> results() {
            return Stream.of(Input.values()).<Op>map(i -> new InputGradient(spec, i)).toList();
        }

        @Override
        public String label() {
            return "attention-gradient";
        }
    }

    @Override
    default DType dtype(Tensor[] in) {
        var type = in[0].dtype();
        for (var t : List.of(in[0], in[1], in[2])) {
            if (!t.dtype().isFloat() || t.dtype() != type) {
                throw ShapeException.dtype("attention", t.dtype(), "q, k and v of one real type", "cast first");
            }
        }
        return type;
    }

    /// The inputs of `t`.
    private static Tensor[] inputs(Tensor t) {
        var in = new Tensor[t.arity()];
        for (int i = 0; i < in.length; i++) {
            in[i] = t.input(i);
        }
        return in;
    }

    /// The shape of q, if all inputs fit.
    private static Shape check(Tensor[] in) {
        var q = in[0].shape();
        var k = in[1].shape();
        var v = in[2].shape();
        boolean fit = q.rank() == 4 && k.rank() == 4 && v.equals(k);
        fit = fit && q.dim(0) == k.dim(0) && q.dim(3) == k.dim(3) && q.dim(3) > 0;
        fit = fit && k.dim(2) > 0 && q.dim(2) > 0 && q.dim(2) % k.dim(2) == 0;
        if (!fit) {
            throw new ShapeException(
                    "attention",
                    "q" + q + ", k" + k + ", v" + v,
                    "q[N, Tq, H, D], k[N, Tk, KV, D], v like k, with H a multiple of KV",
                    "split the projection's last axis into [heads, size of a head]");
        }
        if (in.length > 3 && (!in[3].shape().equals(Shape.of(q.dim(0))) || in[3].dtype() != DType.I32)) {
            throw new ShapeException(
                    "attention", "q" + q + ", lengths " + in[3].dtype() + in[3].shape(),
                    "lengths[N] (I32), one for each of N = " + q.dim(0) + " sequences",
                    "give the number of keys of each sequence");
        }
        return q;
    }
}
