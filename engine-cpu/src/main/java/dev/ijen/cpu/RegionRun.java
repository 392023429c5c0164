package dev.ijen.cpu;

import java.util.List;

/// A region bound to memory.
final class RegionRun implements CpuKernel.Bound, Pool.Task {
    private final Nest nest;
    private final Frame[] frames;
    private final Step[] steps;
    private final Constant[] constants;
    private final Results[] results;
    private final Pool pool;
    private final int tiledLoop;
    private final int tiledExtent;
    private final int below;
    private final Pool.Task[] joins;
    private final RowTiles whole;
    private final boolean allWhole;

    /// A number that is the same everywhere: written to its block at the start of each task.
    record Constant(int value, int bytes, long bits, int points) {
        void write(Frame f) {
            if (bytes == 4) {
                Moves.fill4((int) bits, f.own[value], points);
            } else {
                Moves.fill8(bits, f.own[value], points);
            }
        }
    }

    /// @param whole what does full tiles, or null
    RegionRun(Nest nest, Frame[] frames, List<Step> steps, List<Constant> constants, List<Results> results, Pool pool,
            RowTiles whole) {
        this.whole = whole;
        allWhole = whole != null && whole.full() == nest.groups * nest.inner;
        this.nest = nest;
        this.frames = frames;
        this.steps = steps.toArray(Step[]::new);
        this.constants = constants.toArray(Constant[]::new);
        this.results = results.toArray(Results[]::new);
        this.pool = pool;
        tiledLoop = nest.tiledLoop();
        tiledExtent = nest.tiledExtent();
        below = nest.below();
        joins = new Pool.Task[this.results.length];
        for (int i = 0; i < joins.length; i++) {
            Results r = this.results[i];
            joins[i] = (piece, worker) -> r.join(piece);
        }
    }

    @Override
    public void run() {
        begin();
        if (nest.tasks == 1) {
            run(0, 0);
        } else {
            pool.parallel(nest.tasks, this);
        }
        end();
    }

    /// True if full tiles are one function.
    boolean inRows() {
        return whole != null;
    }

    /// Before all tiles.
    void begin() {
        for (Results r : results) {
            if (r.clearFirst()) {
                r.clear();
            }
        }
    }

    /// After all tiles.
    void end() {
        for (int i = 0; i < results.length; i++) {
            Results r = results[i];
            int pieces = r.pieces();
            if (pieces > 4) {
                pool.parallel(pieces, joins[i]);
            } else {
                for (int p = 0; p < pieces; p++) {
                    r.join(p);
                }
            }
            r.store();
        }
    }

    @Override
    public void run(int task, int worker) {
        enter(worker);
        Frame f = frames[worker];
        int parts = nest.chunks;
        if (parts > 1) {
            int group = task / parts;
            f.chunk = task % parts;
            int from = (int) ((long) nest.inner * f.chunk / parts);
            tiles(f, group, from, (int) ((long) nest.inner * (f.chunk + 1) / parts), true);
        } else {
            int from = (int) ((long) nest.groups * task / nest.tasks);
            int to = (int) ((long) nest.groups * (task + 1) / nest.tasks);
            if (nest.inner == 1 && whole != null) {
                tiles(f, from, 0, to - from, true); // no tile folds into what another does
                return;
            }
            for (int g = from; g < to; g++) {
                tiles(f, g, 0, nest.inner, true);
            }
        }
    }

    /// Before a worker's first tile.
    void enter(int worker) {
        if (allWhole) {
            return;
        }
        Frame f = frames[worker];
        f.forget();
        for (Constant c : constants) {
            c.write(f);
        }
    }

    /// Runs neighbouring tiles of an [Nest#even] nest, counted over all groups.
    void range(int from, int to, int worker) {
        Frame f = frames[worker];
        if (nest.inner == 1 && whole != null) {
            f.chunk = 0;
            tiles(f, from, 0, to - from, true);
            return;
        }
        int run = nest.run();
        for (int t = from; t < to;) {
            int group = t / nest.inner;
            int in = t % nest.inner;
            f.chunk = in / run;
            int n = Math.min(to - t, run - in % run);
            tiles(f, group, in, in + n, in % run == 0);
            t += n;
        }
    }

    /// Runs some tiles of a group.
    ///
    /// @param first true if no tile came before these that folds into the same results
    private void tiles(Frame f, int group, int from, int to, boolean first) {
        nest.seek(f.pos, (long) group * nest.inner + from);
        f.first = first;
        int next = from;
        if (whole != null) {
            int full = Math.min(to, whole.full() - group * nest.inner);
            if (full > from) {
                whole.run(f, group * nest.inner + from, full - from, nest);
                next = full;
            }
            if (next == to) {
                return;
            }
            f.first &= next == from;
            nest.seek(f.pos, (long) group * nest.inner + next);
        }
        for (int t = next; t < to; t++) {
            f.rows = Math.min(nest.rows, tiledExtent - f.pos[tiledLoop] * nest.rows);
            f.n = f.rows * below;
            for (Step s : steps) {
                s.run(f);
            }
            f.first = false;
            nest.next(f.pos);
        }
    }
}
