package dev.ijen.cpu;

import dev.ijen.tensor.DType;

/// Products of F32 matrices, one a point, by oneDNN on one thread: c [points, m, n] = a [points, m, k] · b [points, k, n], each dense.
///
/// @param ta whether a lies as [points, k, m]
/// @param tb whether b lies as [points, n, k]
/// @param adds whether the product is added to what is in c
record WinogradProduct(int points, int m, int n, int k, boolean ta, boolean tb, boolean adds) {
    private long a(DnnlScope scope) {
        return md(scope, m, k, ta);
    }

    private long b(DnnlScope scope) {
        return md(scope, k, n, tb);
    }

    private long c(DnnlScope scope) {
        return md(scope, m, n, false);
    }

    private long md(DnnlScope scope, int rows, int columns, boolean turned) {
        long[] strides = {(long) rows * columns, turned ? 1 : columns, turned ? rows : 1};
        return scope.strided(DType.F32, new long[] {points, rows, columns}, strides);
    }

    private long descriptor(DnnlScope scope) {
        return scope.descriptor(Dnnl.matmul(a(scope), b(scope), c(scope), adds));
    }

    /// Scratch memory of a worker; −1 if oneDNN has no fast implementation.
    long workerBytes() {
        try (var scope = new DnnlScope()) {
            long pd = descriptor(scope);
            return pd == 0 || !Dnnl.isFast(pd, DType.F32) ? -1 : Mem.align(Dnnl.scratchBytes(pd));
        }
    }

    /// Runs of this product for several triples of addresses.
    DnnlRun[] runs(DnnlScope scope, DnnlWorkers workers, long[] a, long[] b, long[] c) {
        long pd = descriptor(scope);
        long am = a(scope);
        long bm = b(scope);
        long cm = c(scope);
        var runs = new DnnlRun[a.length];
        for (int i = 0; i < runs.length; i++) {
            runs[i] = workers.run(pd, 3)
                    .with(Dnnl.DNNL_ARG_SRC, scope.memory(am, a[i]))
                    .with(Dnnl.DNNL_ARG_WEIGHTS, scope.memory(bm, b[i]))
                    .with(Dnnl.DNNL_ARG_DST, scope.memory(cm, c[i]));
        }
        return runs;
    }
}
