package dev.ijen.cpu;

import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.cpu.x86.Tile;
import dev.ijen.cpu.x86.Transpose;

/// [Micro32] in machine code: tiles of up to 8 rows, the same bits.
final class Micro32Code implements Micro {
    private static final Micro32Code INSTANCE = make();

    private final MachineCode[] full;
    private final MachineCode[] part;
    private final MachineCode four;
    private final MachineCode transpose;

    private Micro32Code(MachineCode[] full, MachineCode[] part, MachineCode four, MachineCode transpose) {
        this.full = full;
        this.part = part;
        this.four = four;
        this.transpose = transpose;
    }

    /// The best there is.
    ///
    /// @param code true if machine code may be used
    static Micro of(boolean code) {
        return code && INSTANCE != null ? INSTANCE : Micro32.INSTANCE;
    }

    private static Micro32Code make() {
        if (!MachineCode.reason().isEmpty() || Micro32.INSTANCE.strip() != 32) {
            return null;
        }
        var full = new MachineCode[Tile.ROWS + 1];
        var part = new MachineCode[Tile.ROWS + 1];
        MachineCode four = Tile.four();
        MachineCode transpose = Transpose.strip();
        boolean all = four != null && transpose != null;
        for (int r = 1; r <= Tile.ROWS; r++) {
            full[r] = Tile.full(r);
            part[r] = Tile.part(r);
            all &= full[r] != null && part[r] != null;
        }
        return all ? new Micro32Code(full, part, four, transpose) : null;
    }

    @Override
    public int bytes() {
        return Float.BYTES;
    }

    @Override
    public int strip() {
        return 32;
    }

    @Override
    public int rows() {
        return Tile.ROWS;
    }

    @Override
    public int take(int left) {
        return Math.min(left, Tile.ROWS);
    }

    @Override
    public void full(
            int rows, long a, long ars, long acs, long b, long brs, int k, long from, long fs, long c, long ldc) {
        full[rows].run(a, ars, acs, b, brs, k, from, fs, c, ldc, 0);
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
        if (n == strip() && rs == Float.BYTES) {
            whole = k & -16;
            if (whole > 0) {
                transpose.run(from, cs, whole, to, 0, 0, 0, 0, 0, 0, 0);
            }
        }
        if (whole < k) {
            Micro32.INSTANCE.pack(from + whole * rs, rs, cs, k - whole, n, to + whole * 128L);
        }
    }
}
