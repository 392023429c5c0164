package dev.ijen.tensor;

import static dev.ijen.tensor.Movement.list;

/// Operations neural networks are made of. Images are channels first: x [N, C, H, W].
public sealed interface NeuralOps permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /// Matrix product a [.., M, K] · b [.., K, N] → [.., M, N]; leading axes are broadcast; a vector on either side is a row, or
    /// a column, and goes from the result.
    default Tensor matmul(Tensor b) {
        var a = self();
        if (a.shape().rank() == 0 || b.shape().rank() == 0) {
            throw new ShapeException("matmul", "a" + a.shape() + " · b" + b.shape(), "at least one axis each",
                    "use mul");
        }
        if (a.shape().rank() == 1) {
            return a.insertAxis(0).matmul(b).dropAxis(b.shape().rank() == 1 ? 0 : -2);
        }
        if (b.shape().rank() == 1) {
            return a.matmul(b.insertAxis(1)).dropAxis(-1);
        }
        var type = DType.promote(a.dtype(), b.dtype());
        a = a.cast(type);
        b = b.cast(type);
        int ra = a.shape().rank();
        int rb = b.shape().rank();
        if (a.shape().dim(-1) != b.shape().dim(-2)) {
            throw new ShapeException(
                    "matmul",
                    "a" + self().shape() + " · b" + b.shape(),
                    "a[.., M, K] · b[.., K, N] with equal K; got " + a.shape().dim(-1) + " and " + b.shape().dim(-2),
                    "check the previous layer's output size");
        }
        if (ra > 2 && rb == 2) {
            var to = a.shape().with(-1, b.shape().dim(1));
            int rows = a.shape().with(-1, 1).size();
            return Contraction.MatMul.of(a.reshape(rows, a.shape().dim(-1)), false, b, false).reshape(to);
        }
        if (ra != 2 || rb != 2) {
            var lead = Shape.broadcast("matmul", lead(a.shape()), lead(b.shape()));
            a = a.broadcast(join(lead, a.shape()));
            b = b.broadcast(join(lead, b.shape()));
        }
        return Contraction.MatMul.of(a, false, b, false);
    }

    private static Shape lead(Shape s) {
        return Shape.of(java.util.Arrays.copyOf(s.dims(), s.rank() - 2));
    }

    private static Shape join(Shape lead, Shape s) {
        return lead.insert(lead.rank(), s.dim(-2)).insert(lead.rank() + 1, s.dim(-1));
    }

    /// Convolution over one to three spatial axes: this x [N, C, spatial..], w [K, C / groups, window..] → [N, K, windows..].
    /// The window's extents are taken from w.
    default Tensor conv(Tensor w, WindowSpec window, int groups) {
        checkRank("conv", window, w);
        var spec = window.sized(list(java.util.Arrays.copyOfRange(w.shape().dims(), 2, w.shape().rank())));
        return channelsFirst(Tensor.of(new Windowed.Conv(spec, groups), channelsLast(self()), channelsLast(w)));
    }

    /// Convolution x [N, C, L] * w [K, C, R] → [N, K, P].
    default Tensor conv1d(Tensor w, int stride, int pad) {
        return conv(w, WindowSpec.square(1, 1, stride, pad), 1);
    }

    /// Convolution x [N, C, H, W] * w [K, C, R, S] → [N, K, P, Q].
    default Tensor conv2d(Tensor w, int stride, int pad) {
        return conv(w, WindowSpec.square(2, 1, stride, pad), 1);
    }

    /// Convolution x [N, C, D, H, W] * w [K, C, Q, R, S] → [N, K, ...].
    default Tensor conv3d(Tensor w, int stride, int pad) {
        return conv(w, WindowSpec.square(3, 1, stride, pad), 1);
    }

    /// Transposed convolution: this x [N, C, spatial..], w [C, K / groups, window..] → [N, K, larger..], each extent
    /// (n − 1) · stride − padLow − padHigh + dilation · (size − 1) + outputPad + 1.
    default Tensor convTranspose(Tensor w, WindowSpec window, int groups, int outputPad) {
        checkRank("transposed conv", window, w);
        var spec = window.sized(list(java.util.Arrays.copyOfRange(w.shape().dims(), 2, w.shape().rank())));
        var x = channelsLast(self());
        var d = x.shape().dims();
        for (int i = 0; i < spec.rank(); i++) {
            d[i + 1] = (d[i + 1] - 1) * spec.stride().get(i)
                    - spec.padLow().get(i)
                    - spec.padHigh().get(i)
                    + spec.dilation().get(i) * (spec.size().get(i) - 1)
                    + outputPad
                    + 1;
        }
        d[d.length - 1] = w.shape().dim(1) * groups;
        return channelsFirst(
                Tensor.of(new Windowed.ConvInputGradient(spec, groups, Shape.of(d)), x, channelsLast(w)));
    }

    private void checkRank(String what, WindowSpec window, Tensor w) {
        if (w.shape().rank() != window.rank() + 2 || self().shape().rank() != window.rank() + 2) {
            throw new ShapeException(
                    what,
                    "x" + self().shape() + " * w" + w.shape() + " over " + window.rank() + " spatial axes",
                    "x[N, C, spatial..], w[K, C / groups, window..]",
                    "reshape the input to [N, C, spatial..]");
        }
    }

    private static Tensor channelsLast(Tensor x) {
        int r = x.shape().rank();
        var o = new int[r];
        for (int i = 1; i < r - 1; i++) {
            o[i] = i + 1;
        }
        o[r - 1] = 1;
        return x.permute(o);
    }

    private static Tensor channelsFirst(Tensor x) {
        int r = x.shape().rank();
        var o = new int[r];
        o[1] = r - 1;
        for (int i = 2; i < r; i++) {
            o[i] = i - 1;
        }
        return x.permute(o);
    }

    private Tensor pool(String what, WindowSpec window, java.util.function.UnaryOperator<Tensor> f) {
        if (self().shape().rank() != window.rank() + 2) {
            throw new ShapeException(
                    what, "x" + self().shape(), "x[N, C, spatial..] with " + window.rank() + " spatial axes",
                    "reshape the input");
        }
        return channelsFirst(f.apply(channelsLast(self())));
    }

    /// Greatest of each window; padding never wins.
    default Tensor maxPool(WindowSpec window) {
        return pool("max pool", window, x -> Tensor.of(new Windowed.MaxPool(window), x));
    }

    /// Greatest of each size × size window of x [N, C, H, W].
    default Tensor maxPool2d(int size, int stride, int pad) {
        return maxPool(WindowSpec.square(2, size, stride, pad));
    }

    /// Mean of each window. Padding counts as zeros if `countPadding`, else only elements inside x count.
    default Tensor avgPool(WindowSpec window, boolean countPadding) {
        return pool("average pool", window, x -> {
            var sum = Tensor.of(new Windowed.SumPool(window), x);
            boolean padded = window.padLow().stream().anyMatch(p -> p > 0)
                    || window.padHigh().stream().anyMatch(p -> p > 0);
            if (countPadding || !padded) {
                return sum.mul(1.0 / window.size().stream().reduce(1, (a, b) -> a * b));
            }
            var one = x.shape().with(0, 1).with(-1, 1);
            return sum.div(Tensor.of(new Windowed.SumPool(window), Tensor.full(x.dtype(), 1, one)));
        });
    }

    /// Mean of each size × size window of x [N, C, H, W], padding counted.
    default Tensor avgPool2d(int size, int stride, int pad) {
        return avgPool(WindowSpec.square(2, size, stride, pad), true);
    }

    /// Mean over all spatial axes: x [N, C, spatial..] → [N, C].
    default Tensor globalAvgPool() {
        var axes = new int[self().shape().rank() - 2];
        java.util.Arrays.setAll(axes, i -> i + 2);
        return self().mean(axes);
    }

    /// eˣ / Σ eˣ along the last axis.
    default Tensor softmax() {
        return softmax(-1);
    }

    /// eˣ / Σ eˣ along an axis.
    default Tensor softmax(int axis) {
        return Tensor.of(new Rowwise.Softmax(false), self().swapAxes(axis, -1)).swapAxes(axis, -1);
    }

    /// x − ln Σ eˣ along the last axis.
    default Tensor logSoftmax() {
        return logSoftmax(-1);
    }

    /// x − ln Σ eˣ along an axis.
    default Tensor logSoftmax(int axis) {
        return Tensor.of(new Rowwise.Softmax(true), self().swapAxes(axis, -1)).swapAxes(axis, -1);
    }

    /// −ln softmax(this)[label] for logits [.., C] and labels [..] of whole numbers, [..]; 0 where a label is negative.
    default Tensor crossEntropy(Tensor labels) {
        if (!labels.dtype().isInt()) {
            throw ShapeException.dtype("cross-entropy", labels.dtype(), "labels of whole numbers", "cast them to I32");
        }
        var l = labels.cast(DType.I32);
        int c = self().shape().dim(-1);
        if (self().shape().rank() == 2) {
            return Tensor.of(new Rowwise.CrossEntropy(), self(), l);
        }
        return Tensor.of(new Rowwise.CrossEntropy(), self().reshape(-1, c), l.reshape(-1)).reshape(labels.shape());
    }

    /// softmax(scale · q kᵀ) v for each sequence and head (Vaswani et al., arXiv:1706.03762), without a matrix of all scores: this q
    /// [N, Tq, H, D], k and v [N, Tk, KV, D] → [N, Tq, H, D]. H is a multiple of KV, and neighbouring heads of q share a head of k and v. A query that
    /// sees no key gives 0. Parts of one projection are read where they lie, without a copy.
    default Tensor attention(Tensor k, Tensor v, AttentionOptions options) {
        var type = DType.promote(DType.promote(self().dtype(), k.dtype()), v.dtype());
        var q = self().cast(type);
        var op = new Attention.Out(options.spec(q));
        var lengths = options.lengthsI32();
        return lengths == null ? Tensor.of(op, q, k.cast(type), v.cast(type))
                : Tensor.of(op, q, k.cast(type), v.cast(type), lengths);
    }

    /// The weights with which [#attention] adds up values, softmax(scale · q kᵀ): this q [N, Tq, H, D], k [N, Tk, KV, D] → [N, H, Tq, Tk],
    /// 0 where a key is not seen. Each row's sum is 1. To look at: they are computed on their own.
    default Tensor attentionWeights(Tensor k, AttentionOptions options) {
        var type = DType.promote(self().dtype(), k.dtype());
        var q = self().cast(type);
        return DenseAttention.weights(options.spec(q), q, k.cast(type), options.lengthsI32());
    }

    /// x · Φ(x) = x/2 · (1 + erf(x / √2)) (Hendrycks and Gimpel, arXiv:1606.08415).
    default Tensor gelu() {
        var x = self();
        return x.mul(0.5).mul(x.mul(Math.sqrt(0.5)).erf().add(1));
    }

    /// The tanh approximation of [#gelu].
    default Tensor geluTanh() {
        var x = self();
        var u = x.add(x.square().mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
        return x.mul(0.5).mul(u.tanh().add(1));
    }

    /// x · sigmoid(x), also called swish.
    default Tensor silu() {
        return self().mul(self().sigmoid());
    }

    /// A result in this tensor's real type: within a step of mixed precision, exponentials are F32, but activations are kept short.
    private Tensor asGiven(Tensor y) {
        return self().dtype().isFloat() ? y.cast(self().dtype()) : y;
    }

    /// ln(1 + eˣ), safe against overflow.
    default Tensor softplus() {
        // −|x| with the derivative 1 at 0, so that the whole has its derivative ½ there
        var minus = self().gt(0).where(self().neg(), self());
        return asGiven(self().relu().add(minus.exp().log1p()));
    }

    /// x where positive, else slope · x.
    default Tensor leakyRelu(double slope) {
        return self().gt(0).where(self(), self().mul(slope));
    }

    /// x where positive, else alpha · (eˣ − 1).
    default Tensor elu(double alpha) {
        // selected twice: expm1 of a large x must not reach the gradient, and at 0 the derivative is alpha
        var positive = self().gt(0);
        return asGiven(positive.where(self(), positive.where(self().zerosLike(), self()).expm1().mul(alpha)));
    }

    /// min(max(x + 3, 0), 6) / 6.
    default Tensor hardSigmoid() {
        return self().add(3).clip(0, 6).mul(1.0 / 6);
    }

    /// x · hardSigmoid(x).
    default Tensor hardSwish() {
        return self().mul(hardSigmoid());
    }

    /// x · tanh(softplus(x)) (Misra, arXiv:1908.08681).
    default Tensor mish() {
        return self().mul(softplus().tanh());
    }

    /// (x − mean) / √(variance + eps) over the last axis.
    default Tensor normalizeLast(double eps) {
        var centred = self().sub(self().meanKeep(-1));
        return centred.mul(centred.square().meanKeep(-1).add(eps).rsqrt());
    }

    /// x as it is in the forward pass; no gradient passes.
    default Tensor detach() {
        return Tensor.of(new Control.Detach(), self());
    }
}
