package dev.ijen.cpu.x86;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes machine code for x86-64 with AVX-512: bytes of instructions, jumps, and a pool of constants behind them.
///
/// Source of the encodings: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapter 2.7 (EVEX).
/// Vector registers are numbered 0 to 31 (`zmm`), masks 0 to 7 (`k`), general registers 0 to 15 in the processor's order
/// (`rax rcx rdx rbx rsp rbp rsi rdi r8 …`).
final class Assembler {
    static final int RAX = 0;
    static final int RSP = 4;
    static final int RBP = 5;
    static final int RSI = 6;
    static final int RDI = 7;

    private final ByteArrayOutputStream code = new ByteArrayOutputStream(1024);
    private final List<Fix> fixes = new ArrayList<>();
    private final Map<Integer, Integer> pool = new LinkedHashMap<>(); // bits of a constant → its number

    /// A distance to a constant, to be filled in: where it stands, where its instruction ends, which constant.
    private record Fix(int at, int end, int constant) {}

    /// What an instruction reads last: a register, or a vector or one number in memory.
    sealed interface Operand {
        /// A vector register.
        record Vector(int register) implements Operand {}

        /// 64 bytes at a general register plus [#RAX].
        record Block(int base) implements Operand {}

        /// 64 bytes, or for an instruction that reads one number that number, at base + index · 2^scale + displacement.
        ///
        /// @param index a general register, or −1 for none
        record At(int base, int index, int scale, int displacement) implements Operand {}

        /// One number at a general register, in all lanes.
        record One(int base) implements Operand {}

        /// A constant of 32 bits, in all lanes.
        record Constant(int bits) implements Operand {}
    }

    static Operand v(int register) {
        return new Operand.Vector(register);
    }

    static Operand c(float x) {
        return new Operand.Constant(Float.floatToRawIntBits(x));
    }

    static Operand c(int bits) {
        return new Operand.Constant(bits);
    }

    int size() {
        return code.size();
    }

    void bytes(int... b) {
        for (int x : b) {
            code.write(x);
        }
    }

    private void int32(int x) {
        bytes(x, x >> 8, x >> 16, x >> 24);
    }

    /// An instruction in EVEX encoding, of 512 bits.
    ///
    /// @param op what it is
    /// @param to register of the result, a mask for comparisons, or the extension of the opcode for shifts
    /// @param a second register, or 0 where the instruction has none
    /// @param b last operand
    /// @param mask lanes the result is written to: a mask, or 0 for all
    /// @param zero true to clear the other lanes, false to leave them
    /// @param imm a byte at the end, or −1 for none
    void evex(Op op, int to, int a, Operand b, int mask, boolean zero, int imm) {
        int rm = 0;
        int x = 0; // bit 4 of a register operand
        boolean one = false;
        switch (b) {
            case Operand.Vector r -> {
                rm = r.register() & 15;
                x = r.register() >> 4;
            }
            case Operand.Block m -> rm = m.base();
            case Operand.At m -> {
                rm = m.base();
                x = m.index() < 0 ? 0 : m.index() >> 3;
            }
            case Operand.One m -> {
                rm = m.base();
                one = true;
            }
            case Operand.Constant _ -> one = true;
        }
        bytes(0x62,
                (~to >> 3 & 1) << 7 | (~x & 1) << 6 | (~(rm >> 3) & 1) << 5 | (~(to >> 4) & 1) << 4 | op.map,
                (~a & 15) << 3 | 4 | op.prefix,
                (zero ? 0x80 : 0) | 0x40 | (one && op.broadcasts() ? 0x10 : 0) | (~(a >> 4) & 1) << 3 | mask,
                op.code);
        int reg = (to & 7) << 3;
        int tail = imm >= 0 ? 1 : 0;
        switch (b) {
            case Operand.Vector _ -> bytes(0xc0 | reg | rm & 7);
            case Operand.At m -> {
                int index = m.index() < 0 ? RSP : m.index() & 7; // rsp stands for none
                bytes(0x84 | reg, m.scale() << 6 | index << 3 | rm & 7);
                int32(m.displacement());
            }
            case Operand.Block _ -> {
                // base + rax; a base with the low bits of rbp needs a displacement
                boolean bp = (rm & 7) == RBP;
                bytes((bp ? 0x44 : 0x04) | reg, RAX << 3 | rm & 7);
                if (bp) {
                    bytes(0);
                }
            }
            case Operand.One _ -> {
                boolean bp = (rm & 7) == RBP;
                boolean sp = (rm & 7) == RSP;
                bytes((bp ? 0x40 : 0) | reg | rm & 7);
                if (sp) {
                    bytes(0x24);
                }
                if (bp) {
                    bytes(0);
                }
            }
            case Operand.Constant k -> {
                bytes(0x05 | reg);
                int number = pool.computeIfAbsent(k.bits(), _ -> pool.size());
                fixes.add(new Fix(size(), size() + 4 + tail, number));
                int32(0);
            }
        }
        if (tail > 0) {
            bytes(imm);
        }
    }

    /// An instruction without mask and immediate.
    void op(Op op, int to, int a, Operand b) {
        evex(op, to, a, b, 0, false, -1);
    }

    /// An instruction with an immediate byte.
    void op(Op op, int to, int a, Operand b, int imm) {
        evex(op, to, a, b, 0, false, imm);
    }

