package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.RAX;
import static dev.ijen.cpu.x86.Assembler.RDI;
import static dev.ijen.cpu.x86.Assembler.RSI;
import static dev.ijen.cpu.x86.Assembler.RSP;
import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.x86.Assembler.Operand;

/// The innermost step of a product of floats in machine code: c = from + a · b for some rows of c by 32 columns, all sums in
/// registers. Each sum is a chain of fused multiply-adds in the order of p, as in the Vector API's kernels: the same bits.
public final class Tile {
    /// Most rows: 16 sums, two vectors of b, one number of a.
    public static final int ROWS = 8;

    private static final int V = 64;
    private static final int RDX = 2;
    private static final int RCX = 1;
    private static final int RBX = 3;
    private static final int R8 = 8;
    private static final int R9 = 9;
    private static final int R10 = 10;
    private static final int R11 = 11;
    private static final int SAVED = 8; // bytes pushed before the arguments on the stack are read

    private static final int A = 31;
    private static final int B = 29; // and 30

    private Tile() {}

    /// For full strips. Arguments: a, step between its rows, step along p, b, step between its rows, k ≥ 1, from, step between
    /// its rows, c, step between its rows, and one that is not used; addresses and steps in bytes.
    ///
    /// @return null if machine code can't be made here
    public static MachineCode full(int rows) {
        return MachineCode.of(write(rows, false));
    }

    /// The same for the first columns of a strip, whose number is the last argument. Nothing outside these is touched.
    public static MachineCode part(int rows) {
        return MachineCode.of(write(rows, true));
    }

    private static byte[] write(int rows, boolean masked) {
        var asm = new Assembler();
        int k1 = masked ? 1 : 0;
        int k2 = masked ? 2 : 0;
        asm.push(RBX);
        if (masked) {
            asm.loadPointer(R10, RSP, SAVED + 40);
            asm.bits(RAX, R10);
            asm.moveToMask(k1, RAX);
            asm.shiftRight(RAX, 16);
            asm.moveToMask(k2, RAX);
        }
        // sums begin with from
        asm.loadPointer(R10, RSP, SAVED + 8);
        asm.loadPointer(R11, RSP, SAVED + 16);
        for (int r = 0; r < rows; r++) {
            load(asm, 2 * r, R10, 0, k1);
            load(asm, 2 * r + 1, R10, V, k2);
            asm.addRegister(R10, R11);
        }
        asm.address(RAX, RSI, RSI, 1); // 3, 5 and 7 steps
        asm.address(R10, RSI, RSI, 2);
        asm.address(R11, RAX, RSI, 2);
        Operand[] row = {
            new Operand.At(RDI, -1, 0, 0), new Operand.At(RDI, RSI, 0, 0), new Operand.At(RDI, RSI, 1, 0),
            new Operand.At(RDI, RAX, 0, 0), new Operand.At(RDI, RSI, 2, 0), new Operand.At(RDI, R10, 0, 0),
            new Operand.At(RDI, RAX, 1, 0), new Operand.At(RDI, R11, 0, 0)};
        asm.align();
        int start = asm.size();
        load(asm, B, RCX, 0, k1);
        load(asm, B + 1, RCX, V, k2);
        for (int r = 0; r < rows; r++) {
            asm.broadcast(A, row[r]);
            asm.op(Op.FMA231, 2 * r, A, v(B));
            asm.op(Op.FMA231, 2 * r + 1, A, v(B + 1));
        }
        asm.addRegister(RDI, RDX);
        asm.addRegister(RCX, R8);
        asm.decrement(R9);
        asm.backIfNotZero(start);
        asm.loadPointer(R10, RSP, SAVED + 24);
        asm.loadPointer(R11, RSP, SAVED + 32);
        for (int r = 0; r < rows; r++) {
            store(asm, 2 * r, R10, 0, k1);
            store(asm, 2 * r + 1, R10, V, k2);
            asm.addRegister(R10, R11);
        }
        asm.pop(RBX);
        asm.end();
        return asm.finish();
    }

    /// One row by four strips that begin some bytes apart. Arguments: a, step along p, b, step between strips, step between
    /// rows of b, k ≥ 1, from, step between its strips, c, step between its strips, and one that is not used.
    ///
    /// @return null if machine code can't be made here
    public static MachineCode four() {
        var asm = new Assembler();
        asm.push(RBX);
        asm.loadPointer(R10, RSP, SAVED + 8);
        asm.loadPointer(R11, RSP, SAVED + 16);
        for (int s = 0; s < 4; s++) {
            load(asm, 2 * s, R10, 0, 0);
            load(asm, 2 * s + 1, R10, V, 0);
            asm.addRegister(R10, R11);
        }
        asm.address(RAX, RCX, RCX, 1);
        asm.align();
        int start = asm.size();
        asm.broadcast(A, new Operand.At(RDI, -1, 0, 0));
        for (int half = 0; half < 2; half++) {
            int d = half * V;
            asm.op(Op.FMA231, half, A, new Operand.At(RDX, -1, 0, d));
            asm.op(Op.FMA231, 2 + half, A, new Operand.At(RDX, RCX, 0, d));
            asm.op(Op.FMA231, 4 + half, A, new Operand.At(RDX, RCX, 1, d));
            asm.op(Op.FMA231, 6 + half, A, new Operand.At(RDX, RAX, 0, d));
        }
        asm.addRegister(RDI, RSI);
        asm.addRegister(RDX, R8);
        asm.decrement(R9);
        asm.backIfNotZero(start);
        asm.loadPointer(R10, RSP, SAVED + 24);
        asm.loadPointer(R11, RSP, SAVED + 32);
        for (int s = 0; s < 4; s++) {
            store(asm, 2 * s, R10, 0, 0);
            store(asm, 2 * s + 1, R10, V, 0);
            asm.addRegister(R10, R11);
        }
        asm.pop(RBX);
        asm.end();
        return MachineCode.of(asm.finish());
    }

    private static void load(Assembler asm, int to, int base, int displacement, int mask) {
        asm.evex(Op.LOAD, to, 0, new Operand.At(base, -1, 0, displacement), mask, mask != 0, -1);
    }

    private static void store(Assembler asm, int from, int base, int displacement, int mask) {
        asm.evex(Op.STORE, from, 0, new Operand.At(base, -1, 0, displacement), mask, false, -1);
    }
}
