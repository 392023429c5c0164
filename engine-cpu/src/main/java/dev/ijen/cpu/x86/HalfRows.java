package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.R10;
import static dev.ijen.cpu.x86.Assembler.R11;
import static dev.ijen.cpu.x86.Assembler.R8;
import static dev.ijen.cpu.x86.Assembler.R9;
import static dev.ijen.cpu.x86.Assembler.RAX;
import static dev.ijen.cpu.x86.Assembler.RCX;
import static dev.ijen.cpu.x86.Assembler.RDI;
import static dev.ijen.cpu.x86.Assembler.RDX;
import static dev.ijen.cpu.x86.Assembler.RSI;

import dev.ijen.cpu.x86.Assembler.Operand;

/// Rows of bfloat16 as floats, and back, in machine code.
///
/// Arguments: from, bytes from row to row there, to, bytes from row to row there, rows ≥ 1, whole vectors of floats in a row ≥ 1.
public final class HalfRows {
    private HalfRows() {}

    /// From bfloat16; null if machine code can't be made here.
    public static MachineCode widen(Target target) {
        return write(target, true);
    }

    /// To the nearest bfloat16; null if machine code can't be made here.
    public static MachineCode narrow(Target target) {
        return write(target, false);
    }

    private static MachineCode write(Target target, boolean widens) {
        var asm = target.vectors();
        int half = asm.width() / 2;
        int row = asm.size();
        asm.copy(R10, RDI);
        asm.copy(R11, RDX);
        asm.copy(RAX, R9);
        asm.align();
        int vector = asm.size();
        var from = new Operand.At(R10, -1, 0, 0);
        var to = new Operand.At(R11, -1, 0, 0);
        if (widens) {
            asm.loadHalves(0, from);
            asm.store(0, to, 0);
        } else {
            asm.load(0, from, 0);
            asm.roundToHalf(1, 0);
            asm.storeHalves(1, to, 1);
        }
        asm.add(R10, widens ? half : asm.width());
        asm.add(R11, widens ? asm.width() : half);
        asm.decrement(RAX);
        asm.backIfNotZero(vector);
        asm.addRegister(RDI, RSI);
        asm.addRegister(RDX, RCX);
        asm.decrement(R8);
        asm.backIfNotZero(row);
        asm.end();
        return MachineCode.of(asm.finish());
    }
}
