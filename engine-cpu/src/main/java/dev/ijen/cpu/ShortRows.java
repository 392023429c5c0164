package dev.ijen.cpu;

import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.UnaryFn;

/// Softmax of F32 rows shorter than a few vectors, many at a time: rows are turned to columns, and vectors run across them.
final class ShortRows {
    /// The longest row.
    static final int MOST = 32;
    /// Rows turned at a time. A multiple of all vectors' lengths.
    private static final int ROWS = 128;

    private static final Fn MAX = F32Binary.of(BinaryFn.MAX);
    private static final Fn SUB = F32Binary.of(BinaryFn.SUB);
    private static final Fn ADD = F32Binary.of(BinaryFn.ADD);
    private static final Fn DIV = F32Binary.of(BinaryFn.DIV);
    private static final Fn EXP = F32Math.of(UnaryFn.EXP);
    private static final Fn LOG = F32Math.of(UnaryFn.LOG);

    private final int n;
    private final boolean log;
    private final long columns;
    private final long terms;
    private final long of;
    private final long work;

    /// @param scratch memory of [#bytes]
    ShortRows(int n, boolean log, long scratch) {
        this.n = n;
        this.log = log;
        columns = scratch;
        terms = columns + 4L * n * ROWS;
        of = terms + 4L * n * ROWS;
        work = of + 4L * ROWS;
    }

    static long bytes(int n) {
        return 4L * ROWS * (3 * n + 1);
    }

    void run(long x, long y, int rows) {
        for (int r = 0; r < rows; r += ROWS) {
            block(x + 4L * n * r, y + 4L * n * r, Math.min(ROWS, rows - r));
        }
    }

    private void block(long x, long y, int rows) {
        int wide = (rows + 15) / 16 * 16;
        for (int j = 0; j < n; j++) {
            long to = columns + 4L * j * ROWS;
            for (int r = 0; r < rows; r++) {
                Mem.f32(to + 4L * r, Mem.f32(x + 4L * (r * n + j)));
            }
            for (int r = rows; r < wide; r++) {
                Mem.f32(to + 4L * r, 0);
            }
        }
        Mem.copy(columns, of, 4L * wide);
        for (int j = 1; j < n; j++) {
            MAX.run(of, columns + 4L * j * ROWS, 0, of, wide);
        }
        for (int j = 0; j < n; j++) {
            long at = 4L * j * ROWS;
            SUB.run(columns + at, of, 0, columns + at, wide);
            EXP.run(columns + at, 0, work, terms + at, wide);
        }
        Mem.copy(terms, of, 4L * wide);
        for (int j = 1; j < n; j++) {
            ADD.run(of, terms + 4L * j * ROWS, 0, of, wide);
        }
        if (log) {
            LOG.run(of, 0, work, of, wide);
        }
        for (int j = 0; j < n; j++) {
            long at = 4L * j * ROWS;
            if (log) {
                SUB.run(columns + at, of, 0, columns + at, wide);
            } else {
                DIV.run(terms + at, of, 0, columns + at, wide);
            }
            for (int r = 0; r < rows; r++) {
                Mem.f32(y + 4L * (r * n + j), Mem.f32(columns + at + 4L * r));
            }
        }
    }
}
