package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// How a batch of matrix products is cut into shards: by products, rows and columns. It depends on the sizes alone,
/// so that a result does not depend on the number of threads.
record MatMulCut(int products, int rows, int columns) {
    private static final int MOST = 64;
    private static final int AREA = 128 * 128;
    private static final int FEW = 2; // rows
    private static final int SLICE = 1 << 16; // numbers of b that a task reads

    /// A part of the batch.
    record Shard(int product, int row, int column, int products, int rows, int columns) {
        /// The same shard at the origin.
        Shard size() {
            return new Shard(0, 0, 0, products, rows, columns);
        }
    }

    static MatMulCut of(Kernel.MatMul k) {
        long work = (long) k.m() * k.n() * k.k();
        int tasks = tasks(work * k.batch());
        if (k.m() <= FEW && k.batch() == 1) {
            // each number of b is used once or twice, so reading them is the work: each core keeps some columns in its cache
            int parts = Integer.highestOneBit(Math.clamp((long) k.n() * k.k() / SLICE, 1, MOST));
            return new MatMulCut(1, k.m(), Math.min(k.n(), Math.ceilDiv(Math.ceilDiv(k.n(), parts), 16) * 16));
        }
        if (k.batch() >= 2 * tasks || work < 1 << 20 && k.batch() > 1) {
            return new MatMulCut(Math.ceilDiv(k.batch(), Math.min(tasks, k.batch())), k.m(), k.n());
        }
        if (!k.tb() && k.batch() == 1 && tasks > 1) {
            // rows of full length: a shard turns its part of a transposed a round first, and reads b in steps of a whole row.
            // 512 × 784 × 512 in shards of 128 × 208 takes 1.14 ms, of 128 × 784 1.04; 1024³ in 256 × 256 8.6, in 256 × 1024 5.7
            if (k.m() >= 256) {
                return new MatMulCut(1, k.m() >= 1024 && !k.ta() ? 256 : 128, even(k.n(), 1024));
            }
            if (k.ta() && k.m() >= 64) {
                // both operands are long: few shards, near to squares
                boolean wide = k.n() >= 2 * k.m();
                int shares = (long) k.m() * k.n() >= 1 << 16 ? 4 : 2;
                return wide
                        ? new MatMulCut(1, k.m(), even(k.n(), Math.ceilDiv(k.n(), shares)))
                        : new MatMulCut(1, even(k.m(), Math.ceilDiv(k.m(), 2)), even(k.n(), 1024));
            }
            if (k.n() % 1024 == 0) {
                return new MatMulCut(1, k.m(), 512);
            }
        }
        // smaller shards read their operands too often: 512 × 512 × 784 in 128 × 128 takes 1.06 ms, in 256 × 256 0.99
        long most = Math.max(8, (long) k.m() * k.n() / (k.k() >= 256 ? 2 * AREA : AREA));
        int each = Integer.highestOneBit(Math.clamp(tasks / k.batch(), 1, (int) Math.min(MOST, most)));
        MatMulCut best = new MatMulCut(1, k.m(), k.n());
        double least = Double.MAX_VALUE;
        for (int r = 1; r <= each; r *= 2) {
            int rows = Math.min(k.m(), Math.ceilDiv(Math.ceilDiv(k.m(), r), 8) * 8);
            int columns = Math.min(k.n(), Math.ceilDiv(Math.ceilDiv(k.n(), each / r), 16) * 16);
            // the largest shard's time, with what it costs to read the operands
            double cost = (double) rows * columns * (1 + 16.0 / rows + 16.0 / columns);
            if (cost < least) {
                least = cost;
                best = new MatMulCut(1, rows, columns);
            }
        }
        return best;
    }

    /// Even shares of at most `most`, in whole vectors.
    private static int even(int n, int most) {
        return Math.min(n, Math.ceilDiv(Math.ceilDiv(n, Math.ceilDiv(n, most)), 16) * 16);
    }

    /// Into how many tasks some multiply-adds are cut. Powers of 2: few for small work, then tasks of 4 M. 64³, which are 1 << 18, take 2.8 µs in one and 1.9
    /// in two.
    static int tasks(long work) {
        if (work < 1 << 18) {
            return 1;
        }
        if (work < 1 << 23) {
            return work < 1 << 20 ? 2 : 4;
        }
        return Math.clamp(Long.highestOneBit(work >> 22), 8, MOST);
    }

    private int rowShards(Kernel.MatMul k) {
        return Math.ceilDiv(k.m(), rows);
    }

    private int columnShards(Kernel.MatMul k) {
        return Math.ceilDiv(k.n(), columns);
    }

    int shards(Kernel.MatMul k) {
        return Math.ceilDiv(k.batch(), products) * rowShards(k) * columnShards(k);
    }

    /// Shard number `i`.
    Shard shard(Kernel.MatMul k, int i) {
        int column = i % columnShards(k) * columns;
        int row = i / columnShards(k) % rowShards(k) * rows;
        int product = i / columnShards(k) / rowShards(k) * products;
        return new Shard(
                product,
                row,
                column,
                Math.min(products, k.batch() - product),
                Math.min(rows, k.m() - row),
                Math.min(columns, k.n() - column));
    }
}
