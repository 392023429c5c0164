package dev.ijen.tensor;

/// Operations that combine elements along axes. No axes means all of them; negative axes count from the last. The folded axes
/// go, but stay with extent 1 in the methods that end in `Keep`.
public sealed interface ReduceOps permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    private int bits(int... axes) {
        int rank = self().shape().rank();
        int m = axes.length == 0 ? (1 << rank) - 1 : 0;
        for (int a : axes) {
            m |= 1 << self().shape().axis(a);
        }
        return m;
    }

    private Tensor fold(Reduction.Fold fold, int bits) {
        // sums of short types are computed and stored in a type that holds them
        var x = fold == Reduction.Fold.SUM ? wide() : self();
        var y = bits == 0 ? x : Tensor.of(new Reduction.Reduce(fold, bits), x);
        return x.dtype().isFloat() && !keepsWide() ? y.cast(self().dtype()) : y;
    }

    /// A mean in this tensor's type, or F32 for whole numbers.
    private Tensor narrow(Tensor mean) {
        return self().dtype().isFloat() && !keepsWide() ? mean.cast(self().dtype()) : mean;
    }

    /// Under a mixed policy sums stay F32.
    private static boolean keepsWide() {
        return Precision.current().isMixed();
    }

    /// In the type sums and products of many elements are computed in.
    private Tensor wide() {
        return switch (self().dtype()) {
            case F16, BF16 -> self().cast(DType.F32);
            case BOOL, I8, U8 -> self().cast(DType.I32);
            case F32, F64, I32, I64 -> self();
        };
    }

    private Tensor drop(Tensor kept, int bits) {
        int rank = self().shape().rank();
        var d = new int[rank - Integer.bitCount(bits)];
        for (int i = 0, j = 0; i < rank; i++) {
            if ((bits >> i & 1) == 0) {
                d[j++] = self().shape().dim(i);
            }
        }
        return kept.reshape(d);
    }

    private int count(int bits) {
        int n = 1;
        for (int i = 0; i < self().shape().rank(); i++) {
            n *= (bits >> i & 1) == 1 ? self().shape().dim(i) : 1;
        }
        return n;
    }

    /// Sum. BOOL, I8 and U8 are summed as I32.
    default Tensor sum(int... axes) {
        return drop(sumKeep(axes), bits(axes));
    }

    /// Sum, axes kept.
    default Tensor sumKeep(int... axes) {
        return fold(Reduction.Fold.SUM, bits(axes));
    }

    /// The transpose of a broadcast from `shape`: sums what the broadcast would have repeated.
    default Tensor sumTo(Shape shape) {
        var x = self();
        if (x.shape().equals(shape)) {
            return x;
        }
        int lead = x.shape().rank() - shape.rank();
        int m = (1 << lead) - 1;
        for (int i = 0; i < shape.rank(); i++) {
            if (shape.dim(i) == 1 && x.shape().dim(i + lead) != 1) {
                m |= 1 << (i + lead);
            }
        }
        return fold(Reduction.Fold.SUM, m).reshape(shape);
    }

    /// Mean; whole numbers as F32.
    default Tensor mean(int... axes) {
        return drop(meanKeep(axes), bits(axes));
    }

    /// Mean, axes kept.
    default Tensor meanKeep(int... axes) {
        // the sum of short reals may lie outside of their range
        var x = self().dtype() == DType.F64 ? self() : self().cast(DType.F32);
        return narrow(x.sumKeep(axes).mul(1.0 / count(bits(axes))));
    }

    /// Mean squared distance from the mean; `correction` is taken from the count (1 for the unbiased estimate).
    default Tensor variance(int correction, int... axes) {
        return drop(varianceKeep(correction, axes), bits(axes));
    }

    /// Variance, axes kept.
    default Tensor varianceKeep(int correction, int... axes) {
        var x = self().dtype() == DType.F64 ? self() : self().cast(DType.F32);
        var v = x.sub(x.meanKeep(axes)).square().sumKeep(axes).mul(1.0 / (count(bits(axes)) - correction));
        return narrow(v);
    }

    /// Greatest; NaN wins.
    default Tensor max(int... axes) {
        return drop(maxKeep(axes), bits(axes));
    }

    /// Greatest, axes kept.
    default Tensor maxKeep(int... axes) {
        return fold(Reduction.Fold.MAX, bits(axes));
    }

    /// Least; NaN wins.
    default Tensor min(int... axes) {
        return drop(minKeep(axes), bits(axes));
    }

    /// Least, axes kept.
    default Tensor minKeep(int... axes) {
        return fold(Reduction.Fold.MIN, bits(axes));
    }

    /// True if any element is not 0.
    default Tensor any(int... axes) {
        return self().cast(DType.BOOL).max(axes);
    }

    /// True if no element is 0.
    default Tensor all(int... axes) {
        return self().cast(DType.BOOL).min(axes);
    }

    /// ln Σ eˣ, safe against overflow. Of only −∞, −∞.
    default Tensor logSumExp(int... axes) {
        var m = maxKeep(axes).detach(); // the shift cancels
        var safe = m.isFinite().where(m, m.zerosLike());
        return drop(self().sub(safe).exp().sumKeep(axes).log().add(safe), bits(axes));
    }

    /// √Σ x². Where all elements are 0, the gradient is 0.
    default Tensor norm(int... axes) {
        var s = self().square().sum(axes);
        var zero = s.eq(0);
        return zero.where(s, zero.where(s.onesLike(), s).sqrt());
    }

    /// Product along one axis, right also in its gradient where elements are 0: pairs are multiplied, ⌈log₂ n⌉ times. BOOL, I8
    /// and U8 are multiplied as I32.
    default Tensor prod(int axis) {
        var x = self().dtype().bytes() == 1 ? wide() : self();
        int a = x.shape().axis(axis);
        if (x.shape().dim(a) == 0) {
            return Tensor.full(x.dtype(), 1, x.shape().without(a));
        }
        while (x.shape().dim(a) > 1) {
            int n = x.shape().dim(a);
            var pairs = x.slice(a, 0, n / 2).mul(x.slice(a, n / 2, n / 2));
            x = n % 2 == 0 ? pairs : Tensor.concat(a, pairs, x.slice(a, n - 1, 1));
        }
        return x.reshape(x.shape().without(a));
    }

    /// Running sum along an axis. Whole numbers shorter than I32 are summed as I32.
    default Tensor cumsum(int axis) {
        return cumsum(axis, false, false);
    }

    /// Running sum along an axis; `exclusive` leaves the element itself out, `reverse` runs from the end.
    default Tensor cumsum(int axis, boolean exclusive, boolean reverse) {
        var x = self().dtype().bytes() == 1 ? wide() : self();
        return Tensor.of(new Reduction.CumSum(x.shape().axis(axis), exclusive, reverse), x);
    }

    /// Running product along an axis, in ⌈log₂ n⌉ passes. BOOL, I8 and U8 are multiplied as I32.
    default Tensor cumprod(int axis) {
        return scan(self().dtype().bytes() == 1 ? wide() : self(), axis, BinaryFn.MUL, 1);
    }

    /// Running maximum along an axis, in ⌈log₂ n⌉ passes.
    default Tensor cummax(int axis) {
        return scan(self(), axis, BinaryFn.MAX, switch (self().dtype()) {
            case F32, F64, F16, BF16 -> Double.NEGATIVE_INFINITY;
            case I64 -> Long.MIN_VALUE;
            case I32 -> Integer.MIN_VALUE;
            case I8 -> Byte.MIN_VALUE;
            case U8, BOOL -> 0;
        });
    }

    /// f over elements 1, 2, 4, … places apart; `fill` is its neutral element.
    private static Tensor scan(Tensor x, int axis, BinaryFn f, double fill) {
        int a = x.shape().axis(axis);
        int n = x.shape().dim(a);
        for (int k = 1; k < n; k *= 2) {
            x = x.binaryOf(f, x.slice(a, 0, n - k).pad(a, k, 0, fill));
        }
        return x;
    }

    /// Index (I32) of the greatest along an axis, which goes; the first of equals; NaN wins.
    default Tensor argmax(int axis) {
        return arg(axis, true);
    }

    /// Index (I32) of the least along an axis, which goes; the first of equals; NaN wins.
    default Tensor argmin(int axis) {
        return arg(axis, false);
    }

    private Tensor arg(int axis, boolean greatest) {
        int a = self().shape().axis(axis);
        return Tensor.of(new Reduction.ArgReduce(a, greatest), self()).reshape(self().shape().without(a));
    }
}
