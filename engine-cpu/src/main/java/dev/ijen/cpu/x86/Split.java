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
import static dev.ijen.cpu.x86.Assembler.c;
import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.x86.Assembler.Operand;
import java.util.List;

/// Products of floats on tiles of bfloat16. Every float is the sum of three bfloat16, without error: x = x₀ + x₁ + x₂, each what is left rounded to eight bits.
/// Of the nine products of parts the three smallest, together less than 2⁻²² and about 2⁻²⁵ of the whole, are left out; the other six are added up in floats, the
/// small ones first. In the mean errors are less than those of a chain of multiply-adds in floats, whose every sum is rounded.
///
/// Where an operand is infinite or NaN, the results that it belongs to are NaN, and a vector of 16 floats tells that there was one.
///
/// Operands are packed in groups of 16 rows of a or columns of b; a group has, for each 32 numbers along the sum, three tiles of 1 KB, one for each part. In a
/// tile, number p stands beside number p + 16.
public final class Split {
    /// Rows of a, or columns of b, in a group.
    public static final int GROUP = 16;
    /// Numbers along the sum in a tile.
    public static final int STEP = 32;
    /// Bytes of a group for one step.
    public static final int STEP_BYTES = 3 << 10;

    private static final int TILE = 1 << 10;
    private static final int LINE = 64;

