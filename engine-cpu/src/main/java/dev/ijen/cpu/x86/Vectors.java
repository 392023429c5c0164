package dev.ijen.cpu.x86;

/// Writes instructions on vectors of 32-bit numbers: what loops and tiles are made of, whatever the width of the vectors, the number of
/// registers and what masks are.
///
/// Masks choose lanes. There is one to work with, [#K], for comparisons and what depends on them, and others of the last lanes of something, the
/// *edges* 1 to 3, for reading and writing memory; 0 stands for all lanes.
abstract sealed class Vectors extends Assembler permits Avx512, Avx2 {
    /// The mask to work with.
    static final int K = 1;

    /// Lanes of a vector.
    abstract int lanes();

    /// Bytes of a vector.
    final int width() {
        return 4 * lanes();
    }

    /// Registers that a loop may use for what it likes.
    abstract Registers registers();

    /// An instruction.
    ///
    /// @param op what it is; not a comparison, nor one that belongs to one encoding only
    /// @param to register of the result, or the extension of the opcode for shifts by a constant
    /// @param a second register, or 0 where the instruction has none
    /// @param b last operand
    /// @param imm a byte at the end, or −1 for none
    abstract void op(Op op, int to, int a, Operand b, int imm);

    /// An instruction without immediate.
    final void op(Op op, int to, int a, Operand b) {
        op(op, to, a, b, -1);
    }

    /// An instruction in the lanes of the mask; the others of the result stay. Not one that reads the result.
    abstract void where(Op op, int to, int a, Operand b);

    /// Sets the mask's lanes to a constant.
    final void set(int to, Operand constant) {
        where(Op.BROADCAST, to, 0, constant);
    }

    /// Sets the mask's lanes to those of a register.
    final void take(int to, int from) {
        where(Op.MOVE, to, 0, v(from));
    }

    /// `to = b` in the mask's lanes, a in the others.
    abstract void blend(int to, int a, Operand b);

    /// 1 in the mask's lanes, 0 in the others, as ints.
    abstract void ones(int to);

    /// The mask: where floats compare so.
    ///
    /// @param predicate such as [Op#LT]
    abstract void compare(int a, Operand b, int predicate);

    /// The mask: where ints compare so.
    ///
    /// @param predicate such as [Op#LT_I]
    abstract void compareInts(int a, Operand b, int predicate);

    /// The mask: where ints are not 0.
    abstract void notZero(int x);

    /// The mask for blends: where signs are set.
    abstract void signs(int x);

    /// Makes edges of neighbouring vectors: as many of their lanes, from the first on, as a general register says. Nothing may be pushed while they
    /// are in use.
    ///
    /// @param work one of the first eight general registers, whose number is lost
    abstract void edges(int count, int work, int... edges);

    /// Reads a vector, or the lanes of an edge with zeros elsewhere.
    abstract void load(int to, Operand at, int edge);

    /// Writes a vector, or the lanes of an edge.
    abstract void store(int from, Operand at, int edge);

    /// Reads numbers of bfloat16, which are the high halves of floats.
    final void loadHalves(int to, Operand at) {
        op(Op.WIDEN, to, 0, at);
        op(Op.SHIFT_I, Op.SHIFT_LEFT, to, v(to), 16);
    }

    /// All lanes from one number of bfloat16 in memory.
    final void broadcastHalf(int to, Operand one) {
        op(Op.SPREAD_HALVES, to, 0, one);
        op(Op.SHIFT_I, Op.SHIFT_LEFT, to, v(to), 16);
    }

    /// `to` = the nearest number of bfloat16, as a float: to even, small numbers kept, NaN made quiet.
    ///
    /// @param to another register than x
    void roundToHalf(int to, int x) {
        // half a last place less one, and one more where the last place is odd
        op(Op.SHIFT_I, Op.SHIFT_RIGHT_UNSIGNED, to, v(x), 16);
        op(Op.AND_I, to, to, c(1));
        op(Op.ADD_I, to, to, v(x));
        op(Op.ADD_I, to, to, c(0x7fff));
        compare(x, v(x), Op.UNORDERED);
        where(Op.OR_I, to, x, c(0x400000));
        op(Op.AND_I, to, to, c(0xffff0000));
    }

    /// Writes floats that are numbers of bfloat16 as such.
    ///
    /// @param work a register whose contents are lost; may be that of the numbers
    final void storeHalves(int from, Operand at, int work) {
        op(Op.SHIFT_I, Op.SHIFT_RIGHT_UNSIGNED, work, v(from), 16);
        storeLow(work, at);
    }

    /// Writes the low halves of lanes, one after the other; the high ones are 0.
    ///
    /// @param from a register whose contents are lost
    abstract void storeLow(int from, Operand at);

    /// Copies a register.
    final void move(int to, int from) {
        if (to != from) {
            op(Op.MOVE, to, 0, v(from));
        }
    }

    /// All lanes from one number in memory.
    final void broadcast(int to, Operand one) {
        op(Op.BROADCAST, to, 0, one);
    }

    /// Combines lanes that are half a vector apart, and so on until those of 128 bits are left.
    ///
    /// @param op commutative
    /// @param work a register whose contents are lost
    abstract void parts(Op op, int x, int work);

    /// Leaves in every lane what combines all of them, in the order of `F32Fold`: those that are half a vector apart, then half of that.
    ///
    /// @param op commutative
    /// @param work a register whose contents are lost
    final void all(Op op, int x, int work) {
        parts(op, x, work);
        op(Op.ANY, work, 0, v(x), 0x4e);
        op(op, x, x, v(work));
        op(Op.ANY, work, 0, v(x), 0xb1);
        op(op, x, x, v(work));
    }

    /// Adds the number at a general register to the first lane.
    ///
    /// @param x one of the first 16 registers
    final void addOne(int x, int base) {
        one(x, x, base, 0x58);
    }

    /// Writes the first lane.
    ///
    /// @param from one of the first 16 registers
    final void storeOne(int from, int base) {
        one(from, 0, base, 0x11);
    }

    /// `vaddss` or `vmovss` in VEX encoding, which processors with AVX-512 have, too; at [base + 0].
    private void one(int x, int a, int base, int code) {
        bytes(0xc4, (~x >> 3 & 1) << 7 | 0x40 | (~base >> 3 & 1) << 5 | 1, (~a & 15) << 3 | 2, code,
                0x40 | (x & 7) << 3 | base & 7);
        if ((base & 7) == RSP) {
            bytes(0x24);
        }
        bytes(0);
    }
}
