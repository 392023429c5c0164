package dev.ijen.cpu;

import static dev.ijen.cpu.F32Gates.L;
import static dev.ijen.cpu.F32Gates.at;
import static dev.ijen.cpu.F32Gates.put;

import jdk.incubator.vector.FloatVector;

/// The sums of columns of a matrix that lies in [Strips]. Rows are added in order, by each of some chains in turn.
record StripsSum(Strips strips) implements CpuKernel {
    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int n = strips.columns() / strips.strip();
        Pool.Task task = (s, worker) -> {
            for (int v = 0; v < strips.strip(); v += L) {
                sum(in[0] + s * strips.step(0) + (long) v * Float.BYTES, s,
                        out[0] + s * strips.rowBytes() + (long) v * Float.BYTES);
            }
        };
        return () -> pool.parallel(n, task);
    }

    private void sum(long from, int strip, long to) {
        put(FloatVector.zero(F32Gates.S), to, 0);
        for (int b = 0; b < strips.blocks(); b++) {
            // from is right for a whole block
            long shift = strip * (strips.step(b) - strips.step(0));
            rows(from + strips.at(b) + shift, strips.rowBytes(), strips.depth(b), to);
        }
    }

    /// Adds some rows to a sum.
    private static void rows(long x, long row, int n, long to) {
        FloatVector s0 = at(to, 0);
        FloatVector s1 = FloatVector.zero(F32Gates.S);
        FloatVector s2 = s1;
        FloatVector s3 = s1;
        int i = 0;
        for (; i + 4 <= n; i += 4) {
            s0 = s0.add(at(x, 0));
            s1 = s1.add(at(x + row, 0));
            s2 = s2.add(at(x + 2 * row, 0));
            s3 = s3.add(at(x + 3 * row, 0));
            x += 4 * row;
        }
        for (; i < n; i++) {
            s0 = s0.add(at(x, 0));
            x += row;
        }
        put(s0.add(s1).add(s2.add(s3)), to, 0);
    }
}
