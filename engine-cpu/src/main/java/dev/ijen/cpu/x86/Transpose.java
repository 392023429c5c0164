package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.R12;
import static dev.ijen.cpu.x86.Assembler.R13;
import static dev.ijen.cpu.x86.Assembler.R14;
import static dev.ijen.cpu.x86.Assembler.R15;
import static dev.ijen.cpu.x86.Assembler.R8;
import static dev.ijen.cpu.x86.Assembler.R9;
import static dev.ijen.cpu.x86.Assembler.RAX;
import static dev.ijen.cpu.x86.Assembler.RBX;
import static dev.ijen.cpu.x86.Assembler.RCX;
import static dev.ijen.cpu.x86.Assembler.RDI;
import static dev.ijen.cpu.x86.Assembler.RDX;
import static dev.ijen.cpu.x86.Assembler.RSI;
import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.x86.Assembler.Operand;

/// Turns rows into columns, as many floats by as many as a vector has, in registers.
public final class Transpose {
    private static final int[] SAVED = {RBX, R12, R13, R14, R15};
    private static final int ROWS = 1; // edges
    private static final int NUMBERS = 2;

    private Transpose() {}

    /// The rows of a strip, of some whole vectors each, to columns: number p of row j goes to place p · rows + j. A strip has two vectors of rows.
    /// Arguments: the first row, the step between rows in bytes, how many numbers, where to, and seven that are not used.
    ///
    /// @return null if machine code can't be made here
    public static MachineCode strip(Target target) {
        Vectors asm = target.vectors();
        int lanes = asm.lanes();
        int width = asm.width();
        asm.push(RBX);
        EightRows.steps(asm);
        Operand[] row = EightRows.at(R8);
        int start = asm.size();
        asm.copy(R8, RDI);
        for (int half = 0; half < 2; half++) {
            for (int r = 0; r < lanes; r++) {
                asm.op(Op.LOAD, r, 0, row[r % 8]);
                if (r % 8 == 7) {
                    asm.address(R8, R8, RSI, 3); // eight rows on
                }
            }
            pairs(asm, lanes);
            int first = switch (target) {
                case AVX512 -> quarters(asm);
                case AVX2 -> halves(asm);
            };
            for (int c = 0; c < lanes; c++) {
                asm.op(Op.STORE, first + c, 0, new Operand.At(RCX, -1, 0, (2 * c + half) * width));
            }
        }
        asm.add(RDI, width);
        asm.add(RCX, 2 * lanes * width);
        asm.add(RDX, -lanes);
        asm.compare(RDX, lanes);
        asm.backIfNotLess(start);
        asm.pop(RBX);
        asm.end();
        return MachineCode.of(asm.finish());
    }

    /// Groups of some rows, at most as many as a vector has lanes, to columns: number p of row j of a group goes to place p · step + j, and each group
    /// is put behind the one before. Nothing else is read or written. Arguments: the first row, the step between rows in bytes, how many numbers, where
    /// to, the step between columns there in bytes, how many groups (whole vectors of rows if more than one), and five that are not used.
    ///
    /// @return null if machine code can't be made here
    public static MachineCode groups(Target target, int rows) {
        Vectors asm = target.vectors();
        int lanes = asm.lanes();
        asm.push(SAVED);
        if (rows < lanes) {
            asm.clear(RBX);
            asm.add(RBX, rows);
            asm.edges(RBX, RAX, ROWS);
        }
        EightRows.steps(asm);
        asm.copy(R12, RDI);
        asm.copy(R13, RCX);
        asm.copy(R14, RDX);
        asm.copy(R15, R9);
        int group = asm.size();
        asm.copy(RDI, R12);
        asm.copy(RCX, R13);
        asm.copy(RDX, R14);
        group(asm, target, rows);
        EightRows.pass(asm, R12, 8);
        if (lanes > 8) {
            EightRows.pass(asm, R12, 8);
        }
        asm.add(R13, asm.width());
        asm.decrement(R15);
        asm.backIfNotZero(group);
        asm.pop(SAVED);
        asm.end();
        return MachineCode.of(asm.finish());
    }

