package dev.ijen.cpu;

import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.cpu.x86.SoftRows;
import dev.ijen.cpu.x86.Target;

/// The passes of [F32Rows] over rows of some length as machine code: the same bits.
///
/// @param lanes numbers of a vector
/// @param n numbers of a row
record SoftCode(int lanes, int n, MachineCode softmax, MachineCode exponentials) {
    /// Numbers of a call, about: the JVM waits for calls, so they are short.
    private static final int CALL = 1 << 16;

    /// The passes over rows of `n` numbers.
    ///
    /// @param target what code is to be made for, or null
    /// @return null for rows that are shorter than a vector, or if machine code can't be made
    static SoftCode of(Target target, int n) {
        if (target == null || target.lanes() != Step.LANES || n < target.lanes()) {
            return null;
        }
        var rows = new SoftRows(target);
        var softmax = rows.softmax();
        var exponentials = rows.exponentials();
        return softmax == null || exponentials == null ? null
                : new SoftCode(target.lanes(), n, softmax, exponentials);
    }

    /// Softmax of neighbouring rows.
    void softmax(long x, long y, int rows) {
        int most = Math.max(1, CALL / n);
        for (int r = 0; r < rows; r += most) {
            long at = 4L * n * r;
            softmax.run(x + at, y + at, Math.min(most, rows - r), 4L * n, n / lanes, n % lanes, 0, 0, 0, 0, 0);
        }
    }

    /// The exponentials of a row less its greatest number; that and their sum are written one after the other.
    void exponentials(long x, long to, long greatestAndSum) {
        exponentials.run(x, to, 1, 4L * n, n / lanes, n % lanes, greatestAndSum, 0, 0, 0, 0);
    }
}
