package dev.ijen.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// How fast the processor copies memory.
final class CopySpeed {
    private static final double SECONDS = 0.16;
    /// Copied at once. More of it would be written past the caches, which the JVM does for what is long, and which is slow for what would have stayed
    /// in them.
    private static final long PIECE = 64 << 10;

    private CopySpeed() {}

    /// Bytes a second, read and written ones, where so many are touched again and again, each thread having its own part.
    static double bytes(long touched, int threads) {
        var rates = new double[threads];
        var all = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            int mine = i;
            all[i] = new Thread(() -> rates[mine] = one(touched / 2 / threads), "copy-" + i);
            all[i].start();
        }
        double sum = 0;
        for (int i = 0; i < threads; i++) {
            try {
                all[i].join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Double.NaN;
            }
            sum += rates[i];
        }
        return sum;
    }

    private static double one(long length) {
        try (var arena = Arena.ofConfined()) {
            var from = arena.allocate(length, 64);
            var to = arena.allocate(length, 64);
            from.fill((byte) 1);
            to.fill((byte) 2);
            double seconds = Clock.median(() -> copy(from, to, length), SECONDS);
            return 2 * length / seconds;
        }
    }

    private static void copy(MemorySegment from, MemorySegment to, long length) {
        for (long at = 0; at < length; at += PIECE) {
            MemorySegment.copy(from, at, to, at, Math.min(PIECE, length - at));
        }
    }
}
