package dev.ijen.cpu;

import dev.ijen.tensor.DType;

/// Products of F32 matrices, one a point, on one thread, by tiles of bfloat16 where there are such or by oneDNN: c [points, m, n] =
/// a [points, m, k] · b [points, k, n]. Where there is a line for each tile, points are [#lines] apart.
///
/// @param ta whether a lies as [points, k, m]: then it is k that counts tiles, else m
/// @param tb whether b lies as [points, n, k]
/// @param adds whether the product is added to what is in c
record WinogradProduct(int points, int m, int n, int k, boolean ta, boolean tb, boolean adds) {
    /// How many products of a packed number pay for packing it.
    private static final int WORTH = 48;

    /// Lines from point to point where there is one for each tile: one more, for else points often are a power of two apart, and drive each other out of the
    /// nearest cache. oneDNN 3.11 takes a single line in a sum for dense.
    static int lines(int tiles) {
        return tiles == 1 ? 1 : tiles + 1;
    }

    // floats from point to point

    private long aStep() {
        return ta ? (long) lines(k) * m : (long) lines(m) * k;
    }

    private long bStep() {
        return (long) (ta ? lines(k) : k) * n;
    }

    private long cStep() {
        return (long) (ta ? m : lines(m)) * n;
    }

    private long a(DnnlScope scope) {
        return md(scope, aStep(), m, k, ta);
    }

    private long b(DnnlScope scope) {
        return md(scope, bStep(), k, n, tb);
    }

    private long c(DnnlScope scope) {
        return md(scope, cStep(), m, n, false);
    }

    private long md(DnnlScope scope, long step, int rows, int columns, boolean turned) {
        long[] strides = {step, turned ? 1 : columns, turned ? rows : 1};
        return scope.strided(DType.F32, new long[] {points, rows, columns}, strides);
    }

    private long descriptor(DnnlScope scope) {
        return scope.descriptor(Dnnl.matmul(a(scope), b(scope), c(scope), adds));
    }

    /// On tiles; null where there are none, or packing takes as long as they save.
    ///
    /// @param packed true if b is packed before, and often used
    private SplitProduct split(boolean packed) {
        var code = SplitCode.here();
        int each = packed ? n : m * n / (m + n);
        return code == null || each < WORTH || Math.min(n, ta ? m : k) < SplitCode.BLOCK ? null
                : new SplitProduct(code, m, n, k, ta, tb);
    }

    /// Bytes of b in a form of its own, which [#pack] brings it to and [#runs] takes; 0 if it has none.
    long packedBytes() {
        var split = split(true);
        return split == null ? 0 : points * split.packedBytes();
    }

    /// Packs b of a point.
    void pack(int point, long b, long to, long work) {
        var split = split(true);
        split.pack(b + 4L * point * k * n, to + point * split.packedBytes(), work);
    }

    /// Scratch memory of a worker; −1 if there is no fast implementation.
    ///
    /// @param packed true if b is packed
    long workerBytes(boolean packed) {
        var split = split(packed);
        if (split != null) {
            return split.workBytes();
        }
        try (var scope = new DnnlScope()) {
            long pd = descriptor(scope);
            return pd == 0 || !Dnnl.isFast(pd, DType.F32) ? -1 : Mem.align(Dnnl.scratchBytes(pd));
        }
    }

    /// Runs of this product for several triples of addresses.
    ///
    /// @param packed true if b is packed
    WinogradRun[] runs(
            DnnlScope scope, DnnlWorkers workers, boolean packed, long[] a, long[] b, long[] c) {
        var split = split(packed);
        var runs = new WinogradRun[a.length];
        if (split != null) {
            for (int i = 0; i < runs.length; i++) {
                long ai = a[i];
                long bi = b[i];
                long ci = c[i];
                runs[i] = worker -> run(split, packed, ai, bi, ci, workers.scratch(worker));
            }
            return runs;
        }
        long pd = descriptor(scope);
        long am = a(scope);
        long bm = b(scope);
        long cm = c(scope);
        for (int i = 0; i < runs.length; i++) {
            var run = workers.run(pd, 3)
                    .with(Dnnl.DNNL_ARG_SRC, scope.memory(am, a[i]))
                    .with(Dnnl.DNNL_ARG_WEIGHTS, scope.memory(bm, b[i]))
                    .with(Dnnl.DNNL_ARG_DST, scope.memory(cm, c[i]));
            runs[i] = worker -> workers.execute(run, worker);
        }
        return runs;
    }

    private void run(SplitProduct split, boolean packed, long a, long b, long c, long work) {
        for (int p = 0; p < points; p++) {
            long at = a + 4L * p * aStep();
            long to = c + 4L * p * cStep();
            if (packed) {
                split.runPacked(adds, at, b + p * split.packedBytes(), to, work);
            } else {
                split.run(adds, at, b + 4L * p * bStep(), to, work);
            }
        }
    }
}
