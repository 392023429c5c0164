package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// The steps of a recurrence. The weights are packed as [h, G·h], a column for each unit of each gate; where the input's product is left to the
/// steps, those of the input come before them, so that a step is one product of [in + h, G·h].
final class RecurrentForward extends RecurrentRun {
    private final boolean gru;
    private final boolean lstm;
    private final int depth;
    /// The input's part of the gates, or the input.
    private final long x;
    private final long inputWeights;
    /// The biases where they stay during the run: behind the packed weights; or zeros.
    private final long bias;
    private final long biasFrom;
    private final long biasStrip;
    private final long bn;
    private final long h0;
    private final long c0;
    private final long y;
    private final long kept;
    private final long memory;

    /// @param packed where packed weights and biases go
    RecurrentForward(RecurrentKernel kernel, long[] in, long[] out, long packed, Pool pool) {
        super(kernel.k(), kernel.u(), in[1], packed, pool);
        gru = k.cell() == Kernel.CellKind.GRU;
        lstm = k.cell() == Kernel.CellKind.LSTM;
        depth = kernel.depth();
        x = in[0];
        bn = gru ? in[2] : 0;
        h0 = in[gru ? 3 : 2];
        c0 = lstm ? in[3] : 0;
        int own = lstm || gru ? 4 : 3;
        inputWeights = depth > 0 ? in[own] : 0;
        biasFrom = in.length > own + 1 ? in[own + 1] : 0;
        bias = biasFrom == 0 ? Gemm.ZEROS : packed + kernel.weightBytes();
        biasStrip = biasFrom == 0 ? 0 : stripRow;
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
        int columns = gates * k.h();
        int all = depth + k.h();
        pack(s, columns, 0, depth, all, inputWeights, e, (long) depth * e);
        pack(s, columns, depth, k.h(), all, e, row);
        if (biasFrom != 0) {
            Moves.copy(biasFrom + s * stripRow, bias + s * stripRow, stripRow);
        }
    }

    @Override
    void block(int i, int r0, int r1, int u0, int u1) {
        int s = step(i);
        long before = i == 0 ? h0 : y + step(i - 1) * plane;
        long at = (long) u0 * e;
        long g = kept + s * gatePlane + at;
        long m = memory + s * plane + at;
        long old = at + (lstm ? i == 0 ? c0 : memory + step(i - 1) * plane : before);
        long added = depth > 0 ? g : x + s * gatePlane + at;
        if (depth > 0) {
            input(r0, r1, u0, u1, x + ((long) s * k.n() + r0) * depth * e, g + r0 * gateRow);
        }
        products(r0, r1, u0, u1, before + r0 * row, added + r0 * gateRow, g + r0 * gateRow, m + r0 * row);
        math.forward(r1 - r0, gates, g + r0 * gateRow, row, added + r0 * gateRow + 2 * row, old + r0 * row,
                m + r0 * row, y + s * plane + at + r0 * row, u1 - u0);
    }

    /// The input's part of the gates, where the gates will be.
    private void input(int r0, int r1, int u0, int u1, long a, long g) {
        int perGate = k.h() / u.strip();
        int s0 = u0 / u.strip();
        int s1 = u1 / u.strip();
        int all = depth + k.h();
        boolean whole = s1 - s0 == perGate;
        for (int q = 0; q < (whole ? 1 : gates); q++) {
            int from = q * perGate + s0;
            product(r1 - r0, a, (long) depth * e, 0, depth, all, from, whole ? gates * perGate : from + s1 - s0,
                    bias + from * biasStrip, 0, biasStrip, g + q * row, gateRow);
        }
    }

    private void products(int r0, int r1, int u0, int u1, long a, long added, long g, long m) {
        int h = k.h();
        int all = depth + h;
        int perGate = h / u.strip();
        int s0 = u0 / u.strip();
        int s1 = u1 / u.strip();
        int sums = gru ? 2 : gates;
        if (s1 - s0 == perGate) {
            bring(added, g, r1 - r0, sums * row);
            product(r1 - r0, a, row, depth, h, all, 0, sums * perGate, g, gateRow, stripRow, g, gateRow);
        } else if (lstm && r1 - r0 == 1) {
            // few sums a gate, so the four of them together
            for (int q = 0; q < gates; q++) {
                bring(added + q * row, g + q * row, 1, (s1 - s0) * stripRow);
            }
            for (int s = s0; s < s1; s++) {
                fourGates(a, depth, h, s, perGate, g + (s - s0) * stripRow);
            }
        } else {
            for (int q = 0; q < sums; q++) {
                bring(added + q * row, g + q * row, r1 - r0, (s1 - s0) * stripRow);
                product(r1 - r0, a, row, depth, h, all, q * perGate + s0, q * perGate + s1, g + q * row, gateRow,
                        stripRow, g + q * row, gateRow);
            }
        }
        if (gru) {
            product(r1 - r0, a, row, depth, h, all, 2 * perGate + s0, 2 * perGate + s1, bn + (long) u0 * e, 0,
                    stripRow, m, row);
        }
    }

    /// Copies the input's part to where sums begin. A product that began there by itself would wait for memory at every tile; a copy
    /// runs ahead.
    private void bring(long from, long to, int rows, long bytes) {
        for (int r = 0; r < rows && from != to; r++) {
            Moves.copy(from + r * gateRow, to + r * gateRow, bytes);
        }
    }
}
