package dev.ijen.cpu;

import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.cpu.x86.Panels;
import dev.ijen.cpu.x86.Target;
import dev.ijen.cpu.x86.Tile;
import dev.ijen.cpu.x86.Transpose;
import java.util.Objects;
import java.util.stream.Stream;

/// [Micro32] in machine code: tiles of more rows, the same bits.
final class Micro32Code implements Micro {
    /// With strips as wide as those of the Vector API, which the passes between products use.
    private static final Micro32Code INSTANCE = Stream.of(Target.values())
            .filter(t -> 2 * t.lanes() == Micro32.INSTANCE.strip() && t.reason().isEmpty())
            .findFirst()
            .map(Micro32Code::of)
            .orElse(null);

    private static final int AHEAD = 4; // rows that are asked for before they are read

    private final Tile tile;
    private final MachineCode[] full;
    private final MachineCode[] part;
    private final MachineCode four;
    private final MachineCode groups;
    private final MachineCode transpose;
    private final MachineCode rows;
    private final MachineCode panels;
    private final MachineCode packStrips;
    private final MachineCode packGroups;

    private Micro32Code(Tile tile, MachineCode[] full, MachineCode[] part) {
        this.tile = tile;
        this.full = full;
        this.part = part;
        four = tile.four();
        groups = tile.groups();
        transpose = Transpose.strip(tile.target());
        var large = new Panels(tile);
        rows = large.product(false);
        panels = large.product(true);
        packStrips = large.pack(tile.strip() * Float.BYTES);
        packGroups = large.pack(tile.rows() * Float.BYTES);
    }

    /// The best there is.
    ///
    /// @param code true if machine code may be used
    static Micro of(boolean code) {
        return code && INSTANCE != null ? INSTANCE : Micro32.INSTANCE;
    }

    /// For a target that the processor has; null if machine code can't be made here.
    static Micro32Code of(Target target) {
        if (!MachineCode.reason().isEmpty()) {
            return null;
        }
        var tile = new Tile(target);
        int most = tile.rows();
        var full = new MachineCode[most + 1];
        var part = new MachineCode[most + 1];
        for (int r = 1; r <= most; r++) {
            full[r] = tile.full(r);
            part[r] = tile.part(r);
        }
        var made = new Micro32Code(tile, full, part);
        return made.isWhole() ? made : null;
    }

    private boolean isWhole() {
        var once = Stream.of(four, groups, transpose, rows, panels, packStrips, packGroups);
        return Stream.concat(once, Stream.concat(Stream.of(full).skip(1), Stream.of(part).skip(1)))
                .allMatch(Objects::nonNull);
    }

    /// The best there is; null where tiles can't be made, or none are as wide as the Vector API's.
    static Micro32Code here() {
        return INSTANCE;
    }

    Target target() {
        return tile.target();
    }

    @Override
    public int bytes() {
        return Float.BYTES;
    }

    @Override
    public int strip() {
        return tile.strip();
    }

    @Override
    public int rows() {
        return tile.rows();
    }

    @Override
    public int take(int left) {
        return Math.min(left, tile.rows());
    }

    @Override
    public void full(
            int rows, long a, long ars, long acs, long b, long brs, int k, long from, long fs, long c, long ldc) {
        full[rows].run(a, ars, acs, b, brs, k, from, fs, c, ldc, 0);
    }

    @Override
    public void groups(
            int count, long a, long ars, long acs, long b, long brs, int k, long from, long fs, long c, long ldc) {
        groups.run(a, ars, acs, b, brs, k, from, fs, c, ldc, count);
    }

    /// The same as [#groups] for a strip whose rows lie one after the other.
    ///
    /// @param together true if the numbers of each group lie column by column, and groups `ars` bytes apart; else rows do, and numbers of a row lie
    /// one after the other
    void panel(
            boolean together, int count, long a, long ars, long b, int k, long from, long fs, long c, long ldc) {
        (together ? panels : rows).run(a, ars, k / Panels.STEPS, b, k % Panels.STEPS, count, from, fs, c, ldc, 0);
    }

    /// Copies `k` rows, `row` bytes apart, of `count` whole strips to strips that begin `step` bytes apart.
    void packStrips(long from, long row, int count, long to, long step, int k) {
        packStrips.run(from, row, count, to, step, k, AHEAD * row, 0, 0, 0, 0);
    }

    /// The same for groups of [#rows] numbers. Reads a vector for each, and writes one: up to a vector too much.
    void packGroups(long from, long row, int count, long to, long step, int k) {
        packGroups.run(from, row, count, to, step, k, AHEAD * row, 0, 0, 0, 0);
    }

    @Override
    public void four(long a, long acs, long b, long step, long brs, int k, long from, long fs, long c, long cs) {
        four.run(a, acs, b, step, brs, k, from, fs, c, cs, 0);
    }

    @Override
    public void part(
            int rows, int n, long a, long ars, long acs, long b, long brs, int k, long from, long fs, long c,
            long ldc) {
        part[rows].run(a, ars, acs, b, brs, k, from, fs, c, ldc, n);
    }

    @Override
    public void pack(long from, long rs, long cs, int k, int n, long to) {
        int whole = 0;
        long row = (long) strip() * bytes();
        if (n == strip() && rs == Float.BYTES) {
            whole = k & -tile.target().lanes();
            if (whole > 0) {
                transpose.run(from, cs, whole, to, 0, 0, 0, 0, 0, 0, 0);
            }
        } else if (n == strip() && cs == Float.BYTES && k > 0) {
            packStrips(from, rs, 1, to, 0, k);
            whole = k;
        }
        Micro32.columns(from + whole * rs, rs, cs, k - whole, n, to + whole * row, row);
    }
}