    /// Copies a register.
    void move(int to, int from) {
        if (to != from) {
            op(Op.MOVE, to, 0, v(from));
        }
    }

    /// All lanes from one number in memory.
    void broadcast(int to, Operand one) {
        op(Op.BROADCAST, to, 0, one);
    }

    /// Reads 64 bytes, or the lanes of a mask with zeros elsewhere.
    void load(int to, int base, int mask) {
        evex(Op.LOAD, to, 0, new Operand.Block(base), mask, mask != 0, -1);
    }

    /// Writes 64 bytes, or the lanes of a mask.
    void store(int from, int base, int mask) {
        evex(Op.STORE, from, 0, new Operand.Block(base), mask, false, -1);
    }

    void push(int r) {
        if (r >= 8) {
            bytes(0x41);
        }
        bytes(0x50 | r & 7);
    }

    void pop(int r) {
        if (r >= 8) {
            bytes(0x41);
        }
        bytes(0x58 | r & 7);
    }

    /// `to = [base + displacement]`, 64 bits.
    void loadPointer(int to, int base, int displacement) {
        bytes(0x48 | to >> 3 << 2 | base >> 3, 0x8b, 0x80 | (to & 7) << 3 | base & 7);
        if ((base & 7) == RSP) {
            bytes(0x24);
        }
        int32(displacement);
    }

    /// `to = from`, 64 bits.
    void copy(int to, int from) {
        bytes(0x48 | from >> 3 << 2 | to >> 3, 0x89, 0xc0 | (from & 7) << 3 | to & 7);
    }

    /// `to = base + index · 2^scale`.
    void address(int to, int base, int index, int scale) {
        bytes(0x48 | to >> 3 << 2 | index >> 3 << 1 | base >> 3, 0x8d, 0x44 | (to & 7) << 3,
                scale << 6 | (index & 7) << 3 | base & 7, 0);
    }

    /// `register += other`.
    void addRegister(int register, int other) {
        bytes(0x48 | other >> 3 << 2 | register >> 3, 0x01, 0xc0 | (other & 7) << 3 | register & 7);
    }

    /// `register −= 1`, for [#backIfNotZero].
    void decrement(int register) {
        bytes(0x48 | register >> 3, 0xff, 0xc8 | register & 7);
    }

    /// Jumps back to a place if what was decremented is not 0.
    void backIfNotZero(int place) {
        bytes(0x0f, 0x85);
        int32(place - (size() + 4));
    }

    /// `register += value`.
    void add(int register, int value) {
        bytes(0x48 | register >> 3, 0x81, 0xc0 | register & 7);
        int32(value);
    }

    /// `register = 0`.
    void clear(int register) {
        bytes(0x48 | register >> 3 << 2 | register >> 3, 0x31, 0xc0 | (register & 7) << 3 | register & 7);
    }

    /// Compares a register with a value, for the jump that follows.
    void compare(int register, int value) {
        bytes(0x48 | register >> 3, 0x81, 0xf8 | register & 7);
        int32(value);
    }

    /// Jumps if less (signed); gives the place of the distance, for [#here].
    int jumpIfLess() {
        bytes(0x0f, 0x8c);
        int32(0);
        return size() - 4;
    }

    /// Jumps if less or equal (signed).
    int jumpIfNotGreater() {
        bytes(0x0f, 0x8e);
        int32(0);
        return size() - 4;
    }

    /// Jumps back to a place if greater or equal (signed).
    void backIfNotLess(int place) {
        bytes(0x0f, 0x8d);
        int32(place - (size() + 4));
    }

    private final List<int[]> jumps = new ArrayList<>();

    /// A jump made before comes here.
    void here(int jump) {
        jumps.add(new int[] {jump, size() - (jump + 4)});
    }

    /// Sets the lowest lanes of a mask, as many as the register says.
    ///
    /// @param work one of the first eight registers, whose number is lost
    void maskOf(int mask, int count, int work) {
        bits(work, count);
        moveToMask(mask, work);
    }

    /// As many of the register's lowest bits set as `count`, which is at most 32, says.
    void bits(int register, int count) {
        bytes(0xb8 | register); // mov register, −1
        int32(-1);
        bytes(0xc4, 0xe2, (~count & 15) << 3, 0xf5, 0xc0 | register << 3 | register); // bzhi
    }

    /// A mask from the low 16 bits of one of the first eight registers.
    void moveToMask(int mask, int register) {
        bytes(0xc5, 0xf8, 0x92, 0xc0 | mask << 3 | register);
    }

    /// Shifts the low 32 bits of one of the first eight registers to the right.
    void shiftRight(int register, int by) {
        bytes(0xc1, 0xe8 | register, by);
    }

    /// Leaves the upper halves of vector registers clean, and returns.
    void end() {
        bytes(0xc5, 0xf8, 0x77, 0xc3);
    }

    /// Begins the next instruction at a multiple of 64 bytes.
    void align() {
        while (size() % 64 != 0) {
            bytes(0x90);
        }
    }

    /// Everything, with constants and distances in place.
    byte[] finish() {
        align();
        int constants = size();
        pool.keySet().forEach(this::int32);
        var all = ByteBuffer.wrap(code.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        for (Fix f : fixes) {
            all.putInt(f.at(), constants + 4 * f.constant() - f.end());
        }
        for (int[] j : jumps) {
            all.putInt(j[0], j[1]);
        }
        return all.array();
    }
}
