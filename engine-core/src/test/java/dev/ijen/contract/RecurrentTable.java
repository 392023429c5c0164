package dev.ijen.contract;

import dev.ijen.tensor.Recurrence;
import dev.ijen.tensor.Recurrent;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Rows for recurrent layers.
final class RecurrentTable {
    /// T, N, in, H.
    private static final int[][] SIZES = {
        {3, 2, 3, 2}, {1, 1, 1, 1}, {2, 3, 5, 1}, {5, 1, 2, 7}, {4, 5, 3, 17}, {3, 7, 9, 33}, {2, 0, 3, 4}
    };

    private final List<OpCase> rows = new ArrayList<>();

    static List<OpCase> rows() {
        var t = new RecurrentTable();
        for (var cell : RecurrentCell.values()) {
            t.layer(cell, false);
            t.layer(cell, true);
            t.lengths(cell);
            t.kernel(cell);
        }
        t.memory();
        return t.rows;
    }

    private static In[] in(RecurrentCell cell, int t, int n, int x, int h, In... more) {
        int g = cell.gates() * h;
        var l = new ArrayList<>(List.of(In.of(t, n, x), In.from(-1, 1, g, x), In.from(-0.6, 0.6, g, h),
                In.from(-1, 1, g), In.from(-1, 1, g), In.from(-1, 1, n, h)));
        if (cell == RecurrentCell.LSTM) {
            l.add(In.from(-1, 1, n, h));
        }
        l.addAll(List.of(more));
        return l.toArray(In[]::new);
    }

    private static Recurrent run(RecurrentCell cell, Tensor[] x, boolean reverse) {
        return Recurrent.of(cell, x[0], new Recurrent.Weights(x[1], x[2], x[3], x[4]), x[5],
                cell == RecurrentCell.LSTM ? x[6] : null, reverse);
    }

    private OpCase row(OpCase r, RecurrentCell cell) {
        rows.add(r);
        // at its kink a relu has no derivative for differences to find
        return cell == RecurrentCell.RNN_RELU ? r.ulps(256).differentiable() : r.ulps(128).smooth();
    }

    private void layer(RecurrentCell cell, boolean reverse) {
        var r = row(
                OpCase.of("recurrent/" + cell.label() + (reverse ? "-reverse" : ""), x -> run(cell, x, reverse).y()),
                cell);
        for (var s : SIZES) {
            r.on(in(cell, s[0], s[1], s[2], s[3]));
        }
        r.large(in(cell, 9, 21, 13, 32)).large(in(cell, 5, 2, 13, 160)).large(in(cell, 3, 70, 5, 40));
    }

    private void lengths(RecurrentCell cell) {
        for (boolean reverse : new boolean[] {false, true}) {
            var r = row(OpCase.of("recurrent/" + cell.label() + "-lengths" + (reverse ? "-reverse" : ""), x -> {
                var all = Recurrent.of(cell, x[0], new Recurrent.Weights(x[1], x[2], x[3], null), x[5],
                        cell == RecurrentCell.LSTM ? x[6] : null, reverse, x[x.length - 1]);
                return Tensor.concat(0, all.y(), all.h().insertAxis(0));
            }), cell);
            r.on(in(cell, 4, 3, 2, 3, In.whole(0, 4, 3))).on(in(cell, 3, 5, 4, 9, In.whole(1, 3, 5)));
        }
    }

    /// Every result of the operation itself, so that all of them are differentiated.
    private void kernel(RecurrentCell cell) {
        row(OpCase.of("recurrent/" + cell.label() + "-results", x -> {
            int h = x[1].shape().dim(1);
            int n = x[0].shape().dim(1);
            var in = x.clone();
            var parts = new ArrayList<Tensor>();
            for (var op : new Recurrence.Forward(cell, false, Recurrence.Result.Y).results()) {
                parts.add(Tensor.of(op, in).reshape(-1, n, h));
            }
            return Tensor.concat(0, parts.toArray(Tensor[]::new));
        }), cell).on(kernelIn(cell, 3, 2, 3)).on(kernelIn(cell, 2, 1, 5));
    }

    private static In[] kernelIn(RecurrentCell cell, int t, int n, int h) {
        int g = cell.gates() * h;
        return switch (cell) {
            case RNN_TANH, RNN_RELU -> new In[] {In.of(t, n, g), In.from(-0.6, 0.6, g, h), In.of(n, h)};
            case LSTM -> new In[] {In.of(t, n, g), In.from(-0.6, 0.6, g, h), In.of(n, h), In.of(n, h)};
            case GRU -> new In[] {In.of(t, n, g), In.from(-0.6, 0.6, g, h), In.of(h), In.of(n, h)};
        };
    }

    private void memory() {
        for (boolean reverse : new boolean[] {false, true}) {
            var r = row(OpCase.of("recurrent/lstm-memory" + (reverse ? "-reverse" : ""), x -> {
                var all = run(RecurrentCell.LSTM, x, reverse);
                return all.c().mul(all.h());
            }), RecurrentCell.LSTM);
            r.on(in(RecurrentCell.LSTM, 3, 2, 3, 2)).on(in(RecurrentCell.LSTM, 1, 2, 2, 3));
        }
        row(OpCase.of("recurrent/lstm-lengths-memory", x -> Recurrent.of(RecurrentCell.LSTM, x[0],
                new Recurrent.Weights(x[1], x[2], x[3], x[4]), x[5], x[6], true, x[7]).c()), RecurrentCell.LSTM)
                .on(in(RecurrentCell.LSTM, 4, 3, 2, 3, In.whole(0, 4, 3)));
    }
}
