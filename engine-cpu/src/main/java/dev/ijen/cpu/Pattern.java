package dev.ijen.cpu;

import java.util.Arrays;

/// How the elements of a tile lie in memory: nested runs with constant steps, with neighbouring axes joined where the steps
/// allow. The tile itself is dense and row-major. The number of rows along the tile's first axis is given at each use.
final class Pattern {
    /// Rows of fewer elements are not worth a loop each.
    private static final int SHORT = 64;

    /// Elements of the first run for each row of the tile.
    private final int factor;

    private final int[] extent; // of each run; the first follows from the rows
    private final long[] step; // in bytes or elements, as the strides given
    private final int[] under; // elements of the tile below one step
    private final Turns turns;

    /// @param extent extents of the tile, the first being the most rows it has
    /// @param stride step along each axis
    /// @param turns what exchanges rows and columns, or null
    Pattern(int[] extent, long[] stride, Turns turns) {
        this.turns = turns;
        var e = new int[extent.length];
        var s = new long[extent.length];
        int rank = 1;
        int top = 1;
        e[0] = extent[0];
        s[0] = stride[0];
        for (int k = 1; k < extent.length; k++) {
            if (extent[k] == 1) {
                continue;
            }
            if (e[rank - 1] == 1 || s[rank - 1] == stride[k] * extent[k]) {
                e[rank - 1] *= extent[k];
                s[rank - 1] = stride[k];
                top = rank == 1 ? top * extent[k] : top;
            } else {
                e[rank] = extent[k];
                s[rank++] = stride[k];
            }
        }
        this.factor = top;
        this.extent = Arrays.copyOf(e, rank);
        this.step = Arrays.copyOf(s, rank);
        under = new int[rank];
        under[rank - 1] = 1;
        for (int k = rank - 2; k >= 0; k--) {
            under[k] = under[k + 1] * e[k + 1];
        }
    }

    /// True if the elements lie in one run with this step.
    boolean isRun(long of) {
        return extent.length == 1 && (step[0] == of || extent[0] == 1);
    }

    /// Number of nested runs.
    int rank() {
        return extent.length;
    }

    /// True if the last two runs, from the d-th on, go across memory: neighbours lie along the first of them. Without machine code only the longest are
    /// worth walking along memory.
    private boolean across(int size, int d) {
        boolean worth = d == 0 || turns != null && size == Turns.BYTES;
        return worth && d == extent.length - 2 && step[d] == size && step[d + 1] != size && step[d + 1] != 0;
    }

    /// Elements of a run of a full tile.
    int extent(int run) {
        return extent[run];
    }

    /// Step of a run.
    long step(int run) {
        return step[run];
    }

    /// Gathers elements of `size` bytes into a dense tile; steps are bytes.
    void gather(int size, long from, long to, int rows) {
        gather(size, 0, rows * factor, from, to);
    }

    private void gather(int size, int d, int n, long from, long to) {
        if (d == extent.length - 1) {
            Moves.gather(size, from, step[d], to, n);
        } else if (across(size, d)) {
            if (turns != null && size == Turns.BYTES) {
                turns.run(from, step[d + 1], extent[d + 1], n, to, (long) under[d] * size);
                return;
            }
            for (int i = 0; i < extent[d + 1]; i++) {
                Moves.scatter(size, from + i * step[d + 1], to + (long) i * size, (long) under[d] * size, n);
            }
        } else {
            for (int i = 0; i < n; i++) {
                gather(size, d + 1, extent[d + 1], from + i * step[d], to + (long) i * under[d] * size);
            }
        }
    }

    /// Scatters a dense tile of elements of `size` bytes; steps are bytes.
    void scatter(int size, long from, long to, int rows) {
        scatter(size, 0, rows * factor, from, to);
    }

