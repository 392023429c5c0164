package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import java.util.ArrayList;
import java.util.List;

/// Attention on F16 or BF16: inputs are widened to dense F32, which the F32 kernel works on, and its results are rounded once. The logs of sums are
/// F32 already.
final class AttentionHalves implements CpuKernel {
    /// Rows of elements in the halves' type, and where they begin.
    private record Rows(int rows, int row, int stride) {
        boolean wide() {
            return row > 0;
        }

        long bytes() {
            return Mem.align(4L * rows * row);
        }
    }

    /// An operand that is not of the halves' type.
    private static final Rows AS_IT_IS = new Rows(0, 0, 0);

    private final HalfCopy copy;
    private final CpuKernel inner;
    private final List<Rows> in = new ArrayList<>();
    private final List<Rows> out = new ArrayList<>();

    /// @param code true if machine code may be used
    AttentionHalves(Kernel.Attention k, CpuKernel inner, boolean code) {
        this.copy = HalfCopy.of(k.dtype(), code);
        this.inner = inner;
        int q = k.heads() * k.d();
        int kv = k.kvHeads() * k.d();
        var query = new Rows(k.n() * k.tq(), q, q);
        var key = new Rows(k.n() * k.tk(), kv, kv);
        in.add(new Rows(query.rows, q, k.qStride()));
        in.add(new Rows(key.rows, kv, k.kStride()));
        in.add(new Rows(key.rows, kv, k.vStride()));
        switch (k.pass()) {
            case FORWARD -> {
                out.add(query);
                out.add(AS_IT_IS);
            }
            case GRADIENT -> {
                in.add(query);
                in.add(AS_IT_IS);
                in.add(query);
                out.add(query);
                out.add(key);
                out.add(key);
            }
        }
        if (k.lengths()) {
            in.add(AS_IT_IS);
        }
    }

    @Override
    public long scratchBytes() {
        long bytes = inner.scratchBytes();
        for (var r : in) {
            bytes += r.bytes();
        }
        for (var r : out) {
            bytes += r.bytes();
        }
        return bytes;
    }

    @Override
    public Bound bind(long[] from, long[] to, long scratch, Pool pool) {
        var wideIn = from.clone();
        var wideOut = to.clone();
        long at = scratch;
        for (int i = 0; i < in.size(); i++) {
            if (in.get(i).wide()) {
                wideIn[i] = at;
                at += in.get(i).bytes();
            }
        }
        for (int i = 0; i < out.size(); i++) {
            if (out.get(i).wide()) {
                wideOut[i] = at;
                at += out.get(i).bytes();
            }
        }
        var bound = inner.bind(wideIn, wideOut, at, pool);
        var before = new Pool.Task[in.size()];
        var after = new Pool.Task[out.size()];
        for (int i = 0; i < before.length; i++) {
            before[i] = widen(in.get(i), from[i], wideIn[i]);
        }
        for (int i = 0; i < after.length; i++) {
            after[i] = narrow(out.get(i), wideOut[i], to[i]);
        }
        return () -> {
            for (int i = 0; i < before.length; i++) {
                pool.parallel(tasks(in.get(i)), before[i]);
            }
            bound.run();
            for (int i = 0; i < after.length; i++) {
                pool.parallel(tasks(out.get(i)), after[i]);
            }
        };
    }

    private static int tasks(Rows r) {
        return r.rows == 0 ? 0 : Tasks.count(r.rows, 4L * r.row);
    }

    private Pool.Task widen(Rows r, long from, long to) {
        int tasks = tasks(r);
        return (t, w) -> {
            int i = Tasks.from(t, tasks, r.rows);
            int rows = Tasks.from(t + 1, tasks, r.rows) - i;
            copy.widen(from + 2L * i * r.stride, 2L * r.stride, to + 4L * i * r.row, 4L * r.row, rows, r.row);
        };
    }

    private Pool.Task narrow(Rows r, long from, long to) {
        int tasks = tasks(r);
        return (t, w) -> {
            int i = Tasks.from(t, tasks, r.rows);
            int rows = Tasks.from(t + 1, tasks, r.rows) - i;
            copy.narrow(from + 4L * i * r.row, 4L * r.row, to + 2L * i * r.row, 2L * r.row, rows, r.row);
        };
    }
}
