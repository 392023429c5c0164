package dev.ijen.cpu;

import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.cpu.x86.Target;
import dev.ijen.cpu.x86.Transpose;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// Puts rows of four-byte elements into columns, in machine code.
final class Turns {
    /// Of an element.
    static final int BYTES = 4;

    /// Code is made once, whoever asks.
    private static final Map<Target, Turns> MADE = new EnumMap<>(Target.class);

    private final MachineCode[] groups; // by rows
    private final int lanes;

    private Turns(Target target) {
        lanes = target.lanes();
        groups = new MachineCode[lanes + 1];
        for (int r = 1; r <= lanes; r++) {
            groups[r] = Transpose.groups(target, r);
        }
    }

    /// For a target, which may be null.
    ///
    /// @param target what machine code is written for, or null
    /// @return null where there is none
    static synchronized Turns of(Target target) {
        return target == null || !MachineCode.reason().isEmpty() ? null : MADE.computeIfAbsent(target, Turns::make);
    }

    /// Null if there is no more memory for code: it is asked for again.
    private static Turns make(Target target) {
        var made = new Turns(target);
        return Stream.of(made.groups).skip(1).allMatch(Objects::nonNull) ? made : null;
    }

    /// Element p of row j goes to `to + p · column + 4 j`; nothing else is read or written.
    ///
    /// @param row bytes from row to row
    /// @param n elements of a row, one after the other
    /// @param column bytes from column to column
    void run(long from, long row, int rows, int n, long to, long column) {
        int whole = rows / lanes;
        int few = rows % lanes;
        if (whole > 0) {
            groups[lanes].run(from, row, n, to, column, whole, 0, 0, 0, 0, 0);
        }
        if (few > 0) {
            long r = (long) rows - few;
            groups[few].run(from + r * row, row, n, to + r * BYTES, column, 1, 0, 0, 0, 0, 0);
        }
    }
}
