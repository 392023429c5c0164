package dev.ijen.cpu.x86;

import java.util.List;
import java.util.stream.IntStream;

/// Vectors of 512 bits in EVEX encoding (Software Developer's Manual, volume 2, chapter 2.7): registers 0 to 31 (`zmm`), masks 1 to 7 (`k`), and any last
/// operand may be one number in memory.
final class Avx512 extends Vectors {
    private static final int REGISTERS = 32;

    @Override
    int lanes() {
        return 16;
    }

    @Override
    Registers registers() {
        return new Registers(IntStream.range(0, REGISTERS));
    }

    @Override
    void op(Op op, int to, int a, Operand b, int imm) {
        evex(op, to, a, b, 0, false, imm);
    }

    @Override
    void where(Op op, int to, int a, Operand b) {
        evex(op, to, a, b, K, false, -1);
    }

    @Override
    void blend(int to, int a, Operand b) {
        evex(Op.BLEND, to, a, b, K, false, -1);
    }

    @Override
    void ones(int to) {
        evex(Op.BROADCAST, to, 0, c(1), K, true, -1);
    }

    @Override
    void compare(int a, Operand b, int predicate) {
        op(Op.COMPARE, K, a, b, predicate);
    }

    @Override
    void compareInts(int a, Operand b, int predicate) {
        op(Op.COMPARE_I, K, a, b, predicate);
    }

    @Override
    void notZero(int x) {
        op(Op.TEST_I, K, x, v(x), -1);
    }

    @Override
    void signs(int x) {
        op(Op.SIGNS, K, 0, v(x), -1);
    }

    @Override
    void edges(int count, int work, int... edges) {
        bits(work, count);
        for (int i = 0; i < edges.length; i++) {
            if (i > 0) {
                shiftRight(work, lanes());
            }
            bytes(0xc5, 0xf8, 0x92, 0xc0 | edges[i] << 3 | work); // kmovw
        }
    }

    @Override
    void load(int to, Operand at, int edge) {
        evex(Op.LOAD, to, 0, at, edge, edge != 0, -1);
    }

    @Override
    void store(int from, Operand at, int edge) {
        evex(Op.STORE, from, 0, at, edge, false, -1);
    }

    /// The same bits by one instruction less: the mask says where the last place is odd.
    @Override
    void roundToHalf(int to, int x) {
        op(Op.TEST_I, K, x, c(0x10000), -1);
        op(Op.ADD_I, to, x, c(0x7fff));
        where(Op.ADD_I, to, x, c(0x8000));
        compare(x, v(x), Op.UNORDERED);
        where(Op.OR_I, to, x, c(0x400000));
        op(Op.AND_I, to, to, c(0xffff0000));
    }

    @Override
    void storeLow(int from, Operand at) {
        op(Op.NARROW, from, 0, at);
    }

    /// Makes an edge of neighbouring lanes that are not the first ones.
    ///
    /// @param work one of the first eight general registers, whose number is lost
    void lanes(int edge, int from, int count, int work) {
        clear(work);
        add(work, (1 << count) - 1 << from);
        bytes(0xc5, 0xf8, 0x92, 0xc0 | edge << 3 | work); // kmovw
    }

    @Override
    void parts(Op op, int x, int work) {
        op(Op.PARTS, work, x, v(x), 0x4e);
        op(op, x, x, v(work));
        op(Op.PARTS, work, x, v(x), 0xb1);
        op(op, x, x, v(work));
    }

    /// An instruction in EVEX encoding.
    ///
    /// @param to register of the result, a mask for comparisons, or the extension of the opcode for shifts
    /// @param mask lanes the result is written to, or 0 for all
    /// @param zero true to clear the other lanes, false to leave them
    private void evex(Op op, int to, int a, Operand b, int mask, boolean zero, int imm) {
        int rm = base(b);
        int x = 0; // bit 4 of a register operand, or bit 3 of an index
        boolean one = false;
        List<Integer> words = List.of();
        switch (b) {
            case Operand.Vector r -> x = r.register() >> 4;
            case Operand.At m -> x = m.index() < 0 ? 0 : m.index() >> 3;
            case Operand.Block _ -> {}
            case Operand.One _,Operand.OneAt _ -> one = true;
            case Operand.Constant k -> {
                one = true;
                words = List.of(k.bits());
            }
        }
        bytes(0x62,
                (~to >> 3 & 1) << 7 | (~x & 1) << 6 | (~(rm >> 3) & 1) << 5 | (~(to >> 4) & 1) << 4 | op.map,
                (~a & 15) << 3 | 4 | op.prefix,
                (zero ? 0x80 : 0) | 0x40 | (one && op.broadcasts() ? 0x10 : 0) | (~(a >> 4) & 1) << 3 | mask,
                op.code);
        operands(to, b, words, imm >= 0 ? 1 : 0);
        if (imm >= 0) {
            bytes(imm);
        }
    }
}
