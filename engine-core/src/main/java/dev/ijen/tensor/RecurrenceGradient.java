package dev.ijen.tensor;

import dev.ijen.tensor.Recurrence.Backward;
import dev.ijen.tensor.Recurrence.Forward;
import dev.ijen.tensor.Recurrence.GradientResult;
import dev.ijen.tensor.Recurrence.Result;
import java.util.ArrayList;

/// The gradient of a recurrence's states, or of its last c: back through time in one kernel, then products over all steps at once.
final class RecurrenceGradient {
    private RecurrenceGradient() {}

    /// Gradients of the inputs `in` of `op`.
    ///
    /// @param dy gradient of y
    /// @param dc gradient of the last c of an LSTM; null for 0
    static Tensor[] of(Forward op, Tensor[] in, Tensor dy, Tensor dc) {
        var cell = op.cell();
        boolean gru = cell == RecurrentCell.GRU;
        boolean lstm = cell == RecurrentCell.LSTM;
        var w = in[1];
        var h0 = in[gru ? 3 : 2];
        var y = result(op, Result.Y, in);
        var from = new ArrayList<Tensor>();
        from.add(w);
        from.add(h0);
        if (lstm) {
            from.add(in[3]);
        }
        from.add(y);
        from.add(result(op, Result.GATES, in));
        if (cell.remembers()) {
            from.add(result(op, Result.MEMORY, in));
        }
        from.add(dy);
        if (lstm) {
            from.add(dc == null ? h0.zerosLike() : dc);
        }
        var g = from.toArray(Tensor[]::new);
        int h = w.shape().dim(1);
        int rows = y.shape().dim(0) * y.shape().dim(1);
        var dxw = result(op, GradientResult.XW, g);
        var dh0 = result(op, GradientResult.H0, g);
        var dhn = gru ? result(op, GradientResult.MEMORY, g) : null;
        var products = gru ? Tensor.concat(2, dxw.slice(2, 0, 2 * h), dhn) : dxw;
        var dw = Contraction.MatMul.of(
                products.reshape(rows, cell.gates() * h), true, before(op, h0, y).reshape(rows, h), false);
        return switch (cell) {
            case RNN_TANH, RNN_RELU -> new Tensor[] {dxw, dw, dh0};
            case LSTM -> new Tensor[] {dxw, dw, dh0, result(op, GradientResult.MEMORY, g)};
            case GRU -> new Tensor[] {dxw, dw, dhn.sum(0, 1), dh0};
        };
    }

    private static Tensor result(Forward op, Result which, Tensor[] in) {
        return Tensor.of(new Forward(op.cell(), op.reverse(), which), in);
    }

    private static Tensor result(Forward op, GradientResult which, Tensor[] in) {
        return Tensor.of(new Backward(op.cell(), op.reverse(), which), in);
    }

    /// The state each step began with, [t, n, h].
    private static Tensor before(Forward op, Tensor h0, Tensor y) {
        int steps = y.shape().dim(0);
        var first = h0.insertAxis(0);
        if (steps == 1) {
            return first;
        }
        return op.reverse() ? Tensor.concat(0, y.slice(0, 1, steps - 1), first)
                : Tensor.concat(0, first, y.slice(0, 0, steps - 1));
    }
}
