package dev.ijen.tensor;

/// A recurrent layer in one direction: what it gives for a whole sequence. T steps, N sequences, H units, G gates of the cell.
///
/// Gradients run back through time in one kernel; a loss that depends on `y` and on `c` takes one run for each. Second gradients work, at
/// the price of a graph that grows with T.
///
/// @param y the states of all steps, [T, N, H]
/// @param h the last state, [N, H]; going backward in time, that of step 0
/// @param c an LSTM's memory beside it, [N, H]; null for other cells
public record Recurrent(Tensor y, Tensor h, Tensor c) {
    /// Weights of one direction, in PyTorch's layout.
    ///
    /// @param wIh of the input, [G·H, in]
    /// @param wHh of the state, [G·H, H]
    /// @param bIh bias of the input's part, [G·H], or null
    /// @param bHh bias of the state's part, [G·H], or null
    public record Weights(Tensor wIh, Tensor wHh, Tensor bIh, Tensor bHh) {}

    /// All steps of x [T, N, in].
    ///
    /// @param h0 the state before the first step, [N, H]; null for zeros
    /// @param c0 an LSTM's memory before the first step, [N, H]; null for zeros and for other cells
    /// @param reverse from the last step to the first
    /// @throws ShapeException if something does not fit
    public static Recurrent of(RecurrentCell cell, Tensor x, Weights w, Tensor h0, Tensor c0, boolean reverse) {
        return Where.here(() -> {
            var type = check(cell, x, w, h0, c0);
            return run(cell, project(cell, x.cast(type), w), type, w, h0, c0, reverse);
        });
    }

    /// The same for sequences of different lengths, padded to T steps: y is 0 beyond the length of a sequence, the last state is that of its
    /// last step, and `reverse` begins there. What x holds beyond does not matter, as long as it is finite.
    ///
    /// @param lengths whole numbers from 0 to T, [N]
    public static Recurrent of(
            RecurrentCell cell, Tensor x, Weights w, Tensor h0, Tensor c0, boolean reverse, Tensor lengths) {
        return Where.here(() -> {
            var type = check(cell, x, w, h0, c0);
            var l = Lengths.of(cell.label(), lengths, x.shape());
            var in = reverse ? l.turned(x) : x;
            var xw = project(cell, in.cast(type), w);
            var all = run(cell, cell == RecurrentCell.LSTM ? l.keepingMemory(xw) : xw, type, w, h0, c0, false);
            var start = state(h0, type, all.h);
            var y = l.within(all.y);
            return new Recurrent(reverse ? l.turned(y) : y, l.last(all.y, start), all.c);
        });
    }

    private static Recurrent run(
            RecurrentCell cell, Tensor xw, DType type, Weights w, Tensor h0, Tensor c0, boolean reverse) {
        var wHh = w.wHh.cast(type);
        int h = wHh.shape().dim(1);
        var zeros = Tensor.full(type, 0, Shape.of(xw.shape().dim(1), h));
        var start = state(h0, type, zeros);
        var in = switch (cell) {
            case RNN_TANH, RNN_RELU -> new Tensor[] {xw, wHh, start};
            case LSTM -> new Tensor[] {xw, wHh, start, state(c0, type, zeros)};
            case GRU -> new Tensor[] {
                xw, wHh, w.bHh == null ? Tensor.full(type, 0, Shape.of(h)) : w.bHh.cast(type).slice(0, 2 * h, h), start
            };
        };
        int last = reverse ? 0 : xw.shape().dim(0) - 1;
        var y = Tensor.of(new Recurrence.Forward(cell, reverse, Recurrence.Result.Y), in);
        var c = cell == RecurrentCell.LSTM
                ? Tensor.of(new Recurrence.Forward(cell, reverse, Recurrence.Result.MEMORY), in).select(0, last)
                : null;
        return new Recurrent(y, y.select(0, last), c);
    }

    private static Tensor state(Tensor given, DType type, Tensor like) {
        return given == null ? like.zerosLike() : given.cast(type);
    }

    /// xw = x · wIhᵀ with the biases that can be added before the state's part is known, [T, N, G·H].
    private static Tensor project(RecurrentCell cell, Tensor x, Weights w) {
        var type = x.dtype();
        var wIh = w.wIh.cast(type);
        int rows = x.shape().dim(0) * x.shape().dim(1);
        var xw = Contraction.MatMul.of(x.reshape(rows, x.shape().dim(2)), false, wIh, true)
                .reshape(x.shape().with(2, wIh.shape().dim(0)));
        var b = bias(cell, w, type);
        return b == null ? xw : xw.add(b);
    }

    /// A GRU's b_hh of gate n stays inside of the gate.
    private static Tensor bias(RecurrentCell cell, Weights w, DType type) {
        var bIh = w.bIh == null ? null : w.bIh.cast(type);
        if (w.bHh == null) {
            return bIh;
        }
        var bHh = w.bHh.cast(type);
        if (cell == RecurrentCell.GRU) {
            int h = w.wHh.shape().dim(1);
            bHh = bHh.slice(0, 0, 2 * h).pad(0, 0, h);
        }
        return bIh == null ? bHh : bIh.add(bHh);
    }

    private static DType check(RecurrentCell cell, Tensor x, Weights w, Tensor h0, Tensor c0) {
        var i = w.wIh.shape();
        var s = w.wHh.shape();
        boolean fit = x.shape().rank() == 3 && i.rank() == 2 && s.rank() == 2 && i.dim(1) == x.shape().dim(2);
        if (fit) {
            int out = cell.gates() * s.dim(1);
            var bias = Shape.of(out);
            var state = Shape.of(x.shape().dim(1), s.dim(1));
            fit = x.shape().dim(0) > 0
                    && s.dim(1) > 0
                    && i.dim(0) == out
                    && s.dim(0) == out
                    && (w.bIh == null || w.bIh.shape().equals(bias))
                    && (w.bHh == null || w.bHh.shape().equals(bias))
                    && (h0 == null || h0.shape().equals(state))
                    && (c0 == null || c0.shape().equals(state));
        }
        if (!fit || c0 != null && cell != RecurrentCell.LSTM) {
            throw new ShapeException(
                    cell.label(),
                    "x" + x.shape() + ", w_ih" + i + ", w_hh" + s + shape(", b_ih", w.bIh) + shape(", b_hh", w.bHh)
                            + shape(", h0", h0) + shape(", c0", c0),
                    "x[T, N, in], w_ih[%dH, in], w_hh[%1$dH, H], b[%1$dH], h0[N, H]%s with T, H ≥ 1".formatted(
                            cell.gates(), cell == RecurrentCell.LSTM ? ", c0[N, H]" : " and no c0"),
                    "check the previous layer's output size, and that time is the first axis");
        }
        return DType.promote(x.dtype(), w.wIh.dtype());
    }

    private static String shape(String name, Tensor t) {
        return t == null ? "" : name + t.shape();
    }
}