    private void scatter(int size, int d, int n, long from, long to) {
        if (d == extent.length - 1) {
            Moves.scatter(size, from, to, step[d], n);
        } else if (across(size, d)) {
            if (turns != null && size == Turns.BYTES) {
                turns.run(from, (long) under[d] * size, n, extent[d + 1], to, step[d + 1]);
                return;
            }
            for (int i = 0; i < extent[d + 1]; i++) {
                gatherExactly(size, from + (long) i * size, (long) under[d] * size, to + i * step[d + 1], n);
            }
        } else {
            for (int i = 0; i < n; i++) {
                scatter(size, d + 1, extent[d + 1], from + (long) i * under[d] * size, to + i * step[d]);
            }
        }
    }

    private static void gatherExactly(int size, long from, long step, long to, int n) {
        if (step == size) {
            Moves.copy(from, to, (long) n * size);
        } else {
            Moves.gather(size, from, step, to, n);
        }
    }

    /// Sets the elements that the pattern names to the neutral value of a fold.
    void clear(Folder f, long to, int rows) {
        clear(f, 0, rows * factor, to);
    }

    private void clear(Folder f, int d, int n, long to) {
        if (step[d] == 0) {
            n = 1;
        }
        if (d == extent.length - 1) {
            f.clear(to, step[d], n);
        } else {
            for (int i = 0; i < n; i++) {
                clear(f, d + 1, extent[d + 1], to + i * step[d]);
            }
        }
    }

    /// True if rows of a full tile are folded into one in another order than one after the other.
    boolean foldsPairs(int bytes) {
        return foldsPairs(bytes, extent[0]);
    }

    private boolean foldsPairs(int bytes, int n) {
        return extent.length == 2 && step[0] == 0 && step[1] == bytes && extent[1] < SHORT && n > 2;
    }

    /// Folds a dense tile into the elements that the pattern names.
    ///
    /// @param temp a block to work in
    void fold(Folder f, long from, long to, int rows, long temp) {
        int n = rows * factor;
        if (foldsPairs(f.bytes(), n)) {
            foldRows(f, from, to, n, temp);
        } else {
            fold(f, 0, n, from, to);
        }
    }

    /// Folds n short rows into one: the lower half of them into the upper, and again, so that vectors are full.
    private void foldRows(Folder f, long from, long to, int n, long temp) {
        int width = extent[1];
        long row = (long) width * f.bytes();
        int left = n;
        long source = from;
        while (left > 1) {
            int half = left / 2;
            if (left % 2 == 1) {
                f.into(source + (left - 1) * row, to, f.bytes(), width);
            }
            f.pair(source, source + half * row, temp, half * width);
            source = temp;
            left = half;
        }
        f.into(source, to, f.bytes(), width);
    }

    private void fold(Folder f, int d, int n, long from, long to) {
        if (d == extent.length - 1) {
            if (step[d] == 0) {
                f.reduce(from, n, to);
            } else {
                f.into(from, to, step[d], n);
            }
        } else {
            for (int i = 0; i < n; i++) {
                fold(f, d + 1, extent[d + 1], from + (long) i * under[d] * f.bytes(), to + i * step[d]);
            }
        }
    }

    /// Writes index values: `first` plus the steps, which are elements here.
    void index(int first, long to, int rows) {
        index(0, rows * factor, first, to);
    }

    private void index(int d, int n, int first, long to) {
        if (d == extent.length - 1) {
            Counts.run(first, (int) step[d], to, n);
        } else {
            for (int i = 0; i < n; i++) {
                index(d + 1, extent[d + 1], first + i * (int) step[d], to + 4L * i * under[d]);
            }
        }
    }

    /// Writes random words of the elements the pattern names; steps are elements.
    void random(long seed, long stepNumber, int stream, int first, long to, int rows) {
        random(seed, stepNumber, stream, 0, rows * factor, first, to);
    }

    private void random(long seed, long stepNumber, int stream, int d, int n, int first, long to) {
        if (d == extent.length - 1) {
            Counts.random(seed, stepNumber, stream, first, (int) step[d], to, n);
        } else {
            for (int i = 0; i < n; i++) {
                int at = first + i * (int) step[d];
                random(seed, stepNumber, stream, d + 1, extent[d + 1], at, to + 4L * i * under[d]);
            }
        }
    }
}
