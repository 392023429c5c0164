package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.R10;
import static dev.ijen.cpu.x86.Assembler.R11;
import static dev.ijen.cpu.x86.Assembler.R12;
import static dev.ijen.cpu.x86.Assembler.R13;
import static dev.ijen.cpu.x86.Assembler.R14;
import static dev.ijen.cpu.x86.Assembler.R15;
import static dev.ijen.cpu.x86.Assembler.R8;
import static dev.ijen.cpu.x86.Assembler.R9;
import static dev.ijen.cpu.x86.Assembler.RAX;
import static dev.ijen.cpu.x86.Assembler.RBP;
import static dev.ijen.cpu.x86.Assembler.RBX;
import static dev.ijen.cpu.x86.Assembler.RCX;
import static dev.ijen.cpu.x86.Assembler.RDI;
import static dev.ijen.cpu.x86.Assembler.RDX;
import static dev.ijen.cpu.x86.Assembler.RSI;
import static dev.ijen.cpu.x86.Assembler.RSP;
import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.x86.Assembler.Operand;

/// The innermost step of a product of floats in machine code: c = from + a · b for some rows of c by two vectors of columns, all sums in
/// registers. Each sum is a chain of fused multiply-adds in the order of p, as in the Vector API's kernels: the same bits.
///
/// @param target that the processor has
public record Tile(Target target) {
    private static final int SAVED = 8; // bytes pushed before the arguments on the stack are read

    /// Most rows: so many that two sums of each, two vectors of b and one number of a fit the registers, and that addresses can tell.
    public int rows() {
        return Math.min(8, (target.registers() - 3) / 2);
    }

    /// Columns of a strip.
    public int strip() {
        return 2 * target.lanes();
    }

    /// The register with a number of a in all lanes.
    int a() {
        return target.registers() - 1;
    }

    /// The first of two registers with a row of b.
    int b() {
        return target.registers() - 3;
    }

    /// For full strips. Arguments: a, step between its rows, step along p, b, step between its rows, k ≥ 1, from, step between
    /// its rows, c, step between its rows, and one that is not used; addresses and steps in bytes.
    ///
    /// @return null if machine code can't be made here
    public MachineCode full(int rows) {
        return MachineCode.of(write(rows, false));
    }

    /// The same for the first columns of a strip, whose number is the last argument. Nothing outside these is touched.
    public MachineCode part(int rows) {
        return MachineCode.of(write(rows, true));
    }

    private byte[] write(int rows, boolean part) {
        var asm = target.vectors();
        int k1 = part ? 1 : 0;
        int k2 = part ? 2 : 0;
        asm.push(RBX);
        if (part) {
            asm.loadPointer(R10, RSP, SAVED + 40);
            asm.edges(R10, RAX, k1, k2);
        }
        // sums begin with from
        asm.loadPointer(R10, RSP, SAVED + 8);
        asm.loadPointer(R11, RSP, SAVED + 16);
        for (int r = 0; r < rows; r++) {
            load(asm, 2 * r, R10, 0, k1);
            load(asm, 2 * r + 1, R10, asm.width(), k2);
            asm.addRegister(R10, R11);
        }
        EightRows.steps(asm);
        products(asm, rows, RDI, k1, k2);
        asm.loadPointer(R10, RSP, SAVED + 24);
        asm.loadPointer(R11, RSP, SAVED + 32);
        for (int r = 0; r < rows; r++) {
            store(asm, 2 * r, R10, 0, k1);
            store(asm, 2 * r + 1, R10, asm.width(), k2);
            asm.addRegister(R10, R11);
        }
        asm.pop(RBX);
        asm.end();
        return asm.finish();
    }

