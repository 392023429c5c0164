package dev.ijen.cpu.x86;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Writes machine code for x86-64: bytes of instructions, jumps, and a pool of constants behind them. Instructions on vectors are added
/// by [Vectors].
///
/// Source of the encodings: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2. General registers are numbered
/// 0 to 15 in the processor's order (`rax rcx rdx rbx rsp rbp rsi rdi r8 …`).
abstract class Assembler {
    static final int RAX = 0;
    static final int RCX = 1;
    static final int RDX = 2;
    static final int RBX = 3;
    static final int RSP = 4;
    static final int RBP = 5;
    static final int RSI = 6;
    static final int RDI = 7;
    static final int R8 = 8;
    static final int R9 = 9;
    static final int R10 = 10;
    static final int R11 = 11;
    static final int R12 = 12;
    static final int R13 = 13;
    static final int R14 = 14;
    static final int R15 = 15;

    private final ByteArrayOutputStream code = new ByteArrayOutputStream(1024);
    private final List<Fix> fixes = new ArrayList<>();
    private final SequencedMap<List<Integer>, Integer> pool = new LinkedHashMap<>(); // a constant's words → its number
    private final List<int[]> jumps = new ArrayList<>();

    /// A distance to a constant, to be filled in: where it stands, where its instruction ends, which constant.
    private record Fix(int at, int end, int constant) {}

    /// What an instruction reads last: a register, or a vector or one number in memory.
    sealed interface Operand {
        /// A vector register.
        record Vector(int register) implements Operand {}

        /// A vector at a general register plus [#RAX].
        record Block(int base) implements Operand {}

        /// A vector, or for an instruction that reads one number that number, at base + index · 2^scale + displacement.
        ///
        /// @param index a general register, or −1 for none
        record At(int base, int index, int scale, int displacement) implements Operand {}

        /// One number at a general register, in all lanes.
        record One(int base) implements Operand {}

        /// One number at a general register and some bytes, in all lanes.
        record OneAt(int base, int displacement) implements Operand {}

        /// A constant of 32 bits in the first lane, more by `step` from lane to lane.
        record Constant(int bits, int step) implements Operand {}
    }

    static Operand v(int register) {
        return new Operand.Vector(register);
    }

    static Operand c(float x) {
        return c(Float.floatToRawIntBits(x));
    }

    static Operand c(int bits) {
        return new Operand.Constant(bits, 0);
    }

    final int size() {
        return code.size();
    }

    final void bytes(int... b) {
        for (int x : b) {
            code.write(x);
        }
    }

    private void int32(int x) {
        bytes(x, x >> 8, x >> 16, x >> 24);
    }

    /// The register that is an instruction's last operand, or the base of its place in memory; 0 for a constant.
    static int base(Operand b) {
        return switch (b) {
            case Operand.Vector r -> r.register();
            case Operand.Block m -> m.base();
            case Operand.At m -> m.base();
            case Operand.One m -> m.base();
            case Operand.OneAt m -> m.base();
            case Operand.Constant _ -> 0;
        };
    }

    /// The bytes that name an instruction's result and its last operand.
    ///
    /// @param to register of the result, or what stands in its place
    /// @param words of a constant in the pool
    /// @param tail bytes that follow
    final void operands(int to, Operand b, List<Integer> words, int tail) {
        int reg = (to & 7) << 3;
        int rm = base(b);
        switch (b) {
            case Operand.Vector _ -> bytes(0xc0 | reg | rm & 7);
            case Operand.At m -> {
                int index = m.index() < 0 ? RSP : m.index() & 7; // rsp stands for none
                bytes(0x84 | reg, m.scale() << 6 | index << 3 | rm & 7);
                int32(m.displacement());
            }
            case Operand.OneAt m -> {
                bytes(0x80 | reg | rm & 7);
                if ((rm & 7) == RSP) {
                    bytes(0x24);
                }
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
            case Operand.Constant _ -> {
                bytes(0x05 | reg);
                int number = pool.computeIfAbsent(words, _ -> pool.size());
                fixes.add(new Fix(size(), size() + 4 + tail, number));
                int32(0);
            }
        }
    }

    /// Registers, one after the other.
    void push(int... registers) {
        for (int r : registers) {
            stack(0x50, r);
        }
    }

    /// Registers as they were pushed: the last of them first.
    void pop(int... registers) {
        for (int k = registers.length - 1; k >= 0; k--) {
            stack(0x58, registers[k]);
        }
    }

    private void stack(int operation, int r) {
        if (r >= 8) {
            bytes(0x41);
        }
        bytes(operation | r & 7);
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

    /// Asks for the line at `base + index` before it is read.
    void prefetch(int base, int index) {
        bytes(0x40 | index >> 3 << 1 | base >> 3, 0x0f, 0x18, 0x4c, (index & 7) << 3 | base & 7, 0); // prefetcht0
    }

    /// Asks for the line at `base + index + ahead` before it is read.
    void prefetch(int base, int index, int ahead) {
        bytes(0x40 | index >> 3 << 1 | base >> 3, 0x0f, 0x18, 0x8c, (index & 7) << 3 | base & 7); // prefetcht0
        int32(ahead);
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

    /// `[base + displacement] = from`, 64 bits.
    void storePointer(int from, int base, int displacement) {
        bytes(0x48 | from >> 3 << 2 | base >> 3, 0x89, 0x80 | (from & 7) << 3 | base & 7);
        if ((base & 7) == RSP) {
            bytes(0x24);
        }
        int32(displacement);
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

    /// A jump made before comes here.
    void here(int jump) {
        jumps.add(new int[] {jump, size() - (jump + 4)});
    }

    /// As many of the register's lowest bits set as `count`, which is at most 32, says.
    void bits(int register, int count) {
        bytes(0xb8 | register); // mov register, −1
        int32(-1);
        bytes(0xc4, 0xe2, (~count & 15) << 3, 0xf5, 0xc0 | register << 3 | register); // bzhi
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
        pool.keySet().forEach(words -> words.forEach(this::int32));
        int each = pool.isEmpty() ? 0 : 4 * pool.firstEntry().getKey().size(); // all are as long
        var all = ByteBuffer.wrap(code.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        for (Fix f : fixes) {
            all.putInt(f.at(), constants + each * f.constant() - f.end());
        }
        for (int[] j : jumps) {
            all.putInt(j[0], j[1]);
        }
        return all.array();
    }
}
