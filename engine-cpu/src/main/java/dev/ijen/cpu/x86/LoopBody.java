package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.c;
import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.x86.Assembler.Operand;
import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import java.util.Arrays;
import java.util.function.IntConsumer;

/// Writes what one pass through a [Loop] does: a vector of points, or the last few of them.
final class LoopBody {
    private static final int ABS = 0x7fffffff;
    private static final int SIGN = Integer.MIN_VALUE;

    private final Loop loop;
    private final Vectors asm;
    private final Values values;
    private final Registers registers;
    private final VectorMath math;
    private final int[] register; // of each value, or −1
    private final int[] lastUse;
    private final boolean[] exact;

    /// Where values come from and go to.
    interface Values {
        /// Where a value that is not computed lies: a vector, or one number for all points.
        Operand at(int value);

        /// True if it lies there as bfloat16.
        boolean half(int value);

        /// The register that holds it all the time, or −1.
        int held(int value);

        /// Of the points that there are, or 0 for all.
        int edge();

        /// A value has been computed; its register may be used for something else later.
        void computed(int value, int register);
    }

    /// @param registers that are free, and are again when all is written
    LoopBody(Loop loop, Vectors asm, Registers registers, Values values) {
        this.loop = loop;
        this.asm = asm;
        this.values = values;
        this.registers = registers;
        math = new VectorMath(asm, registers);
        exact = Exact.of(loop.body(), loop.same());
        register = new int[loop.body().size()];
        Arrays.fill(register, -1);
        lastUse = new int[register.length];
        for (int i : loop.computed()) {
            lastUse[i] = i;
            for (int o : loop.body().get(i).operands()) {
                lastUse[loop.same()[o]] = i;
            }
        }
    }

    void write() {
        for (int i : loop.computed()) {
            Instr instr = loop.body().get(i);
            int to = registers.take();
            switch (instr) {
                case Instr.Unary u when u.type() == DType.F32 -> unary(u, to);
                case Instr.Unary u -> whole(u, to);
                case Instr.Binary b when b.f().comparison() -> truth(b, to);
                case Instr.Binary b when b.f() == BinaryFn.MAX || b.f() == BinaryFn.MIN -> extreme(b, to);
                case Instr.Binary b when b.f() == BinaryFn.SHL || b.f() == BinaryFn.SHR -> shift(b, to);
                case Instr.Binary b -> arithmetic(b, to);
                case Instr.Select s -> select(s, to);
                case Instr.Cast k -> cast(k, to);
                case Instr.Load _,Instr.Imm _,Instr.Index _,Instr.Random _ ->
                        throw new IllegalArgumentException(instr.toString());
            }
            register[i] = to;
            values.computed(i, to);
            release(instr, i);
        }
    }

    private void release(Instr instr, int i) {
        for (int o : instr.operands()) {
            free(loop.same()[o], i);
        }
        free(i, i);
    }

    private void free(int value, int i) {
        if (lastUse[value] <= i && register[value] >= 0) {
            registers.give(register[value]);
            register[value] = -1;
        }
    }

    /// A value in a register, where it stays until its last use.
    private int in(int value) {
        int u = loop.same()[value];
        if (values.held(u) >= 0) {
            return values.held(u);
        }
        if (register[u] < 0) {
            register[u] = registers.take();
            load(register[u], u);
        }
        return register[u];
    }

    private void load(int to, int u) {
        Operand o = one(u);
        if (o != null) {
            asm.broadcast(to, o);
        } else if (!values.half(u)) {
            asm.load(to, values.at(u), values.edge());
        } else if (values.at(u) instanceof Operand.One number) {
            asm.broadcastHalf(to, number);
        } else {
            asm.loadHalves(to, values.at(u));
        }
    }

    /// A value that is not computed, in a register; before all else.
    ///
    /// @param use what is done with the register
    void read(int value, IntConsumer use) {
        use.accept(in(value));
        free(loop.same()[value], 0);
    }

    /// A float or an int that is the same for all points, or null.
    private Operand one(int u) {
        if (loop.body().get(u) instanceof Instr.Imm m) {
            return m.type() == DType.F32 ? c((float) m.real()) : c((int) m.whole());
        }
        return values.held(u) < 0 && values.at(u) instanceof Operand.One o && !values.half(u) ? o : null;
    }

    /// A value as the last operand of an instruction.
    private Operand last(int value) {
        int u = loop.same()[value];
        Operand o = register[u] < 0 ? one(u) : null;
        return o != null ? o : v(in(value));
    }

    private void unary(Instr.Unary u, int to) {
        int x = in(u.a());
        switch (u.f()) {
            case NEG -> asm.op(Op.XOR_I, to, x, c(SIGN));
            case ABS -> asm.op(Op.AND_I, to, x, c(ABS));
            case SIGN -> {
                asm.move(to, x);
                where(to, x, Op.GT, 1f);
                where(to, x, Op.LT, -1f);
            }
            case RELU -> {
                asm.move(to, x);
                where(to, x, Op.LE, 0f);
            }
            case FLOOR -> asm.op(Op.ROUND, to, 0, v(x), 9);
            case CEIL -> asm.op(Op.ROUND, to, 0, v(x), 10);
            case ROUND -> asm.op(Op.ROUND, to, 0, v(x), 8);
            case SQRT -> asm.op(Op.SQRT, to, 0, v(x));
            case RECIP -> {
                asm.broadcast(to, c(1f));
                asm.op(Op.DIV, to, to, v(x));
            }
            case EXP -> math.exp(to, x);
            case EXPM1 -> math.expm1(to, x);
            case LOG -> math.log(to, x);
            case LOG1P -> math.log1p(to, x);
            case TANH -> math.tanh(to, x);
            case SIGMOID -> math.sigmoid(to, x);
            case ERF -> math.erf(to, x);
            case SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH, NOT -> throw new IllegalArgumentException(u.toString());
        }
    }