    private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};
    private static final int STACK = 8 * SAVED.length;
    // arguments of a product on the stack
    private static final int C = STACK + 8;
    private static final int LDC = STACK + 16;
    private static final int TILES = STACK + 24;
    private static final int BLOCKS = STACK + 32;

    // vector registers of the packing
    private static final int FOUND = 30;
    private static final int ZERO = 29;
    private static final int TOP = 31;
    private static final int HALF = 28;

    private Split() {}

    /// Why there are no such products here; empty if there are.
    public static String reason() {
        return MachineCode.reason().isEmpty() ? Amx.reason() : MachineCode.reason();
    }

    /// What tiles are set up with: eight of 16 rows of 64 bytes.
    public static byte[] configuration() {
        var bytes = new byte[64];
        bytes[0] = 1;
        for (int t = 0; t < 8; t++) {
            bytes[16 + 2 * t] = LINE;
            bytes[48 + t] = GROUP;
        }
        return bytes;
    }

    /// Packs rows of tiles: lines of 16 tiles or more that are neighbours in what is read, times as often as is said.
    ///
    /// Arguments: where from; bytes from line to line; how many tiles; where to; a vector that becomes NaN where a number is not finite; bytes from tile to
    /// tile of what is packed; how many rows of tiles; bytes from one to the next of what is packed; and three that are not used.
    ///
    /// @param along true if numbers along the sum are neighbours in memory: then tiles are those of a group, and rows of them are groups; else tiles are those of one
    /// step of neighbouring groups, and rows of them are steps
    /// @param turned true if a line of a tile is to have what lies apart in memory
    /// @return null if machine code can't be made here
    public static MachineCode pack(boolean along, boolean turned) {
        Vectors asm = Target.AVX512.vectors();
        int[] saved = {RBX, RBP, R12, R13};
        int stack = 8 * saved.length;
        asm.push(saved);
        asm.loadPointer(RBP, RSP, stack + 8);
        asm.copy(R12, RSI);
        for (int i = 0; i < 4; i++) {
            asm.addRegister(R12, R12); // 16 lines on
        }
        int next = asm.size();
        asm.op(Op.BROADCAST, TOP, 0, c(0xffff0000));
        asm.op(Op.BROADCAST, HALF, 0, c(0x8000));
        asm.op(Op.XOR_I, ZERO, ZERO, v(ZERO));
        load(asm, FOUND, R8, 0);
        asm.clear(R11);
        asm.add(R11, GROUP);
        asm.copy(R13, RCX);
        int line = asm.size();
        asm.copy(RAX, RDI);
        asm.copy(R10, R13);
        asm.copy(RBX, RDX);
        asm.align();
        int tile = asm.size();
        load(asm, 0, RAX, 0);
        asm.load(1, along ? new Operand.At(RAX, -1, 0, LINE) : new Operand.At(RAX, R12, 0, 0), 0);
        parts(asm, 0, 2, 4);
        parts(asm, 1, 3, 5);
        asm.op(Op.AND_I, 1, 1, v(TOP)); // what is left of a tiny number has bits below
        int[][] pairs = {{2, 3}, {4, 5}, {0, 1}};
        for (int p = 0; p < pairs.length; p++) {
            asm.op(Op.SHIFT_I, Op.SHIFT_RIGHT_UNSIGNED, pairs[p][0], v(pairs[p][0]), 16);
            asm.op(Op.OR_I, pairs[p][0], pairs[p][0], v(pairs[p][1]));
            store(asm, pairs[p][0], R10, p * TILE);
        }
        asm.add(RAX, along ? STEP * Float.BYTES : LINE);
        asm.addRegister(R10, R9);
        asm.decrement(RBX);
        asm.backIfNotZero(tile);
        asm.addRegister(RDI, RSI);
        asm.add(R13, LINE);
        asm.decrement(R11);
        asm.backIfNotZero(line);
        store(asm, FOUND, R8, 0);
        if (turned) {
            asm.copy(R13, RCX);
            asm.copy(RBX, RDX);
            int turn = asm.size();
            for (int p = 0; p < 3; p++) {
                turn(asm, p * TILE);
            }
            asm.addRegister(R13, R9);
            asm.decrement(RBX);
            asm.backIfNotZero(turn);
        }
        if (!along) {
            asm.addRegister(RDI, R12);
        }
        asm.loadPointer(RAX, RSP, stack + 16);
        asm.addRegister(RCX, RAX);
        asm.decrement(RBP);
        asm.backIfNotZero(next);
        asm.pop(saved);
        asm.end();
        return MachineCode.of(asm.finish());
    }

    /// `x = x₂`, and the two other parts.
    private static void parts(Vectors asm, int x, int first, int second) {
        for (int part : new int[] {first, second}) {
            asm.op(Op.ADD_I, part, x, v(HALF)); // rounds to nearest
            asm.op(Op.AND_I, part, part, v(TOP));
            asm.op(Op.SUB, x, x, v(part));
        }
        asm.op(Op.FMA231, FOUND, x, v(ZERO));
    }

    /// Turns a tile of 16 × 16 pairs at r13 round.
    private static void turn(Vectors asm, int displacement) {
        for (int r = 0; r < GROUP; r++) {
            load(asm, r, R13, displacement + r * LINE);
        }
        Transpose.pairs(asm, GROUP);
        int first = Transpose.quarters(asm);
        for (int r = 0; r < GROUP; r++) {
            store(asm, first + r, R13, displacement + r * LINE);
        }
    }

    private static void load(Vectors asm, int to, int base, int displacement) {
        asm.load(to, new Operand.At(base, -1, 0, displacement), 0);
    }

    private static void store(Vectors asm, int from, int base, int displacement) {
        asm.store(from, new Operand.At(base, -1, 0, displacement), 0);
    }

    /// Blocks of two groups of a by strips of two groups of b: 32 rows of c for each block and 32 columns for each strip.
    ///
    /// Arguments: a; bytes from group to group, of both operands; b; bytes from strip to strip; how many steps; how many strips; c; bytes between rows of c;
    /// the configuration of tiles; how many blocks; and one that is not used.
    ///
    /// @param add true if c is added to, false if it is written over
    /// @return null if machine code can't be made here
    public static MachineCode product(boolean add) {
        var asm = Target.AVX512.vectors();
        asm.push(SAVED);
        asm.loadPointer(R13, RSP, LDC);
        asm.loadPointer(RAX, RSP, TILES);
        Amx.configure(asm, RAX);
        asm.clear(R14);
        asm.add(R14, LINE);
        // places of arguments that are in registers now keep what every block begins with
        asm.storePointer(R9, RSP, LDC);
        asm.storePointer(RDX, RSP, TILES);
        int block = asm.size();
        asm.loadPointer(R9, RSP, LDC);
        asm.loadPointer(RDX, RSP, TILES);
        asm.loadPointer(R12, RSP, C);
        int next = asm.size();
        asm.address(RBP, R12, R13, 3);
        asm.address(RBP, RBP, R13, 3);
        for (int t = 0; t < 4; t++) {
            if (add) {
                Amx.load(asm, t, t < 2 ? R12 : RBP, R13, t % 2 * LINE);
            } else {
                Amx.zero(asm, t);
            }
        }
        steps(asm, List.of(new int[] {0, 2}, new int[] {0, 1}, new int[] {1, 1}, new int[] {1, 0}, new int[] {2, 0}));
        steps(asm, List.of(new int[] {0, 0}));
        for (int t = 0; t < 4; t++) {
            Amx.store(asm, t, t < 2 ? R12 : RBP, R13, t % 2 * LINE);
        }
        asm.addRegister(RDX, RCX);
        asm.add(R12, 2 * LINE);
        asm.decrement(R9);
        asm.backIfNotZero(next);
        asm.address(RDI, RDI, RSI, 1);
        asm.loadPointer(R12, RSP, C);
        for (int i = 0; i < 4; i++) {
            asm.address(R12, R12, R13, 3); // eight rows on
        }
        asm.storePointer(R12, RSP, C);
        asm.loadPointer(RAX, RSP, BLOCKS);
        asm.decrement(RAX);
        asm.storePointer(RAX, RSP, BLOCKS); // leaves the flags alone
        asm.backIfNotZero(block);
        Amx.release(asm);
        asm.pop(SAVED);
        asm.end();
        return MachineCode.of(asm.finish());
    }

    /// Goes along the sum once, with products of these parts of a and b. A tile is read just before it is needed, and stays while the next product has the
    /// same part.
    private static void steps(Assembler asm, List<int[]> products) {
        asm.copy(RAX, RDI);
        asm.address(R10, RDI, RSI, 0);
        asm.copy(R11, RDX);
        asm.address(RBX, RDX, RSI, 0);
        asm.copy(R15, R8);
        asm.align();
        int start = asm.size();
        int a = -1;
        int b = -1;
        for (int[] p : products) {
            boolean newA = p[0] != a;
            boolean newB = p[1] != b;
            a = p[0];
            b = p[1];
            tile(asm, newA, 4, RAX, a);
            tile(asm, newB, 6, R11, b);
            Amx.product(asm, 0, 4, 6);
            tile(asm, newB, 7, RBX, b);
            Amx.product(asm, 1, 4, 7);
            tile(asm, newA, 5, R10, a);
            Amx.product(asm, 2, 5, 6);
            Amx.product(asm, 3, 5, 7);
        }
        for (int r : new int[] {RAX, R10, R11, RBX}) {
            asm.add(r, STEP_BYTES);
        }
        asm.decrement(R15);
        asm.backIfNotZero(start);
    }

    private static void tile(Assembler asm, boolean wanted, int tile, int base, int part) {
        if (wanted) {
            Amx.load(asm, tile, base, R14, part * TILE);
        }
    }
}
