package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.R10;
import static dev.ijen.cpu.x86.Assembler.R11;
import static dev.ijen.cpu.x86.Assembler.R8;
import static dev.ijen.cpu.x86.Assembler.R9;
import static dev.ijen.cpu.x86.Assembler.RAX;
import static dev.ijen.cpu.x86.Assembler.RBX;
import static dev.ijen.cpu.x86.Assembler.RCX;
import static dev.ijen.cpu.x86.Assembler.RDI;
import static dev.ijen.cpu.x86.Assembler.RDX;
import static dev.ijen.cpu.x86.Assembler.RSI;
import static dev.ijen.cpu.x86.Assembler.RSP;
import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.x86.Assembler.Operand;

/// Copies rows of floats, with zeros before and after each, in machine code.
public record PaddedRows(MachineCode code, int lanes) {
    private static final int[] SAVED = {RBX};
    private static final int STACK = 8 * SAVED.length + 8; // bytes before the arguments on the stack
    private static final int ROW = 1; // edges
    private static final int LEFT = 2;
    private static final int RIGHT = 3;

    /// Null if machine code can't be made here.
    public static PaddedRows of(Target target) {
        var asm = target.vectors();
        asm.push(SAVED);
        edge(asm, STACK, ROW);
        edge(asm, STACK + 16, LEFT);
        edge(asm, STACK + 32, RIGHT);
        asm.op(Op.XOR_I, 0, 0, v(0));
        int row = asm.size();
        asm.copy(RBX, RDX);
        pass(asm, STACK + 8, LEFT, -1);
        asm.copy(R10, RDI);
        asm.copy(RAX, R9);
        pass(asm, -1, ROW, R10);
        pass(asm, STACK + 24, RIGHT, -1);
        asm.addRegister(RDI, RSI);
        asm.addRegister(RDX, RCX);
        asm.decrement(R8);
        asm.backIfNotZero(row);
        asm.pop(SAVED);
        asm.end();
        var code = MachineCode.of(asm.finish());
        return code == null ? null : new PaddedRows(code, target.lanes());
    }

    private static void edge(Vectors asm, int argument, int edge) {
        asm.loadPointer(RBX, RSP, argument);
        asm.edges(RBX, RAX, edge);
    }

    /// Whole vectors, as many as an argument on the stack says or rax where that is none, and the lanes of an edge.
    ///
    /// @param from where they are read; −1 for zeros
    private static void pass(Vectors asm, int argument, int edge, int from) {
        if (edge != ROW) {
            asm.loadPointer(RAX, RSP, argument);
        }
        asm.compare(RAX, 0);
        int none = asm.jumpIfNotGreater();
        int vector = asm.size();
        move(asm, from, 0);
        asm.decrement(RAX);
        asm.backIfNotZero(vector);
        asm.here(none);
        move(asm, from, edge);
        // on by the lanes of the edge
        int lanes = edge == ROW ? STACK : argument + 8;
        asm.loadPointer(R11, RSP, lanes);
        asm.address(RBX, RBX, R11, 2);
    }

    private static void move(Vectors asm, int from, int edge) {
        int to = 0;
        if (from >= 0) {
            to = 1;
            asm.load(1, new Operand.At(from, -1, 0, 0), edge);
        }
        asm.store(to, new Operand.At(RBX, -1, 0, 0), edge);
        if (edge == 0) {
            asm.add(RBX, asm.width());
            if (from >= 0) {
                asm.add(from, asm.width());
            }
        }
    }

    /// Copies rows.
    ///
    /// @param step bytes from row to row where they lie
    /// @param next bytes from row to row where they go
    /// @param rows ≥ 1
    /// @param numbers of a row
    /// @param left zeros before a row
    /// @param right zeros after it
    public void run(long from, long step, long to, long next, int rows, int numbers, int left, int right) {
        code.run(from, step, to, next, rows, numbers / lanes, numbers % lanes, left / lanes, left % lanes,
                right / lanes, right % lanes);
    }
}
