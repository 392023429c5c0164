package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import java.util.stream.LongStream;

/// A recurrence on F16 or BF16, or with a number of units that is not a whole number of strips: operands are converted to what the
/// inner kernel takes, with units whose weights and states are 0, and its results back. Those units stay 0 and reach no other.
final class RecurrentWide implements CpuKernel {
    private static final int TASKS = 16;

    private final Kernel.Recurrent k;
    private final RecurrentKernel inner;
    private final int gates;
    private final Fn widen;
    private final Fn narrow;
    /// Lines of h elements of each operand.
    private final int[] in;
    private final int[] out;
    /// Which input is the recurrent weights.
    private final int weights;

    RecurrentWide(Kernel.Recurrent k, RecurrentKernel inner) {
        this.k = k;
        this.inner = inner;
        gates = CellMath.gates(k.cell());
        widen = Stored.widen(k.dtype());
        narrow = Stored.narrow(k.dtype());
        int state = k.n();
        int all = k.t() * k.n();
        int w = gates * k.h();
        boolean forward = k.pass() == Kernel.RecurrentPass.FORWARD;
        weights = forward ? 1 : 0;
        in = switch (k.cell()) {
            case RNN_TANH, RNN_RELU ->
                    forward ? new int[] {all * gates, w, state} : new int[] {w, state, all, all * gates, all};
            case LSTM ->
                    forward ? new int[] {all * gates, w, state, state}
                            : new int[] {w, state, state, all, all * gates, all, all, state};
            case GRU ->
                    forward ? new int[] {all * gates, w, 1, state}
                            : new int[] {w, state, all, all * gates, all, all};
        };
        out = switch (k.cell()) {
            case RNN_TANH, RNN_RELU -> forward ? new int[] {all, all * gates} : new int[] {all * gates, state};
            case LSTM -> forward ? new int[] {all, all * gates, all} : new int[] {all * gates, state, state};
            case GRU -> forward ? new int[] {all, all * gates, all} : new int[] {all * gates, state, all};
        };
    }

    /// Bytes of a line of the inner kernel.
    private long line() {
        return (long) inner.k().h() * inner.u().bytes();
    }

    private long bytes(boolean input, int i) {
        long lines = input ? i == weights ? (long) gates * inner.k().h() : in[i] : out[i];
        return Mem.align(lines * line());
    }

    @Override
    public long scratchBytes() {
        return places(0, true)[in.length] + places(0, false)[out.length] + inner.scratchBytes();
    }

    /// Where the operands of the inner kernel lie, and where they end.
    private long[] places(long from, boolean input) {
        var at = new long[(input ? in : out).length + 1];
        at[0] = from;
        for (int i = 1; i < at.length; i++) {
            at[i] = at[i - 1] + bytes(input, i - 1);
        }
        return at;
    }

    @Override
    public Bound bind(long[] from, long[] to, long scratch, Pool pool) {
        var wideIn = places(scratch, true);
        var wideOut = places(wideIn[in.length], false);
        var bound = inner.bind(
                LongStream.of(wideIn).limit(in.length).toArray(), LongStream.of(wideOut).limit(out.length).toArray(),
                wideOut[out.length], pool);
        Pool.Task enter = (t, worker) -> {
            for (int i = 0; i < in.length; i++) {
                int end = Tasks.from(t + 1, TASKS, in[i]);
                for (int l = Tasks.from(t, TASKS, in[i]); l < end; l++) {
                    enter(from[i] + (long) l * k.h() * k.dtype().bytes(), wideIn[i] + place(i, l) * line());
                }
            }
        };
        Pool.Task leave = (t, worker) -> {
            for (int i = 0; i < out.length; i++) {
                int end = Tasks.from(t + 1, TASKS, out[i]);
                for (int l = Tasks.from(t, TASKS, out[i]); l < end; l++) {
                    leave(wideOut[i] + l * line(), to[i] + (long) l * k.h() * k.dtype().bytes());
                }
            }
        };
        return new Bound() {
            @Override
            public void run() {
                Mem.zero(wideIn[weights], bytes(true, weights));
                pool.parallel(TASKS, enter);
                bound.run();
                pool.parallel(TASKS, leave);
            }

            @Override
            public void close() {
                bound.close();
            }
        };
    }

    /// Rows of each gate's weights are filled up, too.
    private long place(int i, int l) {
        return i == weights ? (long) (l / k.h()) * inner.k().h() + l % k.h() : l;
    }

    private void enter(long from, long to) {
        long used = (long) k.h() * inner.u().bytes();
        if (widen == null) {
            Moves.copy(from, to, used);
        } else {
            widen.run(from, 0, 0, to, k.h());
        }
        Mem.zero(to + used, line() - used);
    }

    private void leave(long from, long to) {
        if (narrow != null) {
            narrow.run(from, 0, 0, from, k.h()); // in place, because it ends with a whole vector
        }
        Moves.copy(from, to, (long) k.h() * k.dtype().bytes());
    }
}
