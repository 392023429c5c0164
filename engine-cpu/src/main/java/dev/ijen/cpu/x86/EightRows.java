package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.R10;
import static dev.ijen.cpu.x86.Assembler.R11;
import static dev.ijen.cpu.x86.Assembler.RAX;
import static dev.ijen.cpu.x86.Assembler.RSI;

import dev.ijen.cpu.x86.Assembler.Operand;

/// Eight rows a step apart, which is in rsi: no instruction adds more than one register to a base.
final class EightRows {
    private EightRows() {}

    /// Three, five and seven steps to rax, r10 and r11, where they stay.
    static void steps(Assembler asm) {
        asm.address(RAX, RSI, RSI, 1);
        asm.address(R10, RSI, RSI, 2);
        asm.address(R11, RAX, RSI, 2);
    }

    /// Moves a general register on by one to eight rows.
    static void pass(Assembler asm, int register, int rows) {
        switch (rows) {
            case 1 -> asm.addRegister(register, RSI);
            case 2 -> asm.address(register, register, RSI, 1);
            case 3 -> asm.addRegister(register, RAX);
            case 4 -> asm.address(register, register, RSI, 2);
            case 5 -> asm.addRegister(register, R10);
            case 6 -> asm.address(register, register, RAX, 1);
            case 7 -> asm.addRegister(register, R11);
            case 8 -> asm.address(register, register, RSI, 3);
            default -> throw new IllegalArgumentException(rows + " rows");
        }
    }

    /// Their beginnings, the first one at a general register.
    static Operand[] at(int base) {
        return new Operand[] {
            new Operand.At(base, -1, 0, 0), new Operand.At(base, RSI, 0, 0), new Operand.At(base, RSI, 1, 0),
            new Operand.At(base, RAX, 0, 0), new Operand.At(base, RSI, 2, 0), new Operand.At(base, R10, 0, 0),
            new Operand.At(base, RAX, 1, 0), new Operand.At(base, R11, 0, 0)};
    }
}
