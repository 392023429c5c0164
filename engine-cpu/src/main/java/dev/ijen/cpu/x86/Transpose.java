package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.RDI;
import static dev.ijen.cpu.x86.Assembler.RSI;
import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.x86.Assembler.Operand;

/// Turns rows into columns, 16 by 16 floats in registers.
public final class Transpose {
    private static final int RDX = 2;
    private static final int RCX = 1;
    private static final int RBX = 3;
    private static final int R8 = 8;
    private static final int V = 64;

    private Transpose() {}

    /// 32 rows, of a multiple of 16 numbers each, to columns: number p of row j goes to place 32 p + j. Arguments: the first row,
    /// the step between rows in bytes, how many numbers, where to, and seven that are not used.
    ///
    /// @return null if machine code can't be made here
    public static MachineCode strip() {
        var asm = new Assembler();
        asm.push(RBX);
        EightRows.steps(asm);
        Operand[] row = EightRows.at(R8);
        int start = asm.size();
        asm.copy(R8, RDI);
        for (int half = 0; half < 2; half++) {
            for (int r = 0; r < 16; r++) {
                asm.op(Op.LOAD, r, 0, row[r % 8]);
                if (r % 8 == 7) {
                    asm.address(R8, R8, RSI, 3); // eight rows on
                }
            }
            block(asm);
            for (int c = 0; c < 16; c++) {
                asm.op(Op.STORE, c, 0, new Operand.At(RCX, -1, 0, c * 2 * V + half * V));
            }
        }
        asm.add(RDI, V);
        asm.add(RCX, 32 * V);
        asm.add(RDX, -16);
        asm.compare(RDX, 16);
        asm.backIfNotLess(start);
        asm.pop(RBX);
        asm.end();
        return MachineCode.of(asm.finish());
    }

    /// Registers 0 to 15 become the columns of what they hold; 16 to 31 are lost.
    private static void block(Assembler asm) {
        for (int i = 0; i < 16; i += 2) {
            asm.op(Op.LOW, 16 + i, i, v(i + 1));
            asm.op(Op.HIGH, 17 + i, i, v(i + 1));
        }
        for (int g = 0; g < 16; g += 4) {
            int t = 16 + g;
            asm.op(Op.LOW_PAIRS, g, t, v(t + 2));
            asm.op(Op.HIGH_PAIRS, g + 1, t, v(t + 2));
            asm.op(Op.LOW_PAIRS, g + 2, t + 1, v(t + 3));
            asm.op(Op.HIGH_PAIRS, g + 3, t + 1, v(t + 3));
        }
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
    }
}