    private static void group(Vectors asm, Target target, int rows) {
        int lanes = asm.lanes();
        var to = new Operand.At(RCX, -1, 0, 0);
        int edge = rows < lanes ? ROWS : 0;
        asm.compare(RDX, lanes);
        int few = asm.jumpIfLess();
        int start = asm.size();
        columns(asm, target, rows, 0);
        for (int c = 0; c < lanes; c++) {
            asm.store(c, to, edge);
            asm.addRegister(RCX, R8);
        }
        asm.add(RDI, asm.width());
        asm.add(RDX, -lanes);
        asm.compare(RDX, lanes);
        asm.backIfNotLess(start);
        asm.here(few);
        asm.compare(RDX, 0);
        int none = asm.jumpIfNotGreater();
        asm.edges(RDX, RBX, NUMBERS);
        columns(asm, target, rows, NUMBERS);
        var done = new int[lanes - 1];
        for (int c = 0; c < done.length; c++) {
            asm.store(c, to, edge);
            asm.addRegister(RCX, R8);
            asm.add(RDX, -1);
            asm.compare(RDX, 0);
            done[c] = asm.jumpIfNotGreater();
        }
        for (int d : done) {
            asm.here(d);
        }
        asm.here(none);
    }

    /// Reads a vector of each row, or its first lanes, and puts columns into the first registers, which the masks of AVX2 leave alone.
    private static void columns(Vectors asm, Target target, int rows, int edge) {
        Operand[] low = EightRows.at(RDI);
        Operand[] high = EightRows.at(R9);
        if (rows > low.length) {
            asm.address(R9, RDI, RSI, 3);
        }
        for (int r = 0; r < rows; r++) {
            asm.load(r, r < low.length ? low[r] : high[r - low.length], edge);
        }
        pairs(asm, asm.lanes());
        switch (target) {
            case AVX512 -> quarters(asm);
            case AVX2 -> {
                int first = halves(asm);
                for (int c = 0; c < asm.lanes(); c++) {
                    asm.move(c, first + c);
                }
            }
        }
    }

    /// In each 128 bits of the first registers, columns of four rows; as many registers behind them are lost.
    static void pairs(Vectors asm, int n) {
        for (int i = 0; i < n; i += 2) {
            asm.op(Op.LOW, n + i, i, v(i + 1));
            asm.op(Op.HIGH, n + 1 + i, i, v(i + 1));
        }
        for (int g = 0; g < n; g += 4) {
            int t = n + g;
            asm.op(Op.LOW_PAIRS, g, t, v(t + 2));
            asm.op(Op.HIGH_PAIRS, g + 1, t, v(t + 2));
            asm.op(Op.LOW_PAIRS, g + 2, t + 1, v(t + 3));
            asm.op(Op.HIGH_PAIRS, g + 3, t + 1, v(t + 3));
        }
    }

    /// Puts together columns of 16 from the four 128 bits of registers 0 to 15; 16 to 31 are lost.
    ///
    /// @return where the first column is
    static int quarters(Vectors asm) {
        for (int c = 0; c < 4; c++) {
            asm.op(Op.PARTS, 16 + c, c, v(4 + c), 0x88);
            asm.op(Op.PARTS, 20 + c, 8 + c, v(12 + c), 0x88);
            asm.op(Op.PARTS, 24 + c, c, v(4 + c), 0xdd);
            asm.op(Op.PARTS, 28 + c, 8 + c, v(12 + c), 0xdd);
        }
        for (int c = 0; c < 4; c++) {
            asm.op(Op.PARTS, c, 16 + c, v(20 + c), 0x88);
            asm.op(Op.PARTS, 8 + c, 16 + c, v(20 + c), 0xdd);
            asm.op(Op.PARTS, 4 + c, 24 + c, v(28 + c), 0x88);
            asm.op(Op.PARTS, 12 + c, 24 + c, v(28 + c), 0xdd);
        }
        return 0;
    }

    /// Columns of 8 from the two halves of registers 0 to 7, in registers 8 to 15.
    private static int halves(Vectors asm) {
        for (int c = 0; c < 4; c++) {
            asm.op(Op.HALVES, 8 + c, c, v(4 + c), 0x20);
            asm.op(Op.HALVES, 12 + c, c, v(4 + c), 0x31);
        }
        return 8;
    }
}
