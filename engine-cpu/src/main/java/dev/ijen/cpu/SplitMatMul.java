package dev.ijen.cpu;

import dev.ijen.cpu.x86.Split;
import dev.ijen.spi.Kernel;

/// A matrix product of floats on tiles of bfloat16 ([Split]), faster than one in floats and in the mean no less exact.
///
/// Numbers that are not finite are found when operands are packed: then the product is done again in floats. Every sum has an order that depends on the sizes
/// alone.
final class SplitMatMul {
    /// Numbers along the sum that are packed at once.
    private static final int DEPTH = 128;

    private static final int LEAST = 64;
    /// The same in multiply-adds where sizes leave groups unfilled, whose ends are brought together one by one.
    private static final long UNEVEN = 64 << 20;
    /// Most numbers of a b that is packed as a whole, which takes six bytes for each: the words of GPT-2 would take 230 MB.
    private static final long MOST = 8 << 20;

    private SplitMatMul() {}

    /// True if it is likely to be faster than a library.
    static boolean suits(Kernel.MatMul k) {
        boolean large = k.batch() == 1 && k.m() >= LEAST && k.n() >= LEAST && k.k() >= LEAST;
        boolean even = (k.m() | k.n() | k.k()) % Split.GROUP == 0;
        boolean fits = k.ta() || (long) k.n() * k.k() <= MOST;
        return large && fits && (even || (long) k.m() * k.n() * k.k() >= UNEVEN);
    }

    /// For a product that it suits.
    ///
    /// @param plain the same product in floats
    static CpuKernel of(Kernel.MatMul k, Pool pool, SplitCode code, CpuKernel plain) {
        return k.ta() ? new SplitColumns(k, pool, code, plain) : new SplitRows(k, pool, code, plain);
    }

    /// Numbers along the sum of each part, nearly alike, in whole steps.
    static int depth(int k) {
        int parts = Math.ceilDiv(k, DEPTH);
        return parts == 1 ? k : SplitCode.steps(Math.ceilDiv(k, parts)) * Split.STEP;
    }

    /// Rows or columns in whole blocks.
    static int blocks(int n) {
        return Math.ceilDiv(n, SplitCode.BLOCK);
    }
}
