package dev.ijen.cuda.driver;

/// How many blocks of how many threads.
///
/// @param x blocks, at most 2³¹ − 1
/// @param y blocks, at most 65,535
/// @param z blocks, at most 65,535
/// @param blockX threads a block along x
/// @param blockY threads a block along y; with x at most 1,024
public record Grid(int x, int y, int z, int blockX, int blockY) {
    /// One row of blocks.
    public static Grid of(int blocks, int threads) {
        return new Grid(blocks, 1, 1, threads, 1);
    }

    /// For kernels that loop over `items`: as many threads as can work at a time, in blocks of 256.
    public static Grid loop(long items, Gpu gpu) {
        long blocks = Math.clamp((items + 255) / 256, 1, 8L * gpu.multiprocessors());
        return of((int) blocks, 256);
    }
}