    /// Sets the result to a number where x compares so with 0.
    private void where(int to, int x, int predicate, float number) {
        asm.compare(x, c(0f), predicate);
        asm.set(to, c(number));
    }

    private void whole(Instr.Unary u, int to) {
        int x = in(u.a());
        switch (u.f()) {
            case NEG -> {
                asm.op(Op.XOR_I, to, to, v(to));
                asm.op(Op.SUB_I, to, to, v(x));
            }
            case ABS -> asm.op(Op.ABS_I, to, 0, v(x));
            case SIGN -> {
                asm.op(Op.MIN_I, to, x, c(1));
                asm.op(Op.MAX_I, to, to, c(-1));
            }
            case RELU -> asm.op(Op.MAX_I, to, x, c(0));
            case NOT -> {
                asm.compareInts(x, c(0), Op.EQ_I);
                asm.ones(to);
            }
            case FLOOR, CEIL, ROUND, SQRT, RECIP, EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, ERF, SIN, COS, TAN, ASIN, ACOS,
                    ATAN, SINH, COSH ->
                    throw new IllegalArgumentException(u.toString());
        }
    }

    private void truth(Instr.Binary b, int to) {
        boolean real = b.of() == DType.F32;
        int predicate = switch (b.f()) {
            case EQ -> real ? Op.EQ : Op.EQ_I;
            case NE -> real ? Op.NE : Op.NE_I;
            case LT -> real ? Op.LT : Op.LT_I;
            case LE -> real ? Op.LE : Op.LE_I;
            case GT -> real ? Op.GT : Op.GT_I;
            case GE -> real ? Op.GE : Op.GE_I;
            case ADD, SUB, MUL, DIV, MOD, POW, ATAN2, MAX, MIN, AND, OR, XOR, SHL, SHR ->
                    throw new IllegalArgumentException(b.toString());
        };
        int x = in(b.a());
        Operand y = last(b.b());
        if (real) {
            asm.compare(x, y, predicate);
        } else {
            asm.compareInts(x, y, predicate);
        }
        asm.ones(to);
    }

    private void arithmetic(Instr.Binary b, int to) {
        boolean real = b.of() == DType.F32;
        Op op = switch (b.f()) {
            case ADD -> real ? Op.ADD : Op.ADD_I;
            case SUB -> real ? Op.SUB : Op.SUB_I;
            case MUL -> real ? Op.MUL : Op.MUL_I;
            case DIV -> Op.DIV;
            case AND -> Op.AND_I;
            case OR -> Op.OR_I;
            case XOR -> Op.XOR_I;
            case MOD, POW, ATAN2, MAX, MIN, SHL, SHR, EQ, NE, LT, LE, GT, GE ->
                    throw new IllegalArgumentException(b.toString());
        };
        int x = in(b.a());
        asm.op(op, to, x, last(b.b()));
    }

    /// By the low five bits of the distance, as in Java.
    private void shift(Instr.Binary b, int to) {
        int x = in(b.a());
        asm.op(Op.AND_I, to, in(b.b()), c(31));
        asm.op(b.f() == BinaryFn.SHL ? Op.SHL_I : Op.SHR_I, to, x, v(to));
    }

    /// Greatest or least: NaN wins, −0 is less than 0. The processor's own instruction gives its second operand when both are 0
    /// or one is NaN, so the operands are put in order by sign first.
    private void extreme(Instr.Binary b, int to) {
        boolean max = b.f() == BinaryFn.MAX;
        if (b.of() == DType.I32) {
            int x = in(b.a());
            asm.op(max ? Op.MAX_I : Op.MIN_I, to, x, last(b.b()));
            return;
        }
        int x = in(b.a());
        int y = in(b.b());
        int first = registers.take();
        asm.signs(x);
        asm.blend(first, max ? y : x, v(max ? x : y));
        asm.blend(to, max ? x : y, v(max ? y : x));
        asm.op(max ? Op.MAX : Op.MIN, to, first, v(to));
        asm.compare(first, v(first), Op.UNORDERED);
        asm.take(to, first);
        registers.give(first);
    }

    private void select(Instr.Select s, int to) {
        int condition = in(s.c());
        asm.notZero(condition);
        int other = in(s.b());
        asm.blend(to, other, last(s.a()));
    }

    private void cast(Instr.Cast k, int to) {
        int x = in(k.a());
        if (k.to() == DType.BF16 && exact[loop.same()[k.a()]]) {
            asm.move(to, x);
        } else if (k.to() == DType.BF16) {
            asm.roundToHalf(to, x);
        } else if (k.to() == DType.BOOL) {
            if (k.from() == DType.F32) {
                asm.compare(x, c(0f), Op.NE);
            } else {
                asm.notZero(x);
            }
            asm.ones(to);
        } else {
            asm.op(Op.TO_FLOAT, to, 0, v(x));
        }
    }
}
