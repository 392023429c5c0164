package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// The steps of a recurrence. The weights are packed as [h, G·h], a column for each unit of each gate.
final class RecurrentForward extends RecurrentRun {
    private final boolean gru;
    private final boolean lstm;
    private final long xw;
    private final long bn;
    private final long h0;
    private final long c0;
    private final long y;
    private final long kept;
    private final long memory;

    RecurrentForward(Kernel.Recurrent k, Micro u, long[] in, long[] out, long scratch, Pool pool) {
        super(k, u, in[1], scratch, pool);
        gru = k.cell() == Kernel.CellKind.GRU;
        lstm = k.cell() == Kernel.CellKind.LSTM;
        xw = in[0];
        bn = gru ? in[2] : 0;
        h0 = in[gru ? 3 : 2];
        c0 = lstm ? in[3] : 0;
        y = out[0];
        kept = out[1];
        memory = gru || lstm ? out[2] : 0;
    }

    @Override
    int blocks() {
        return k.t();
    }

    @Override
    int strips() {
        return gates * k.h() / u.strip();
    }

    @Override
    void pack(int s) {
        pack(s, gates * k.h(), k.h(), e, row);
    }

    @Override
    void block(int i, int r0, int r1, int u0, int u1) {
        int s = step(i);
        long before = i == 0 ? h0 : y + step(i - 1) * plane;
        long at = (long) u0 * e;
        long x = xw + s * gatePlane + at;
        long g = kept + s * gatePlane + at;
        long m = memory + s * plane + at;
        long old = at + (lstm ? i == 0 ? c0 : memory + step(i - 1) * plane : before);
        products(r0, r1, u0, u1, before + r0 * row, x + r0 * gateRow, g + r0 * gateRow, m + r0 * row);
        for (int r = r0; r < r1; r++) {
            math.forward(g + r * gateRow, row, x + r * gateRow + 2 * row, old + r * row, m + r * row,
                    y + s * plane + at + r * row, u1 - u0);
        }
    }

    private void products(int r0, int r1, int u0, int u1, long a, long x, long g, long m) {
        int h = k.h();
        int perGate = h / u.strip();
        int s0 = u0 / u.strip();
        int s1 = u1 / u.strip();
        int added = gru ? 2 : gates;
        if (s1 - s0 == perGate) {
            bring(x, g, r1 - r0, added * row);
            product(r1 - r0, a, row, 0, h, h, 0, added * perGate, g, gateRow, stripRow, g, gateRow);
        } else if (lstm && r1 - r0 == 1) {
            // few sums a gate, so the four of them together
            for (int q = 0; q < gates; q++) {
                bring(x + q * row, g + q * row, 1, (s1 - s0) * stripRow);
            }
            for (int s = s0; s < s1; s++) {
                fourGates(a, h, s, perGate, g + (s - s0) * stripRow);
            }
        } else {
            for (int q = 0; q < added; q++) {
                bring(x + q * row, g + q * row, r1 - r0, (s1 - s0) * stripRow);
                product(r1 - r0, a, row, 0, h, h, q * perGate + s0, q * perGate + s1, g + q * row, gateRow, stripRow,
                        g + q * row, gateRow);
            }
        }
        if (gru) {
            product(r1 - r0, a, row, 0, h, h, 2 * perGate + s0, 2 * perGate + s1, bn + (long) u0 * e, 0, stripRow, m,
                    row);
        }
    }

    /// Copies the input's part to where sums begin. A product that began there by itself would wait for memory at every tile; a copy
    /// runs ahead.
    private void bring(long from, long to, int rows, long bytes) {
        for (int r = 0; r < rows; r++) {
            Moves.copy(from + r * gateRow, to + r * gateRow, bytes);
        }
    }
}
