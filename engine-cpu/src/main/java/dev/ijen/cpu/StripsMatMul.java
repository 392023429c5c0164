package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// The gradient of weights from gradients of sums that lie in [Strips]: c [m, n] = aᵀ · b, as bᵀ · a turned round, so that what is larger need not be
/// packed.
///
/// Every sum is a chain in the order of p: the same bits, however the product is cut.
final class StripsMatMul implements CpuKernel {
    /// Strips of a task.
    private static final int SHARE = 4;
    /// Bytes behind each packed group, which is written over by up to a vector; and behind rows of sums, so that they do not begin at the same
    /// places of a cache.
    private static final int GAP = 64;

    private final Kernel.MatMul k;
    private final Micro32Code u;
    private final Turns turns;
    private final Strips strips;
    private final int groups;
    private final long groupBytes;
    private final long packedBytes;
    private final long sumRow;

    StripsMatMul(Kernel.MatMul k, Micro32Code u, Turns turns) {
        this.k = k;
        this.u = u;
        this.turns = turns;
        strips = new Strips(k.k(), k.m(), u.strip());
        groups = Math.ceilDiv(k.n(), u.rows());
        groupBytes = (long) strips.depth() * u.rows() * Float.BYTES + GAP;
        packedBytes = Mem.align(strips.blocks() * groups * groupBytes);
        sumRow = (long) k.m() * Float.BYTES + GAP;
    }

    @Override
    public long scratchBytes() {
        return packedBytes + k.n() * sumRow;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int all = k.m() / u.strip();
        Pool.Task pack = (block, worker) -> pack(block, in[1], scratch);
        Pool.Task part = (t, worker) -> part(t * SHARE, Math.min(all, (t + 1) * SHARE), in[0], out[0], scratch);
        return () -> {
            pool.parallel(strips.blocks(), pack);
            pool.parallel(Math.ceilDiv(all, SHARE), part);
        };
    }

    /// Packs a block's rows of b: groups of columns, each column by column of the sum.
    private void pack(int block, long b, long packed) {
        long row = (long) k.n() * Float.BYTES;
        int d = strips.depth(block);
        long from = b + (long) block * strips.depth() * row;
        long to = packed + block * groups * groupBytes;
        // a group is read and written as a vector, which must not pass the end of b: so the last row goes by itself
        int vectors = block == strips.blocks() - 1 ? d - 1 : d;
        if (vectors > 0) {
            u.packGroups(from, row, groups, to, groupBytes, vectors);
        }
        for (int j = 0; vectors < d && j < k.n(); j++) {
            Mem.i32(to + j / u.rows() * groupBytes + ((long) vectors * u.rows() + j % u.rows()) * Float.BYTES,
                    Mem.i32(from + vectors * row + (long) j * Float.BYTES));
        }
    }

    private void part(int s0, int s1, long a, long c, long packed) {
        long sums = packed + packedBytes + s0 * strips.rowBytes();
        int columns = (s1 - s0) * u.strip();
        for (int block = 0; block < strips.blocks(); block++) {
            PanelMatMul.multiply(u, true, k.n(), columns, strips.depth(block), packed + block * groups * groupBytes,
                    groupBytes, a + strips.at(block) + s0 * strips.step(block), strips.step(block), sums, sumRow,
                    block > 0);
        }
        long row = (long) k.n() * Float.BYTES;
        turns.run(sums, sumRow, k.n(), columns, c + s0 * u.strip() * row, row);
    }
}