    /// For groups of [#rows] rows, one after the other. Arguments as those of [#full], and last the number of groups.
    ///
    /// @return null if machine code can't be made here
    public MachineCode groups() {
        var asm = target.vectors();
        int[] saved = {RBX, RBP, R12, R13, R14, R15};
        asm.push(saved);
        int stack = 8 * saved.length;
        EightRows.steps(asm);
        asm.loadPointer(R12, RSP, stack + 8); // from
        asm.loadPointer(R13, RSP, stack + 24); // c
        asm.copy(R14, RCX); // b
        asm.copy(R15, R9); // k
        int next = asm.size();
        asm.copy(RBP, RDI); // this group's a
        asm.copy(RCX, R14);
        asm.copy(R9, R15);
        asm.loadPointer(RBX, RSP, stack + 16);
        for (int r = 0; r < rows(); r++) {
            load(asm, 2 * r, R12, 0, 0);
            load(asm, 2 * r + 1, R12, asm.width(), 0);
            asm.addRegister(R12, RBX);
        }
        products(asm, rows(), RBP, 0, 0);
        asm.loadPointer(RBX, RSP, stack + 32);
        for (int r = 0; r < rows(); r++) {
            store(asm, 2 * r, R13, 0, 0);
            store(asm, 2 * r + 1, R13, asm.width(), 0);
            asm.addRegister(R13, RBX);
        }
        EightRows.pass(asm, RDI, rows());
        asm.loadPointer(RBX, RSP, stack + 40);
        asm.decrement(RBX);
        asm.storePointer(RBX, RSP, stack + 40);
        asm.compare(RBX, 1);
        asm.backIfNotLess(next);
        asm.pop(saved);
        asm.end();
        return MachineCode.of(asm.finish());
    }

    /// The loop over p: adds the products of some rows of a, which begin at a register, and the strip of b to the sums.
    private void products(Vectors asm, int rows, int a, int k1, int k2) {
        Operand[] row = EightRows.at(a);
        asm.align();
        int start = asm.size();
        load(asm, b(), RCX, 0, k1);
        load(asm, b() + 1, RCX, asm.width(), k2);
        for (int r = 0; r < rows; r++) {
            asm.broadcast(a(), row[r]);
            asm.op(Op.FMA231, 2 * r, a(), v(b()));
            asm.op(Op.FMA231, 2 * r + 1, a(), v(b() + 1));
        }
        asm.addRegister(a, RDX);
        asm.addRegister(RCX, R8);
        asm.decrement(R9);
        asm.backIfNotZero(start);
    }

    /// One row by four strips that begin some bytes apart. Arguments: a, step along p, b, step between strips, step between
    /// rows of b, k ≥ 1, from, step between its strips, c, step between its strips, and one that is not used.
    ///
    /// @return null if machine code can't be made here
    public MachineCode four() {
        var asm = target.vectors();
        asm.push(RBX);
        asm.loadPointer(R10, RSP, SAVED + 8);
        asm.loadPointer(R11, RSP, SAVED + 16);
        for (int s = 0; s < 4; s++) {
            load(asm, 2 * s, R10, 0, 0);
            load(asm, 2 * s + 1, R10, asm.width(), 0);
            asm.addRegister(R10, R11);
        }
        asm.address(RAX, RCX, RCX, 1);
        asm.align();
        int start = asm.size();
        asm.broadcast(a(), new Operand.At(RDI, -1, 0, 0));
        for (int half = 0; half < 2; half++) {
            int d = half * asm.width();
            asm.op(Op.FMA231, half, a(), new Operand.At(RDX, -1, 0, d));
            asm.op(Op.FMA231, 2 + half, a(), new Operand.At(RDX, RCX, 0, d));
            asm.op(Op.FMA231, 4 + half, a(), new Operand.At(RDX, RCX, 1, d));
            asm.op(Op.FMA231, 6 + half, a(), new Operand.At(RDX, RAX, 0, d));
        }
        asm.addRegister(RDI, RSI);
        asm.addRegister(RDX, R8);
        asm.decrement(R9);
        asm.backIfNotZero(start);
        asm.loadPointer(R10, RSP, SAVED + 24);
        asm.loadPointer(R11, RSP, SAVED + 32);
        for (int s = 0; s < 4; s++) {
            store(asm, 2 * s, R10, 0, 0);
            store(asm, 2 * s + 1, R10, asm.width(), 0);
            asm.addRegister(R10, R11);
        }
        asm.pop(RBX);
        asm.end();
        return MachineCode.of(asm.finish());
    }

    private static void load(Vectors asm, int to, int base, int displacement, int edge) {
        asm.load(to, new Operand.At(base, -1, 0, displacement), edge);
    }

    private static void store(Vectors asm, int from, int base, int displacement, int edge) {
        asm.store(from, new Operand.At(base, -1, 0, displacement), edge);
    }
}
