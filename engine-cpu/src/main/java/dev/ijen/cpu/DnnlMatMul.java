package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import java.util.LinkedHashMap;
import java.util.Map;

/// Matrix product of F32 by oneDNN, cut into shards that each run on one thread. b may be packed first, a block of columns a task.
final class DnnlMatMul implements CpuKernel {
    /// How a product is cut: products, rows and columns of a shard, and whether b is packed first (of a single product only).
    record Cut(int batch, int rows, int columns, boolean pack) {}

    /// Size of a shard, which decides on its primitive.
    private record Size(int batch, int rows, int columns) {}

    /// Descriptors of the primitives, and of the packed blocks of b by width.
    private record Descriptors(Map<Size, Long> products, Map<Integer, Long> packed, Map<Integer, Long> packs) {}

    private final Kernel.MatMul k;
    private final Cut cut;
    private final int threads;
    private final long packedBytes;
    private final long workerBytes;

    private DnnlMatMul(Kernel.MatMul k, Cut cut, int threads, long packedBytes, long workerBytes) {
        this.k = k;
        this.cut = cut;
        this.threads = threads;
        this.packedBytes = packedBytes;
        this.workerBytes = workerBytes;
    }

    /// Null if oneDNN has no implementation.
    static CpuKernel of(Kernel.MatMul k, Cut cut, Pool pool) {
        try (var scope = new DnnlScope()) {
            var d = describe(scope, k, cut);
            if (d == null) {
                return null;
            }
            long packed = 0;
            long worker = 0;
            for (long md : d.packed.values()) {
                packed = Math.max(packed, Mem.align(Dnnl.bytes(md)));
            }
            for (long pd : d.products.values()) {
                worker = Math.max(worker, Mem.align(Dnnl.scratchBytes(pd)));
            }
            for (long pd : d.packs.values()) {
                worker = Math.max(worker, Mem.align(Dnnl.scratchBytes(pd)));
            }
            return new DnnlMatMul(k, cut, pool.threads(), packed, worker);
        }
    }

    private static Descriptors describe(DnnlScope scope, Kernel.MatMul k, Cut cut) {
        var d = new Descriptors(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        for (int i = 0; i < k.batch(); i += cut.batch) {
            for (int r = 0; r < k.m(); r += cut.rows) {
                for (int c = 0; c < k.n(); c += cut.columns) {
                    if (!describe(scope, k, size(k, cut, i, r, c), cut.pack, d)) {
                        return null;
                    }
                }
            }
        }
        return d;
    }

    private static boolean describe(DnnlScope scope, Kernel.MatMul k, Size size, boolean pack, Descriptors d) {
        if (d.products.containsKey(size)) {
            return true;
        }
        long a = a(scope, k, size);
        long c = c(scope, k, size);
        long plain = b(scope, k, size);
        Long packed = d.packed.get(size.columns);
        long b = !pack ? plain : packed != null ? packed : scope.any(size.batch, k.k(), size.columns);
        long pd = scope.descriptor(Dnnl.matmul(a, b, c));
        if (pd == 0) {
            return false;
        }
        d.products.put(size, pd);
        if (pack && packed == null) {
            long md = scope.query(pd, Dnnl.dnnl_query_weights_md);
            d.packed.put(size.columns, md);
            d.packs.put(size.columns, scope.descriptor(Dnnl.reorder(plain, md)));
        }
        return true;
    }

    private static Size size(Kernel.MatMul k, Cut cut, int batch, int row, int column) {
        return new Size(
                Math.min(cut.batch, k.batch() - batch),
                Math.min(cut.rows, k.m() - row),
                Math.min(cut.columns, k.n() - column));
    }

    private static long a(DnnlScope scope, Kernel.MatMul k, Size s) {
        long[] strides = {(long) k.m() * k.k(), k.ta() ? 1 : k.k(), k.ta() ? k.m() : 1};
        return scope.strided(new long[] {s.batch, s.rows, k.k()}, strides);
    }

    private static long b(DnnlScope scope, Kernel.MatMul k, Size s) {
        long[] strides = {(long) k.k() * k.n(), k.tb() ? 1 : k.n(), k.tb() ? k.k() : 1};
        return scope.strided(new long[] {s.batch, k.k(), s.columns}, strides);
    }

    private static long c(DnnlScope scope, Kernel.MatMul k, Size s) {
        return scope.strided(new long[] {s.batch, s.rows, s.columns}, new long[] {(long) k.m() * k.n(), k.n(), 1});
    }

    private static int count(int n, int step) {
        return (n + step - 1) / step;
    }

    @Override
    public long scratchBytes() {
        return (cut.pack ? count(k.n(), cut.columns) * packedBytes : 0) + threads * workerBytes;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return new Shards(in[0], in[1], out[0], scratch, pool);
    }

    private final class Shards implements Bound {
        private final DnnlScope scope = new DnnlScope();
        private final DnnlWorkers workers;
        private final DnnlRun[] packs;
        private final DnnlRun[] products;
        private final Pool pool;
        private final Pool.Task pack = this::pack;
        private final Pool.Task product = this::product;

        Shards(long a, long b, long c, long scratch, Pool pool) {
            this.pool = pool;
            var d = describe(scope, k, cut);
            int columns = count(k.n(), cut.columns);
            int rows = count(k.m(), cut.rows);
            long own = scratch + (cut.pack ? columns * packedBytes : 0);
            workers = new DnnlWorkers(scope, threads, own, workerBytes);
            packs = new DnnlRun[cut.pack ? columns : 0];
            for (int j = 0; j < packs.length; j++) {
                var size = size(k, cut, 0, 0, j * cut.columns);
                packs[j] = workers.run(d.packs.get(size.columns), 2)
                        .with(Dnnl.DNNL_ARG_SRC, scope.memory(b(scope, k, size), b + at(j * cut.columns, k.tb() ? k.k() : 1)))
                        .with(Dnnl.DNNL_ARG_DST, scope.memory(d.packed.get(size.columns), scratch + j * packedBytes));
            }
            products = new DnnlRun[count(k.batch(), cut.batch) * rows * columns];
            for (int t = 0; t < products.length; t++) {
                int j = t % columns;
                int i = t / columns % rows;
                int g = t / columns / rows * cut.batch;
                var size = size(k, cut, g, i * cut.rows, j * cut.columns);
                long ai = a + at(g, (long) k.m() * k.k()) + at(i * cut.rows, k.ta() ? 1 : k.k());
                long bi = cut.pack
                        ? scratch + j * packedBytes
                        : b + at(g, (long) k.k() * k.n()) + at(j * cut.columns, k.tb() ? k.k() : 1);
                long ci = c + at(g, (long) k.m() * k.n()) + at(i * cut.rows, k.n()) + at(j * cut.columns, 1);
                long bmd = cut.pack ? d.packed.get(size.columns) : b(scope, k, size);
                products[t] = workers.run(d.products.get(size), 3)
                        .with(Dnnl.DNNL_ARG_SRC, scope.memory(a(scope, k, size), ai))
                        .with(Dnnl.DNNL_ARG_WEIGHTS, scope.memory(bmd, bi))
                        .with(Dnnl.DNNL_ARG_DST, scope.memory(c(scope, k, size), ci));
            }
        }

        private static long at(int index, long stride) {
            return 4 * index * stride;
        }

        @Override
        public void run() {
            if (packs.length > 0) {
                pool.parallel(packs.length, pack);
            }
            pool.parallel(products.length, product);
        }

        private void pack(int task, int worker) {
            workers.execute(packs[task], worker);
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
