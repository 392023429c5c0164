package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// Matrix product in plain Java, F32 and F64.
///
/// Small products run whole, several to a task, each packing its b in the worker's scratch. Larger ones run one after
/// the other: b is packed by all threads, a panel of columns at a time, and then c is cut into tiles.
final class JavaMatMul implements CpuKernel {
    /// Multiply-adds that make a task worth handing out.
    private static final long TASK = 1 << 19;

    private static final int MAX_TILES = 64;

    /// Most rows of a tile, so that its part of a stays in the second-level cache.
    private static final int TILE_ROWS = 192;

    /// Bytes of b that are packed before they are used.
    private static final long PANEL = 8 << 20;

    /// From this many rows of a, copying b to strips pays even if its rows are contiguous.
    private static final int PACK_ROWS = 48;

    private final Kernel.MatMul k;
    private final Micro u;
    private final int threads;
    private final boolean packed;
    private final boolean whole;
    /// Products of one task if whole, else columns of a panel.
    private final int group;

    private final int panel;
    private final long packBytes;

    /// Bytes in which a worker brings a part of a together.
    private final long gatherBytes;

    /// Bytes of a column-major a that is packed before it is used, by all threads, or 0.
    private final long panelBytes;

    JavaMatMul(Kernel.MatMul k, Pool pool, boolean code) {
        this.k = k;
        u = switch (k.dtype()) {
            case F32 -> Micro32Code.of(code);
            case F64 -> Micro64.INSTANCE;
            case F16, BF16, I32, I64, I8, U8, BOOL -> throw new IllegalArgumentException(k.dtype().toString());
        };
        threads = pool.threads();
        long work = (long) k.m() * k.n() * k.k();
        whole = work < 2 * TASK || k.batch() >= 2 * MAX_TILES && work < 16 * TASK;
        group = (int) Math.max(Math.max(1, TASK / Math.max(1, work)),
                (k.batch() + 4 * MAX_TILES - 1) / (4 * MAX_TILES));
        packed = k.tb() || k.m() >= PACK_ROWS && !whole;
        int strips = Gemm.strips(u, k.n());
        panel = packed && !whole ? Math.clamp(PANEL / Gemm.stripBytes(u, k.k()), 1, strips) : strips;
        packBytes = packed ? panel * Gemm.stripBytes(u, k.k()) : 0;
        long columns = k.ta() && !whole ? k.k() * Gemm.columnBytes(u, k.m()) : 0;
        panelBytes = columns <= PANEL ? columns : 0;
        gatherBytes = panelBytes == 0 && k.ta() && k.n() >= 2 * u.strip() && k.m() >= u.rows()
                ? Gemm.panelBytes(u, Math.min(k.m(), whole ? k.m() : TILE_ROWS))
                : 0;
    }

    @Override
    public long scratchBytes() {
        return panelBytes + threads * gatherBytes + (whole ? threads : 1) * packBytes;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return whole ? new Whole(in[0], in[1], out[0], scratch, pool) : new Tiled(in[0], in[1], out[0], scratch, pool);
    }

    private long ars() {
        return (long) u.bytes() * (k.ta() ? 1 : k.k());
    }

    private long acs() {
        return (long) u.bytes() * (k.ta() ? k.m() : 1);
    }

    private long brs() {
        return (long) u.bytes() * (k.tb() ? 1 : k.n());
    }

    private long bcs() {
        return (long) u.bytes() * (k.tb() ? k.k() : 1);
    }

    /// Columns j0 to j1 (whole strips, or up to n) and rows i0 to i1 of one product, b packed at `pack` from column
    /// `packed0` on.
    private void tile(int i0, int i1, int j0, int j1, int packed0, long a, long b, long pack, long c, long gather) {
        long row = (long) u.strip() * u.bytes();
        long step = packed ? Gemm.stripBytes(u, k.k()) : row;
        long from = packed ? pack + (j0 / u.strip() - packed0) * step : b + (long) j0 * u.bytes();
        if (panelBytes > 0) {
            Gemm.packed(u, i0, i1 - i0, j1 - j0, k.k(), gather, Gemm.columnBytes(u, k.m()), from, step,
                    packed ? row : brs(), c + ((long) i0 * k.n() + j0) * u.bytes(), (long) k.n() * u.bytes());
            return;
        }
        Gemm.run(
                u,
                i1 - i0,
                j1 - j0,
                k.k(),
                a + i0 * ars(),
                ars(),
                acs(),
                from,
                step,
                packed ? row : brs(),
                c + ((long) i0 * k.n() + j0) * u.bytes(),
                (long) k.n() * u.bytes(),
                false,
                gatherBytes == 0 ? 0 : gather);
    }

    /// Many small products.
    private final class Whole implements Bound, Pool.Task {
        private final long a;
        private final long b;
        private final long c;
        private final long scratch;
        private final Pool pool;

