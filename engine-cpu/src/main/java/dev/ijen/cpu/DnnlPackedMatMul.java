package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Matrix product of F32 whose b may be kept in the layout that oneDNN likes best, where b stays the same from run to run; where
/// it doesn't, the product of [DnnlMatMul].
///
/// Pieces are rows of c, or columns where these are more: then each core reads its own part of b, run after run, which may stay
/// in its cache.
final class DnnlPackedMatMul implements Weighted {
    /// Columns of a piece, at least.
    private static final int COLUMNS = 64;
    /// The same where columns are so long that a piece is worth it.
    private static final int LONG_COLUMNS = 16;
    private static final int LONG = 2048;

    private final Kernel.MatMul k;
    private final CpuKernel plain;
    private final int threads;
    private final List<Piece> pieces;
    private final long weightBytes;
    private final long workerBytes;

    /// A part of c.
    private record Piece(int row, int column, int rows, int columns) {
        Piece size() {
            return new Piece(0, 0, rows, columns);
        }
    }

    /// Primitive descriptors and layouts by size of piece.
    private record Made(Map<Piece, Long> products, Map<Integer, Long> packed, Map<Integer, Long> reorders) {}

    private DnnlPackedMatMul(Kernel.MatMul k, CpuKernel plain, Pool pool, List<Piece> pieces, Made made) {
        this.k = k;
        this.plain = plain;
        this.pieces = pieces;
        threads = pool.threads();
        long bytes = 0;
        for (var p : pieces) {
            bytes += p.row == 0 ? Mem.align(Dnnl.bytes(made.packed.get(p.columns))) : 0;
        }
        weightBytes = bytes;
        long worker = 0;
        for (long pd : made.products.values()) {
            worker = Math.max(worker, Mem.align(Dnnl.scratchBytes(pd)));
        }
        for (long pd : made.reorders.values()) {
            worker = Math.max(worker, Mem.align(Dnnl.scratchBytes(pd)));
        }
        workerBytes = worker;
    }

    /// `plain`, or one that keeps b if oneDNN can.
    static CpuKernel of(Kernel.MatMul k, CpuKernel plain, Pool pool) {
        if (k.batch() > 1 || k.m() < 8 || k.ta()) {
            return plain;
        }
        var pieces = cut(k);
        try (var scope = new DnnlScope()) {
            Made made = make(scope, k, pieces);
            return made == null ? plain : new DnnlPackedMatMul(k, plain, pool, pieces, made);
        }
    }

    private static List<Piece> cut(Kernel.MatMul k) {
        int tasks = MatMulCut.tasks((long) k.m() * k.n() * k.k());
        boolean byRows = k.m() >= 64;
        // 256³ in pieces of 32 rows takes 73 µs, of 64 rows 68
        int least = k.m() >= 256 ? 64 : 32;
        int rows = byRows ? share(k.m(), Math.min(tasks, k.m() / least), 8) : k.m();
        int columns = byRows ? k.n()
                : share(k.n(), Math.min(tasks, Math.max(1, k.n() / (k.k() >= LONG ? LONG_COLUMNS : COLUMNS))), 16);
        var pieces = new ArrayList<Piece>();
        for (int i = 0; i < k.m(); i += rows) {
            for (int j = 0; j < k.n(); j += columns) {
                pieces.add(new Piece(i, j, Math.min(rows, k.m() - i), Math.min(columns, k.n() - j)));
            }
        }
        return pieces;
    }

    private static int share(int n, int parts, int unit) {
        return Math.min(n, Math.ceilDiv(Math.ceilDiv(n, parts), unit) * unit);
    }

