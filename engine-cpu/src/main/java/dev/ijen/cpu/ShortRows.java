package dev.ijen.cpu;

import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.UnaryFn;

/// Softmax of F32 rows shorter than a few vectors, many at a time: rows are turned to columns, and vectors run across them. Passes are called where
/// the compiler can't see which one is meant, as those of [Columns32] and for the same reason.
final class ShortRows {
    /// The longest row.
    static final int MOST = 32;
    /// Rows turned at a time. A multiple of all vectors' lengths.
    private static final int ROWS = 128;

    // fields of an object, not constants, for the reason above
    private final Fn max = F32Binary.of(BinaryFn.MAX);
    private final Fn sub = F32Binary.of(BinaryFn.SUB);
    private final Fn add = F32Binary.of(BinaryFn.ADD);
    private final Fn div = F32Binary.of(BinaryFn.DIV);
    private final Fn exp = F32Math.of(UnaryFn.EXP);
    private final Fn log = F32Math.of(UnaryFn.LOG);

    private final int n;
    private final boolean logarithm;
    private final long columns;
    private final long terms;
    private final long of;
    private final long work;

    /// @param scratch memory of [#bytes]
    ShortRows(int n, boolean log, long scratch) {
        this.n = n;
        this.logarithm = log;
        columns = scratch;
        terms = columns + 4L * n * ROWS;
        of = terms + 4L * n * ROWS;
        work = of + 4L * ROWS;
    }

    static long bytes(int n) {
        return 4L * ROWS * (3 * n + 1);
    }

    /// The one place from which all passes are called.
    private static void pass(Fn f, long a, long b, long c, long out, int n) {
        f.run(a, b, c, out, n);
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
            pass(max, of, columns + 4L * j * ROWS, 0, of, wide);
        }
        for (int j = 0; j < n; j++) {
            long at = 4L * j * ROWS;
            pass(sub, columns + at, of, 0, columns + at, wide);
            pass(exp, columns + at, 0, work, terms + at, wide);
        }
        Mem.copy(terms, of, 4L * wide);
        for (int j = 1; j < n; j++) {
            pass(add, of, terms + 4L * j * ROWS, 0, of, wide);
        }
        if (logarithm) {
            pass(log, of, 0, work, of, wide);
        }
        for (int j = 0; j < n; j++) {
            long at = 4L * j * ROWS;
            if (logarithm) {
                pass(sub, columns + at, of, 0, columns + at, wide);
            } else {
                pass(div, terms + at, of, 0, columns + at, wide);
            }
            for (int r = 0; r < rows; r++) {
                Mem.f32(y + 4L * (r * n + j), Mem.f32(columns + at + 4L * r));
            }
        }
    }
}
