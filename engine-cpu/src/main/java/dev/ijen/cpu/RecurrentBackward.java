package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// The gradient of a recurrence, from its last step to its first. The weights are packed as they are, [G·h, h]. The gradients of the
/// state and of c live in the results dh0 and dc0, which they are in the end.
final class RecurrentBackward extends RecurrentRun {
    private final boolean gru;
    private final boolean lstm;
    private final long h0;
    private final long c0;
    private final long y;
    private final long kept;
    private final long memory;
    private final long dy;
    private final long dLast;
    private final long dxw;
    private final long dh;
    private final long dm;

    RecurrentBackward(RecurrentKernel kernel, long[] in, long[] out, long packed, Pool pool) {
        super(kernel.k(), kernel.u(), in[0], packed, pool);
        gru = k.cell() == Kernel.CellKind.GRU;
        lstm = k.cell() == Kernel.CellKind.LSTM;
        int at = lstm ? 3 : 2;
        h0 = in[1];
        c0 = lstm ? in[2] : 0;
        y = in[at];
        kept = in[at + 1];
        memory = gru || lstm ? in[at + 2] : 0;
        dy = in[gru || lstm ? at + 3 : at + 2];
        dLast = lstm ? in[at + 4] : 0;
        dxw = out[0];
        dh = out[1];
        dm = gru || lstm ? out[2] : 0;
    }

    /// The state before the first step has a gradient, too.
    @Override
    int blocks() {
        return k.t() + 1;
    }

    @Override
    int strips() {
        return k.h() / u.strip();
    }

    @Override
    void pack(int s) {
        pack(s, k.h(), 0, gates * k.h(), gates * k.h(), row, e);
    }

    @Override
    void block(int i, int r0, int r1, int u0, int u1) {
        long at = (long) u0 * e;
        if (i == 0) {
            begin(r0, r1, at, (long) (u1 - u0) * e);
        } else {
            back(step(k.t() - i), r0, r1, u0, u1);
        }
        if (i == k.t()) {
            return;
        }
        int n = k.t() - 1 - i;
        int s = step(n);
        long states = s * plane + at;
        long g = s * gatePlane + at;
        long old = at + (lstm ? n == 0 ? c0 : memory + step(n - 1) * plane : n == 0 ? h0 : y + step(n - 1) * plane);
        long d = gru ? dm + states : dm + at;
        math.backward(r1 - r0, gates, kept + g + r0 * gateRow, row, old + r0 * row, memory + states + r0 * row,
                dy + states + r0 * row, dh + at + r0 * row, d + r0 * row, dxw + g + r0 * gateRow, u1 - u0);
    }

    private void begin(int r0, int r1, long at, long bytes) {
        for (int r = r0; r < r1; r++) {
            Mem.zero(dh + r * row + at, bytes);
            if (lstm) {
                Moves.copy(dLast + r * row + at, dm + r * row + at, bytes);
            }
        }
    }

    /// The gradient of the state before step `s`.
    private void back(int s, int r0, int r1, int u0, int u1) {
        int h = k.h();
        int all = gates * h;
        int s0 = u0 / u.strip();
        int s1 = u1 / u.strip();
        long to = dh + r0 * row + (long) u0 * e;
        long d = dxw + s * gatePlane + r0 * gateRow;
        if (gru) {
            product(r1 - r0, d, gateRow, 0, 2 * h, all, s0, s1, to, row, stripRow, to, row);
            product(r1 - r0, dm + s * plane + r0 * row, row, 2 * h, h, all, s0, s1, to, row, stripRow, to, row);
        } else {
            product(r1 - r0, d, gateRow, 0, all, all, s0, s1, Gemm.ZEROS, 0, 0, to, row);
        }
    }
}
