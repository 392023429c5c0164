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

/// Large products in machine code: groups of rows by a packed strip of b, four steps along p at once, and the packing of operands whose rows lie along
/// the result's. The sums are those of [Tile], in the same order: the same bits.
///
/// @param tile that has the sizes
public record Panels(Tile tile) {
    /// Steps along p of one turn of the loop.
    public static final int STEPS = 4;

    private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};
    private static final int STACK = 8 * SAVED.length;

    /// c = from + a · b for groups of [Tile#rows] rows, one after the other, by one strip of b, whose rows lie one after the other.
    ///
    /// Arguments: a; a step; a quarter of k; the strip; the rest of k; how many groups; from, step between its rows; c, step between its rows; and one that is
    /// not used. Addresses and steps are in bytes.
    ///
    /// @param packed true if a group's numbers lie column by column, without gaps, and the step is from group to group; else its rows lie
    /// along p, and the step is from row to row
    /// @return null if machine code can't be made here
    public MachineCode product(boolean packed) {
        var asm = tile.target().vectors();
        int rows = tile.rows();
        asm.push(SAVED);
        EightRows.steps(asm);
        asm.loadPointer(R12, RSP, STACK + 8); // from
        asm.loadPointer(R13, RSP, STACK + 24); // c
        asm.copy(R14, RCX); // b
        int next = asm.size();
        asm.copy(RBP, RDI); // this group's a
        asm.copy(RCX, R14);
        asm.loadPointer(RBX, RSP, STACK + 16);
        for (int r = 0; r < rows; r++) {
            load(asm, 2 * r, R12, 0);
            load(asm, 2 * r + 1, R12, asm.width());
            asm.addRegister(R12, RBX);
        }
        steps(asm, packed, RDX, STEPS);
        steps(asm, packed, R8, 1);
        asm.loadPointer(RBX, RSP, STACK + 32);
        for (int r = 0; r < rows; r++) {
            store(asm, 2 * r, R13, 0);
            store(asm, 2 * r + 1, R13, asm.width());
            asm.addRegister(R13, RBX);
        }
        if (packed) {
            asm.addRegister(RDI, RSI);
        } else {
            EightRows.pass(asm, RDI, rows);
        }
        asm.decrement(R9);
        asm.backIfNotZero(next);
        asm.pop(SAVED);
        asm.end();
        return MachineCode.of(asm.finish());
    }

    /// As often as a register says, some steps along p; the group's a is at rbp and b at rcx.
    private void steps(Vectors asm, boolean packed, int count, int unroll) {
        int rows = tile.rows();
        int a = tile.a();
        int b = tile.b();
        asm.copy(R15, count);
        asm.compare(R15, 1);
        int none = asm.jumpIfLess();
        asm.align();
        int start = asm.size();
        Operand[] row = EightRows.at(RBP);
        for (int u = 0; u < unroll; u++) {
            load(asm, b, RCX, 2 * u * asm.width());
            load(asm, b + 1, RCX, (2 * u + 1) * asm.width());
            for (int r = 0; r < rows; r++) {
                var first = (Operand.At) row[r];
                asm.broadcast(a, packed
                        ? new Operand.At(RBP, -1, 0, Float.BYTES * (u * rows + r))
                        : new Operand.At(RBP, first.index(), first.scale(), Float.BYTES * u));
                asm.op(Op.FMA231, 2 * r, a, v(b));
                asm.op(Op.FMA231, 2 * r + 1, a, v(b + 1));
            }
        }
        asm.add(RBP, Float.BYTES * unroll * (packed ? rows : 1));
        asm.add(RCX, 2 * unroll * asm.width());
        asm.decrement(R15);
        asm.backIfNotZero(start);
        asm.here(none);
    }

    /// Copies rows to pieces of some bytes, those of neighbouring rows one after the other. Pieces are copied in whole vectors: what is too much is
    /// written over by the next row's, and needs room behind the last.
    ///
    /// Arguments: where from, step between rows, how many pieces of a row ≥ 1, where to, step between pieces, how many rows ≥ 1, how far ahead lines
    /// are asked for, and four that are not used.
    ///
    /// @return null if machine code can't be made here
    public MachineCode pack(int bytes) {
        var asm = tile.target().vectors();
        int vectors = Math.ceilDiv(bytes, asm.width());
        asm.push(RBX);
        asm.loadPointer(RBX, RSP, 8 + 8);
        int next = asm.size();
        asm.copy(RAX, RDI);
        asm.copy(R10, RCX);
        asm.copy(R11, RDX);
        asm.align();
        int start = asm.size();
        for (int x = 0; x < vectors; x++) {
            load(asm, x, RAX, x * asm.width());
        }
        asm.prefetch(RAX, RBX);
        for (int x = 0; x < vectors; x++) {
            store(asm, x, R10, x * asm.width());
        }
        asm.add(RAX, bytes);
        asm.addRegister(R10, R8);
        asm.decrement(R11);
        asm.backIfNotZero(start);
        asm.addRegister(RDI, RSI);
        asm.add(RCX, bytes);
        asm.decrement(R9);
        asm.backIfNotZero(next);
        asm.pop(RBX);
        asm.end();
        return MachineCode.of(asm.finish());
    }

    private static void load(Vectors asm, int to, int base, int displacement) {
        asm.load(to, new Operand.At(base, -1, 0, displacement), 0);
    }

    private static void store(Vectors asm, int from, int base, int displacement) {
        asm.store(from, new Operand.At(base, -1, 0, displacement), 0);
    }
}
