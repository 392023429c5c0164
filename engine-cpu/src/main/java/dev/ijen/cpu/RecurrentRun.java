package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// How the steps of a recurrence are shared among threads. Every number is computed in the same way however work is cut, so here the
/// cut may depend on the number of threads.
abstract class RecurrentRun implements Weighted.Kept {
    /// Most sequences of a task, so that a step's gates stay in the second-level cache.
    private static final int MOST_ROWS = 64;

    /// Multiply-adds of a step from which threads share it.
    private static final long SHARED_STEP = 1 << 16;

    final Kernel.Recurrent k;
    final Micro u;
    final CellMath math;
    final int gates;
    /// Bytes of an element; of a state; of the states of a step; of all gates; of the gates of a step.
    final int e;
    final long row;
    final long plane;
    final long gateRow;
    final long gatePlane;
    final long stripRow;

    private final long w;
    private final long packed;
    private final Pool pool;
    private final boolean byUnits;
    private final int tasks;
    /// Sequences, or units, of a task.
    private final int share;
    private final Pool.Task packTask;
    private final Pool.Task task;
    private final Meetings meetings = new Meetings();
    private Lockstep together;

    RecurrentRun(Kernel.Recurrent k, Micro u, long w, long packed, Pool pool) {
        this.k = k;
        this.u = u;
        this.w = w;
        this.packed = packed;
        this.pool = pool;
        math = CellMath.of(k.cell(), k.dtype(), u instanceof Micro32Code code ? code.target() : null);
        gates = CellMath.gates(k.cell());
        e = u.bytes();
        row = (long) k.h() * e;
        plane = k.n() * row;
        gateRow = gates * row;
        gatePlane = k.n() * gateRow;
        stripRow = (long) u.strip() * e;
        int groups = Math.ceilDiv(k.n(), u.rows());
        int strips = k.h() / u.strip();
        byUnits = groups < pool.threads() && strips > 1 && (long) k.n() * gates * k.h() * k.h() >= SHARED_STEP;
        if (byUnits) {
            share = Math.ceilDiv(strips, Math.min(pool.threads(), strips)) * u.strip();
            tasks = Math.ceilDiv(k.h(), share);
            task = null;
        } else {
            int each = Math.ceilDiv(groups, Math.min(pool.threads(), groups)) * u.rows();
            share = Math.min(each, MOST_ROWS);
            tasks = Math.ceilDiv(k.n(), share);
            task = (i, worker) -> {
                for (int s = 0; s < blocks(); s++) {
                    block(s, i * share, Math.min(k.n(), (i + 1) * share), 0, k.h());
                }
            };
        }
        packTask = (s, worker) -> pack(s);
    }

    /// How often [#block] must be done for each unit of each sequence.
    abstract int blocks();

    /// Strips of the packed weights.
    abstract int strips();

    /// Packs strip `s`.
    abstract void pack(int s);

    /// Block number `i` in the order of the run, for sequences r0 to r1 and units u0 to u1; the blocks before are done for all units.
    abstract void block(int i, int r0, int r1, int u0, int u1);

    @Override
    public final void refresh() {
        pool.parallel(strips(), packTask);
    }

    @Override
    public final void run() {
        if (byUnits && together == null) {
            together = new Lockstep(tasks, blocks(), this::part);
        }
        if (!byUnits) {
            pool.parallel(tasks, task);
            return;
        }
        if (meetings.together()) {
            together.run(pool);
        } else {
            for (int i = 0; i < blocks(); i++) {
                for (int part = 0; part < tasks; part++) {
                    part(i, part);
                }
            }
        }
        meetings.end();
    }

    private void part(int i, int part) {
        block(i, 0, k.n(), part * share, Math.min(k.h(), (part + 1) * share));
    }

    /// The place in memory of the step that comes as number `i`.
    final int step(int i) {
        return k.reverse() ? k.t() - 1 - i : i;
    }

    /// Packs rows p0 to p0 + depth of strip `s` of weights with `all` rows and `columns` columns; element (p, j) of these lies at
    /// w + p · rs + j · cs.
    final void pack(int s, int columns, int p0, int depth, int all, long rs, long cs) {
        pack(s, columns, p0, depth, all, w, rs, cs);
    }

    /// The same for other weights.
    final void pack(int s, int columns, int p0, int depth, int all, long from, long rs, long cs) {
        int j = s * u.strip();
        if (depth > 0) {
            u.pack(from + j * cs, rs, cs, depth, Math.min(u.strip(), columns - j),
                    packed + s * Gemm.stripBytes(u, all) + p0 * stripRow);
        }
    }

    /// c = from + a · (rows p0 to p0 + depth of strips s0 to s1 of the packed weights, which have `all` rows). Rows of a are `ars` bytes
    /// apart, those of `from` fs and its strips ss, those of c ldc. `from` may be c.
    final void product(
            int rows, long a, long ars, int p0, int depth, int all, int s0, int s1, long from, long fs, long ss,
            long c, long ldc) {
        int whole = rows / u.rows() * u.rows();
        long step = Gemm.stripBytes(u, all);
        for (int p = 0; p < depth; p += Gemm.DEPTH) {
            int d = Math.min(Gemm.DEPTH, depth - p);
            long ap = a + (long) p * e;
            long b = packed + s0 * step + (p0 + p) * stripRow;
            boolean first = p == 0;
            long f = first ? from : c;
            long frow = first ? fs : ldc;
            long fstrip = first ? ss : stripRow;
            for (int s = 0; s < s1 - s0; s++) {
                if (whole > 0) {
                    u.groups(whole / u.rows(), ap, ars, e, b + s * step, stripRow, d, f + s * fstrip, frow,
                            c + s * stripRow, ldc);
                }
            }
            for (int i = whole; i < rows;) {
                int r = u.take(rows - i);
                if (r == 1) {
                    one(s1 - s0, ap + i * ars, b, step, d, f + i * frow, fstrip, c + i * ldc);
                } else {
                    for (int s = 0; s < s1 - s0; s++) {
                        u.full(r, ap + i * ars, ars, e, b + s * step, stripRow, d, f + i * frow + s * fstrip, frow,
                                c + i * ldc + s * stripRow, ldc);
                    }
                }
                i += r;
            }
        }
    }

    /// The same for one row and one strip of each of four gates, whose strips are `perGate` apart, added to c: gates are `row` bytes
    /// apart there. The rows are the last of the packed weights.
    final void fourGates(long a, int p0, int depth, int strip, int perGate, long c) {
        long step = Gemm.stripBytes(u, p0 + depth);
        for (int p = 0; p < depth; p += Gemm.DEPTH) {
            int d = Math.min(Gemm.DEPTH, depth - p);
            u.four(a + (long) p * e, e, packed + strip * step + (p0 + p) * stripRow, perGate * step, stripRow, d, c,
                    row, c,
                    row);
        }
    }

    private void one(int strips, long a, long b, long step, int d, long from, long ss, long c) {
        int s = 0;
        for (; s + 4 <= strips; s += 4) {
            u.four(a, e, b + s * step, step, stripRow, d, from + s * ss, ss, c + s * stripRow, stripRow);
        }
        for (; s < strips; s++) {
            u.full(1, a, 0, e, b + s * step, stripRow, d, from + s * ss, 0, c + s * stripRow, 0);
        }
    }
}