        Whole(long a, long b, long c, long scratch, Pool pool) {
            this.a = a;
            this.b = b;
            this.c = c;
            this.scratch = scratch;
            this.pool = pool;
        }

        @Override
        public void run() {
            int tasks = (k.batch() + group - 1) / group;
            if (tasks == 1) {
                run(0, 0);
            } else {
                pool.parallel(tasks, this);
            }
        }

        @Override
        public void run(int task, int worker) {
            long e = u.bytes();
            long gather = scratch + worker * (packBytes + gatherBytes);
            long pack = gather + gatherBytes;
            int strips = Gemm.strips(u, k.n());
            for (int i = task * group; i < Math.min(k.batch(), (task + 1) * group); i++) {
                long ai = a + e * i * k.m() * k.k();
                long bi = b + e * i * k.k() * k.n();
                if (packed) {
                    for (int s = 0; s < strips; s++) {
                        Gemm.packStrip(u, s, k.n(), k.k(), bi, brs(), bcs(), pack);
                    }
                }
                tile(0, k.m(), 0, k.n(), 0, ai, bi, pack, c + e * i * k.m() * k.n(), gather);
            }
        }
    }

    /// Large products, one after the other.
    private final class Tiled implements Bound {
        private final long a;
        private final long b;
        private final long c;
        private final long gathers;
        private final long pack;
        private final Pool pool;
        private final Pool.Task packTask = this::pack;
        private final Pool.Task panelTask = this::panel;
        private final Pool.Task tileTask = this::tile;

        private long ai;
        private long bi;
        private long ci;
        /// The panel: its first strip and the one after its last.
        private int s0;

        private int s1;
        private int tileRows;
        private int tileStrips;

        Tiled(long a, long b, long c, long scratch, Pool pool) {
            this.a = a;
            this.b = b;
            this.c = c;
            this.pool = pool;
            gathers = scratch;
            pack = scratch + panelBytes + threads * gatherBytes;
        }

        @Override
        public void run() {
            long e = u.bytes();
            int strips = Gemm.strips(u, k.n());
            for (int i = 0; i < k.batch(); i++) {
                ai = a + e * i * k.m() * k.k();
                bi = b + e * i * k.k() * k.n();
                ci = c + e * i * k.m() * k.n();
                if (panelBytes > 0) {
                    pool.parallel(Math.ceilDiv(k.k(), Gemm.DEPTH), panelTask);
                }
                for (s0 = 0; s0 < strips; s0 += panel) {
                    s1 = Math.min(strips, s0 + panel);
                    if (packed) {
                        pool.parallel(s1 - s0, packTask);
                    }
                    cut();
                    pool.parallel(rowTiles() * stripTiles(), tileTask);
                }
            }
        }

        /// Chooses the tiles of this panel: as few cuts as give enough tasks.
        private void cut() {
            long work = (long) k.m() * k.k() * (s1 - s0) * u.strip();
            long tasks = Math.max(1, Math.min(MAX_TILES, work / TASK));
            tileRows = Math.min(k.m(), TILE_ROWS);
            tileStrips = s1 - s0;
            while ((long) rowTiles() * stripTiles() < tasks) {
                if (tileStrips > 1 && tileStrips * u.strip() >= tileRows) {
                    tileStrips = (tileStrips + 1) / 2;
                } else if (tileRows > u.rows()) {
                    tileRows = ((tileRows + 1) / 2 + u.rows() - 1) / u.rows() * u.rows();
                } else if (tileStrips > 1) {
                    tileStrips = (tileStrips + 1) / 2;
                } else {
                    break;
                }
            }
        }

        private int rowTiles() {
            return (k.m() + tileRows - 1) / tileRows;
        }

        private int stripTiles() {
            return (s1 - s0 + tileStrips - 1) / tileStrips;
        }

        private void pack(int task, int worker) {
            Gemm.packStrip(u, task, k.n() - s0 * u.strip(), k.k(), bi + (long) s0 * u.strip() * bcs(), brs(), bcs(),
                    pack);
        }

        private void panel(int task, int worker) {
            int p = task * Gemm.DEPTH;
            Gemm.panels(u, k.m(), p, Math.min(Gemm.DEPTH, k.k() - p), ai, gathers);
        }

        private void tile(int task, int worker) {
            int i0 = task / stripTiles() * tileRows;
            int s = s0 + task % stripTiles() * tileStrips;
            int j1 = Math.min(k.n(), Math.min(s1, s + tileStrips) * u.strip());
            long gather = gathers + worker * gatherBytes;
            JavaMatMul.this.tile(i0, Math.min(k.m(), i0 + tileRows), s * u.strip(), j1, s0, ai, bi, pack, ci, gather);
        }
    }
}
