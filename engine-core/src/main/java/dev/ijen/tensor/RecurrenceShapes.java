package dev.ijen.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/// Shape rules of [Recurrence].
final class RecurrenceShapes {
    private RecurrenceShapes() {}

    static void forward(RecurrentCell cell, Tensor[] in) {
        boolean gru = cell == RecurrentCell.GRU;
        boolean lstm = cell == RecurrentCell.LSTM;
        var xw = in[0].shape();
        var w = in[1].shape();
        boolean fit = in.length == (gru || lstm ? 4 : 3) && xw.rank() == 3 && w.rank() == 2;
        if (fit) {
            int h = w.dim(1);
            var state = Shape.of(xw.dim(1), h);
            fit = h > 0
                    && xw.dim(0) > 0
                    && w.dim(0) == cell.gates() * h
                    && xw.dim(2) == cell.gates() * h
                    && (!gru || in[2].shape().equals(Shape.of(h)))
                    && in[gru ? 3 : 2].shape().equals(state)
                    && (!lstm || in[3].shape().equals(state));
        }
        check(cell.label(), fit, in,
                "xw[T, N, %dH], w[%1$dH, H]%s, h0[N, H]%s with T, H ≥ 1"
                        .formatted(cell.gates(), gru ? ", bn[H]" : "", lstm ? ", c0[N, H]" : ""));
    }

    static void backward(RecurrentCell cell, Tensor[] in) {
        boolean lstm = cell == RecurrentCell.LSTM;
        int memory = cell.remembers() ? 1 : 0;
        int y = lstm ? 3 : 2;
        var w = in[0].shape();
        boolean fit = in.length == y + 3 + memory + (lstm ? 1 : 0) && in[y].shape().rank() == 3 && w.rank() == 2;
        if (fit) {
            int h = w.dim(1);
            var states = in[y].shape();
            var state = Shape.of(states.dim(1), h);
            fit = h > 0
                    && states.dim(0) > 0
                    && states.dim(2) == h
                    && w.dim(0) == cell.gates() * h
                    && in[1].shape().equals(state)
                    && (!lstm || in[2].shape().equals(state))
                    && in[y + 1].shape().equals(states.with(2, cell.gates() * h))
                    && (memory == 0 || in[y + 2].shape().equals(states))
                    && in[y + 2 + memory].shape().equals(states)
                    && (!lstm || in[y + 4].shape().equals(state));
        }
        check(cell.label() + "-gradient", fit, in, "what the forward pass took and gave, and a gradient like its y");
    }

    private static void check(String what, boolean fit, Tensor[] in, String expected) {
        if (!fit) {
            throw new ShapeException(
                    what, Arrays.stream(in).map(t -> t.shape().toString()).collect(Collectors.joining(", ")), expected,
                    "check the sizes of weights and states");
        }
        for (var t : in) {
            if (!t.dtype().isFloat() || t.dtype() != in[0].dtype()) {
                throw ShapeException.dtype(what, t.dtype(), "tensors of one real type", "cast first");
            }
        }
    }
}