    private static Made make(DnnlScope scope, Kernel.MatMul k, List<Piece> pieces) {
        var made = new Made(new HashMap<>(), new HashMap<>(), new HashMap<>());
        for (var p : pieces) {
            var size = p.size();
            if (made.products.containsKey(size)) {
                continue;
            }
            Long known = made.packed.get(p.columns);
            long b = known == null ? scope.any(k.dtype(), k.k(), p.columns) : known;
            long pd = scope.descriptor(Dnnl.matmul(a(scope, k, p), b, c(scope, k, p)));
            if (pd == 0) {
                return null;
            }
            made.products.put(size, pd);
            if (known == null) {
                long packed = scope.query(pd, Dnnl.dnnl_query_weights_md);
                long reorder = scope.descriptor(Dnnl.reorder(b(scope, k, p), packed));
                if (reorder == 0) {
                    return null;
                }
                made.packed.put(p.columns, packed);
                made.reorders.put(p.columns, reorder);
            }
        }
        return made;
    }

    private static long a(DnnlScope scope, Kernel.MatMul k, Piece p) {
        return scope.strided(k.dtype(), new long[] {p.rows, k.k()}, new long[] {k.k(), 1});
    }

    private static long b(DnnlScope scope, Kernel.MatMul k, Piece p) {
        return scope.strided(
                k.dtype(), new long[] {k.k(), p.columns}, new long[] {k.tb() ? 1 : k.n(), k.tb() ? k.k() : 1});
    }

    private static long c(DnnlScope scope, Kernel.MatMul k, Piece p) {
        return scope.strided(k.dtype(), new long[] {p.rows, p.columns}, new long[] {k.n(), 1});
    }

    @Override
    public long weightBytes() {
        return weightBytes;
    }

    @Override
    public long scratchBytes() {
        return Math.max(plain.scratchBytes(), weightBytes + threads * workerBytes);
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return plain.bind(in, out, scratch, pool);
    }

    @Override
    public Kept keep(long[] in, long[] out, long scratch, long weights, Pool pool) {
        return new Pieces(in[0], in[WEIGHTS], out[0], scratch, weights, pool);
    }

    private final class Pieces implements Kept {
        private final DnnlScope scope = new DnnlScope();
        private final DnnlWorkers workers;
        private final List<DnnlRun> reorders = new ArrayList<>();
        private final DnnlRun[] products;
        private final Pool pool;
        private final Pool.Task reorder = this::reorder;
        private final Pool.Task product = this::product;

        Pieces(long a, long b, long c, long scratch, long weights, Pool pool) {
            this.pool = pool;
            workers = new DnnlWorkers(scope, threads, scratch, workerBytes);
            Made made = make(scope, k, pieces);
            products = new DnnlRun[pieces.size()];
            var packed = new HashMap<Integer, Long>(); // memory by first column
            long at = weights;
            for (int i = 0; i < products.length; i++) {
                var p = pieces.get(i);
                if (p.row == 0) {
                    long md = made.packed.get(p.columns);
                    long memory = scope.memory(md, at);
                    at += Mem.align(Dnnl.bytes(md));
                    packed.put(p.column, memory);
                    reorders.add(workers.run(made.reorders.get(p.columns), 2)
                            .with(Dnnl.DNNL_ARG_SRC,
                                    scope.memory(b(scope, k, p), b + 4L * p.column * (k.tb() ? k.k() : 1)))
                            .with(Dnnl.DNNL_ARG_DST, memory));
                }
                products[i] = workers.run(made.products.get(p.size()), 3)
                        .with(Dnnl.DNNL_ARG_SRC, scope.memory(a(scope, k, p), a + 4L * p.row * k.k()))
                        .with(Dnnl.DNNL_ARG_WEIGHTS, packed.get(p.column))
                        .with(Dnnl.DNNL_ARG_DST, scope.memory(c(scope, k, p), c + 4L * p.row * k.n() + 4L * p.column));
            }
        }

        @Override
        public void refresh() {
            pool.parallel(reorders.size(), reorder);
        }

        @Override
        public void run() {
            pool.parallel(products.length, product);
        }

        private void reorder(int task, int worker) {
            workers.execute(reorders.get(task), worker);
        }

        private void product(int task, int worker) {
            workers.execute(products[task], worker);
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
