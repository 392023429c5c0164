package dev.ijen.cpu;

import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.cpu.x86.Split;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.stream.Stream;

/// The machine code of [Split], with what it does not do: the ends of operands that do not fill a group, a step or a strip.
final class SplitCode {
    /// Rows and columns of c that are computed together.
    static final int BLOCK = 2 * Split.GROUP;
    /// Bytes a worker needs for the ends.
    static final long EDGE = (long) BLOCK * BLOCK * Float.BYTES;
    /// Bytes of what tells whether a number was not finite.
    static final long FOUND = 64;

    private static final long GAP = 64;
    private static final int TILE_LINE = BLOCK * Float.BYTES;
    private static final SplitCode INSTANCE = make();

    private final MachineCode[] packs = new MachineCode[4];
    private final MachineCode write;
    private final MachineCode add;
    private final long configuration;

    private SplitCode() {
        for (int i = 0; i < packs.length; i++) {
            packs[i] = Split.pack((i & 1) != 0, (i & 2) != 0);
        }
        write = Split.product(false);
        add = Split.product(true);
        MemorySegment tiles = Arena.global().allocate(64, 64);
        MemorySegment.copy(Split.configuration(), 0, tiles, ValueLayout.JAVA_BYTE, 0, 64);
        configuration = tiles.address();
    }

    /// Null where there is none.
    static SplitCode here() {
        return INSTANCE;
    }

    private static SplitCode make() {
        if (!Split.reason().isEmpty()) {
            return null;
        }
        var made = new SplitCode();
        boolean whole = Stream.concat(Stream.of(made.packs), Stream.of(made.write, made.add))
                .allMatch(Objects::nonNull);
        return whole ? made : null;
    }

    /// Steps along a sum of k products.
    static int steps(int k) {
        return Math.ceilDiv(k, Split.STEP);
    }

    /// Bytes from group to group: with a gap, so that groups do not fall on the same sets of a cache.
    static long groupBytes(int k) {
        return (long) steps(k) * Split.STEP_BYTES + GAP;
    }

    /// Packs groups: what is missing from the last is zeros.
    ///
    /// @param along true if numbers along the sum are neighbours in memory
    /// @param turned true if a line of a tile is to have what lies apart in memory
    /// @param from the first number
    /// @param stride bytes between what lies apart
    /// @param count rows of a, or columns of b
    /// @param k numbers along the sum
    /// @param step bytes from group to group of what is packed
    /// @param edge [#EDGE] bytes to work with
    /// @param found becomes NaN, [#FOUND] bytes of it, where a number is not finite
    void pack(
            boolean along, boolean turned, long from, long stride, int count, int k, long to, long step, long edge,
            long found) {
        var code = packs[(along ? 1 : 0) | (turned ? 2 : 0)];
        int groups = count / Split.GROUP;
        int steps = k / Split.STEP;
        if (steps > 0 && groups > 0) {
            code.run(from, stride, along ? steps : groups, to, found, along ? Split.STEP_BYTES : step,
                    along ? groups : steps, along ? step : Split.STEP_BYTES, 0, 0, 0);
        }
        for (int g = 0; g * Split.GROUP < count; g++) {
            int valid = Math.min(Split.GROUP, count - g * Split.GROUP);
            for (int s = valid == Split.GROUP ? steps : 0; s < steps(k); s++) {
                long across = (long) g * Split.GROUP * (along ? stride : Float.BYTES);
                long at = from + across + (long) s * Split.STEP * (along ? Float.BYTES : stride);
                int depth = Math.min(Split.STEP, k - s * Split.STEP);
                int bytes = (along ? depth : valid) * Float.BYTES;
                long line = (along ? Split.STEP : Split.GROUP) * (long) Float.BYTES;
                Mem.zero(edge, EDGE / 2);
                for (int i = 0; i < (along ? valid : depth); i++) {
                    Mem.copy(at + i * stride, edge + i * line, bytes);
                }
                code.run(edge, line, 1, to + g * step + (long) s * Split.STEP_BYTES, found, 0, 1, 0, 0, 0, 0);
            }
        }
    }

    /// c [m, n] = a · b, or added to it, for packed operands of which some steps are taken.
    ///
    /// @param a its first block
    /// @param group bytes from group to group of both operands
    /// @param steps along the sum
    /// @param ldc bytes between rows of c
    /// @param edge [#EDGE] bytes to work with
    void product(
            boolean sum, int m, int n, int steps, long a, long group, long b, long c, long ldc, long edge) {
        int strips = n / BLOCK;
        int blocks = m / BLOCK;
        if (strips > 0 && blocks > 0) {
            run(sum, a, group, b, steps, strips, c, ldc, blocks);
        }
        for (int i = 0; i * BLOCK < m; i++) {
            for (int s = i < blocks ? strips : 0; s * BLOCK < n; s++) {
                part(sum, Math.min(BLOCK, m - i * BLOCK), Math.min(BLOCK, n - s * BLOCK), steps, a + 2L * i * group,
                        group, b + 2L * s * group, c + (long) i * BLOCK * ldc + (long) s * TILE_LINE, ldc, edge);
            }
        }
    }

    private void part(
            boolean sum, int m, int n, int steps, long a, long group, long b, long c, long ldc, long edge) {
        long bytes = (long) n * Float.BYTES;
        for (int i = 0; sum && i < m; i++) {
            Mem.copy(c + i * ldc, edge + i * (long) TILE_LINE, bytes);
        }
        run(sum, a, group, b, steps, 1, edge, TILE_LINE, 1);
        for (int i = 0; i < m; i++) {
            Mem.copy(edge + i * (long) TILE_LINE, c + i * ldc, bytes);
        }
    }

    private void run(boolean sum, long a, long group, long b, int steps, int strips, long c, long ldc, int blocks) {
        (sum ? add : write).run(a, group, b, 2 * group, steps, strips, c, ldc, configuration, blocks, 0);
    }

    /// True if all numbers were finite.
    static boolean isFinite(long found) {
        float sum = 0;
        for (int i = 0; i < FOUND; i += Float.BYTES) {
            sum += Mem.f32(found + i);
        }
        return sum == 0;
    }
}
