package dev.ijen.cpu;

import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.DType;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Puts the partial results of a fold together, part after part, and stores them.
///
/// @param from partial results: `parts` runs of `count` elements of the compute type
/// @param clearFirst true if they have to be cleared before all work
record Results(
        Folder folder, int count, int parts, boolean clearFirst, long from, long to, Pattern pattern, int rows,
        int size,
        Fn narrow) {
    private static final int BLOCK = 1024;

    static Results of(int[] space, Store s, DType type, boolean clearFirst, int parts, long from, long to) {
        int[] kept = IntStream.range(0, space.length).filter(k -> s.stride()[k] != 0).toArray();
        int size = s.stored().bytes();
        var extent = new int[Math.max(1, kept.length)];
        var stride = new long[extent.length];
        Arrays.fill(extent, 1);
        int count = 1;
        for (int k = 0; k < kept.length; k++) {
            extent[k] = space[kept[k]];
            stride[k] = (long) s.stride()[kept[k]] * size;
            count *= extent[k];
        }
        Pattern p = new Pattern(extent, stride, null);
        return new Results(
                Folder.of(type, s.fold()), count, parts, clearFirst, from, to, p, extent[0], size,
                Stored.narrow(s.stored()));
    }

    private long part(int k) {
        return from + k * Mem.align((long) count * folder.bytes());
    }

    /// Clears the partial results.
    void clear() {
        for (int k = 0; k < parts; k++) {
            folder.clear(part(k), folder.bytes(), count);
        }
    }

    /// Pieces that may be put together by different threads.
    int pieces() {
        return parts == 1 ? 0 : (count + BLOCK - 1) / BLOCK;
    }

    /// Puts one piece together.
    void join(int piece) {
        int at = piece * BLOCK;
        int n = Math.min(BLOCK, count - at);
        long bytes = folder.bytes();
        for (int k = 1; k < parts; k++) {
            folder.into(part(k) + at * bytes, from + at * bytes, bytes, n);
        }
    }

    /// Moves the whole results to where they belong.
    void store() {
        if (narrow != null) {
            narrow.run(from, 0, 0, from, count); // forward, into less space
        }
        pattern.scatter(size, from, to, rows);
    }
}
