package dev.ijen.cpu.x86;

import java.util.List;
import java.util.stream.IntStream;

/// Vectors of 256 bits in VEX encoding (Software Developer's Manual, volume 2, chapter 2.3), with AVX2 and FMA: registers 0 to 15 (`ymm`).
///
/// There are no masks but vectors whose lanes are all ones or 0. That to work with is a register, edges are kept below the stack's end, where 128 bytes belong
/// to a function that calls none, and constants are vectors in the pool. What one number in memory stands for in all lanes is brought to a register first.
final class Avx2 extends Vectors {
    private static final int MASK = 15;
    private static final int SCRATCH = 12; // so that the last ones are free together

    @Override
    int lanes() {
        return 8;
    }

    @Override
    Registers registers() {
        return new Registers(IntStream.range(0, MASK).filter(r -> r != SCRATCH));
    }

    @Override
    void op(Op op, int to, int a, Operand b, int imm) {
        vex(op, to, a, op.broadcasts() ? wide(b) : b, imm);
    }

    /// An operand as a vector.
    private Operand wide(Operand b) {
        if (b instanceof Operand.One || b instanceof Operand.OneAt) {
            vex(Op.BROADCAST, SCRATCH, 0, b, -1);
            return v(SCRATCH);
        }
        return b;
    }

    @Override
    void where(Op op, int to, int a, Operand b) {
        if (op == Op.MOVE || op == Op.BROADCAST) {
            blend(to, to, b);
        } else {
            op(op, SCRATCH, a, b);
            blend(to, to, v(SCRATCH));
        }
    }

    @Override
    void blend(int to, int a, Operand b) {
        vex(Op.CHOOSE, to, a, wide(b), MASK << 4);
    }

    @Override
    void ones(int to) {
        op(Op.AND_I, to, MASK, c(1));
    }

    @Override
    void compare(int a, Operand b, int predicate) {
        op(Op.COMPARE, MASK, a, b, predicate);
    }

    @Override
    void compareInts(int a, Operand b, int predicate) {
        switch (predicate) {
            case Op.EQ_I, Op.NE_I -> op(Op.EQUAL_I, MASK, a, b);
            case Op.GT_I, Op.LE_I -> op(Op.GREATER_I, MASK, a, b);
            case Op.LT_I, Op.GE_I -> {
                int other = SCRATCH;
                switch (b) {
                    case Operand.Vector r -> other = r.register();
                    case Operand.Constant _,Operand.One _,Operand.OneAt _ -> broadcast(SCRATCH, b);
                    case Operand.Block _,Operand.At _ -> load(SCRATCH, b, 0);
                }
                op(Op.GREATER_I, MASK, other, v(a));
            }
            default -> throw new IllegalArgumentException("predicate " + predicate);
        }
        if (predicate == Op.NE_I || predicate == Op.LE_I || predicate == Op.GE_I) {
            op(Op.XOR_I, MASK, MASK, c(-1));
        }
    }

    @Override
    void notZero(int x) {
        compareInts(x, c(0), Op.NE_I);
    }

    /// Lanes are chosen by their sign.
    @Override
    void signs(int x) {
        move(MASK, x);
    }

    @Override
    void edges(int count, int work, int... edges) {
        copy(work, count);
        for (int edge : edges) {
            vex(Op.FROM_GENERAL, SCRATCH, 0, v(work), -1);
            vex(Op.SPREAD_I, SCRATCH, 0, v(SCRATCH), -1);
            op(Op.GREATER_I, SCRATCH, SCRATCH, new Operand.Constant(0, 1));
            vex(Op.STORE, SCRATCH, 0, place(edge), -1);
            add(work, -lanes());
        }
    }

    private Operand place(int edge) {
        return new Operand.At(RSP, -1, 0, -width() * edge);
    }

    @Override
    void load(int to, Operand at, int edge) {
        if (edge == 0) {
            vex(Op.LOAD, to, 0, at, -1);
        } else {
            vex(Op.LOAD, SCRATCH, 0, place(edge), -1);
            vex(Op.LOAD_LANES, to, SCRATCH, at, -1);
        }
    }

    @Override
    void store(int from, Operand at, int edge) {
        if (edge == 0) {
            vex(Op.STORE, from, 0, at, -1);
        } else {
            vex(Op.LOAD, SCRATCH, 0, place(edge), -1);
            vex(Op.STORE_LANES, from, SCRATCH, at, -1);
        }
    }

    @Override
    void storeLow(int from, Operand at) {
        op(Op.HALVES, SCRATCH, from, v(from), 1);
        op(Op.PACK, from, from, v(SCRATCH));
        op(Op.STORE_FIRST, from, 0, at);
    }

    @Override
    void parts(Op op, int x, int work) {
        op(Op.HALVES, work, x, v(x), 1);
        op(op, x, x, v(work));
    }

    /// An instruction in VEX encoding; in the short form of the prefix where that can say it.
    private void vex(Op op, int to, int a, Operand b, int imm) {
        int r = ~to >> 3 & 1;
        int x = b instanceof Operand.At m && m.index() >= 0 ? ~(m.index() >> 3) & 1 : 1;
        int base = ~(base(b) >> 3) & 1;
        int length = op == Op.FROM_GENERAL || op == Op.STORE_FIRST ? 0 : 4;
        int last = (~a & 15) << 3 | length | op.prefix & 3;
        if (op.map == 1 && x == 1 && base == 1) {
            bytes(0xc5, r << 7 | last, op.code);
        } else {
            bytes(0xc4, r << 7 | x << 6 | base << 5 | op.map, last, op.code);
        }
        List<Integer> words = b instanceof Operand.Constant k
                ? IntStream.range(0, lanes()).mapToObj(i -> k.bits() + i * k.step()).toList()
                : List.of();
        operands(to, b, words, imm >= 0 ? 1 : 0);
        if (imm >= 0) {
            bytes(imm);
        }
    }
}
