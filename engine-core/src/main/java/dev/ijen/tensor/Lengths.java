package dev.ijen.tensor;

/// Sequences of different lengths in one padded tensor [T, N, ..].
///
/// @param lengths I32 [N], from 0 to T
/// @param steps T
record Lengths(Tensor lengths, int steps) {
    /// A gate before its sigmoid that is 0 or 1 afterwards, in every real type.
    private static final double SURE = 1e4;

    static Lengths of(String what, Tensor lengths, Shape x) {
        if (!lengths.dtype().isInt()) {
            throw ShapeException.dtype(what, lengths.dtype(), "lengths of whole numbers", "cast them to I32");
        }
        if (!lengths.shape().equals(Shape.of(x.dim(1)))) {
            throw new ShapeException(
                    what, "x" + x + ", lengths" + lengths.shape(), "x[T, N, in], lengths[N]",
                    "give one length for each sequence");
        }
        return new Lengths(lengths.cast(DType.I32), x.dim(0));
    }

    private int count() {
        return lengths.shape().dim(0);
    }

    /// True where a step is inside its sequence, [T, N].
    private Tensor inside() {
        return Tensor.iota(0, Shape.of(steps, count())).lt(lengths);
    }

    /// x where it is inside a sequence, else 0.
    Tensor within(Tensor x) {
        return inside().insertAxis(2).where(x, x.zerosLike());
    }

    /// Every sequence in reversed order; what lies beyond its length stays. Twice is the identity.
    Tensor turned(Tensor x) {
        var grid = Shape.of(steps, count());
        var step = Tensor.iota(0, grid);
        var from = inside().where(lengths.sub(1).sub(step), step);
        var rows = x.reshape(steps * count(), x.shape().dim(2));
        return rows.take(0, from.mul(count()).add(Tensor.iota(1, grid)).reshape(steps * count())).reshape(x.shape());
    }

    /// The state after each sequence's last step, [N, H]; `start` for empty ones.
    Tensor last(Tensor y, Tensor start) {
        var rows = y.reshape(steps * count(), y.shape().dim(2));
        var index = lengths.gt(0).where(lengths.sub(1), lengths.zerosLike()).mul(count())
                .add(Tensor.iota(0, lengths.shape()));
        return lengths.gt(0).insertAxis(1).where(rows.take(0, index), start);
    }

    /// The gates of an LSTM with those beyond a sequence's length such that c stays as it is: i = 0 and f = 1.
    Tensor keepingMemory(Tensor xw) {
        int h = xw.shape().dim(2) / 4;
        var gate = Tensor.iota(0, Shape.of(4 * h));
        var keep = gate.lt(h).where(
                Tensor.full(xw.dtype(), -SURE, gate.shape()),
                gate.lt(2 * h).where(Tensor.full(xw.dtype(), SURE, gate.shape()),
                        Tensor.full(xw.dtype(), 0, gate.shape())));
        return inside().insertAxis(2).where(xw, keep);
    }
}
