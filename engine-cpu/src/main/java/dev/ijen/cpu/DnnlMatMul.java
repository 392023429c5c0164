package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/// Matrix product of F32 or BF16 by oneDNN, accumulated in F32, cut into shards that each run on one thread. Operands stay as they are: packing b
/// first was measured to gain less than it costs.
final class DnnlMatMul implements CpuKernel {
    private final Kernel.MatMul k;
    private final MatMulCut cut;
    private final int threads;
    private final long workerBytes;

    private DnnlMatMul(Kernel.MatMul k, MatMulCut cut, int threads, long workerBytes) {
        this.k = k;
        this.cut = cut;
        this.threads = threads;
        this.workerBytes = workerBytes;
    }

    /// Null if oneDNN has no implementation, or for BF16 none that the processor has instructions for.
    static CpuKernel of(Kernel.MatMul k, MatMulCut cut, Pool pool) {
        try (var scope = new DnnlScope()) {
            var products = describe(scope, k, cut);
            long worker = 0;
            for (long pd : products.values()) {
                if (pd == 0 || k.dtype() != DType.F32 && !Dnnl.isFast(pd, k.dtype())) {
                    return null;
                }
                worker = Math.max(worker, Mem.align(Dnnl.scratchBytes(pd)));
            }
            return new DnnlMatMul(k, cut, pool.threads(), worker);
        }
    }

    /// True if the processor has instructions for products of BF16.
    static boolean multipliesBf16() {
        var k = new Kernel.MatMul(DType.BF16, 1, 64, 64, 64, false, false);
        try (var scope = new DnnlScope()) {
            return describe(scope, k, MatMulCut.of(k)).values().stream()
                    .allMatch(pd -> pd != 0 && Dnnl.isFast(pd, DType.BF16));
        }
    }

    /// Primitive descriptors by size of shard.
    private static Map<MatMulCut.Shard, Long> describe(DnnlScope scope, Kernel.MatMul k, MatMulCut cut) {
        var products = new HashMap<MatMulCut.Shard, Long>();
        for (int i = 0; i < cut.shards(k); i++) {
            var size = cut.shard(k, i).size();
            products.computeIfAbsent(
                    size, s -> scope.descriptor(Dnnl.matmul(a(scope, k, s), b(scope, k, s), c(scope, k, s))));
        }
        return products;
    }

    private static long a(DnnlScope scope, Kernel.MatMul k, MatMulCut.Shard s) {
        long[] strides = {(long) k.m() * k.k(), k.ta() ? 1 : k.k(), k.ta() ? k.m() : 1};
        return scope.strided(k.dtype(), new long[] {s.products(), s.rows(), k.k()}, strides);
    }

    private static long b(DnnlScope scope, Kernel.MatMul k, MatMulCut.Shard s) {
        long[] strides = {(long) k.k() * k.n(), k.tb() ? 1 : k.n(), k.tb() ? k.k() : 1};
        return scope.strided(k.dtype(), new long[] {s.products(), k.k(), s.columns()}, strides);
    }

    private static long c(DnnlScope scope, Kernel.MatMul k, MatMulCut.Shard s) {
        long[] strides = {(long) k.m() * k.n(), k.n(), 1};
        return scope.strided(k.dtype(), new long[] {s.products(), s.rows(), s.columns()}, strides);
    }

    @Override
    public long scratchBytes() {
        return threads * workerBytes;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        return new Shards(in[0], in[1], out[0], scratch, pool);
    }

    private final class Shards implements Bound, Pool.Task {
        private final DnnlScope scope = new DnnlScope();
        private final DnnlWorkers workers;
        private final DnnlRun[] products;
        private final Pool pool;

        Shards(long a, long b, long c, long scratch, Pool pool) {
            this.pool = pool;
            workers = new DnnlWorkers(scope, threads, scratch, workerBytes);
            var descriptors = describe(scope, k, cut);
            int e = k.dtype().bytes();
            products = new DnnlRun[cut.shards(k)];
            for (int i = 0; i < products.length; i++) {
                var s = cut.shard(k, i);
                long ai = (long) s.product() * k.m() * k.k() + (long) s.row() * (k.ta() ? 1 : k.k());
                long bi = (long) s.product() * k.k() * k.n() + (long) s.column() * (k.tb() ? k.k() : 1);
                long ci = (long) s.product() * k.m() * k.n() + (long) s.row() * k.n() + s.column();
                products[i] = workers.run(descriptors.get(s.size()), 3)
                        .with(Dnnl.DNNL_ARG_SRC, scope.memory(a(scope, k, s), a + e * ai))
                        .with(Dnnl.DNNL_ARG_WEIGHTS, scope.memory(b(scope, k, s), b + e * bi))
                        .with(Dnnl.DNNL_ARG_DST, scope.memory(c(scope, k, s), c + e * ci));
            }
        }

        @Override
        public void run() {
            if (products.length == 1) {
                run(0, 0);
            } else {
                pool.parallel(products.length, this);
            }
        }

        @Override
        public void run(int task, int worker) {
            workers.execute(products[task], worker);
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
