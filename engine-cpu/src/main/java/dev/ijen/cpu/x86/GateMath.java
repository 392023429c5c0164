package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.c;
import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.math.F32Constants;
import dev.ijen.cpu.x86.Assembler.Operand;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// The activations of recurrent gates in machine code: instruction by instruction what `F32Gates` computes, to the same bits. Several at once are
/// written side by side, because each is a long chain: the processor's schedulers are full before it comes to the next. Constants stay in registers
/// where there are enough of them.
final class GateMath {
    private static final int SIGN = Integer.MIN_VALUE;
    private static final int BIAS = 127 - Float.floatToRawIntBits(F32Constants.MAGIC);
    /// Beyond, the sigmoid is 1; and 0, because 2ᵏ is infinite.
    private static final float SIGMOID_ONE = -87;
    private static final float SIGMOID_ZERO = 88.8f;
    /// Beyond, tanh is −1 or 1.
    private static final float TANH_END = 9.1f;

    private final Vectors asm;
    private final Map<Integer, Integer> kept = new HashMap<>();

    /// One of those that are computed together.
    ///
    /// @param x register with the argument, which becomes the result
    /// @param y register to work in
    /// @param t another
    record Gate(boolean tanh, int x, int y, int t) {}

    /// Brings as many constants to registers as are left, once others have been taken.
    GateMath(Vectors asm, Registers registers, int left) {
        this.asm = asm;
        float[] exp = F32Constants.exp();
        IntStream.concat(
                IntStream.of(
                        bits(F32Constants.MAGIC), bits(F32Constants.LOG2E), bits(-F32Constants.LN2_HI),
                        bits(-F32Constants.LN2_LO), bits(1), BIAS),
                IntStream.concat(
                        IntStream.range(0, exp.length).map(i -> bits(exp[i])),
                        IntStream.of(SIGN, bits(SIGMOID_ONE), bits(SIGMOID_ZERO), bits(TANH_END), bits(-TANH_END),
                                bits(2))))
                .limit(left)
                .forEach(k -> {
                    int r = registers.take();
                    asm.broadcast(r, c(k));
                    kept.put(k, r);
                });
    }

    private static int bits(float x) {
        return Float.floatToRawIntBits(x);
    }

    /// A constant as a last operand.
    private Operand word(int bits) {
        Integer r = kept.get(bits);
        return r == null ? c(bits) : v(r);
    }

    private Operand k(float x) {
        return word(bits(x));
    }

    /// A constant in a register, to be changed.
    private void set(int to, float x) {
        Integer r = kept.get(bits(x));
        if (r == null) {
            asm.broadcast(to, c(x));
        } else {
            asm.move(to, r);
        }
    }

    /// `to = op(constant, b)`.
    private void with(Op op, int to, float a, int b, int work) {
        Integer r = kept.get(bits(a));
        if (r == null) {
            asm.broadcast(work, c(a));
            r = work;
        }
        asm.op(op, to, r, v(b));
    }

    /// `to = 1 − x`.
    void rest(int to, int x, int work) {
        with(Op.SUB, to, 1, x, work);
    }

    /// The sigmoid 1 / (1 + e⁻ˣ), or tanh x = (e²ˣ − 1) / (e²ˣ + 1).
    void activate(Gate... gates) {
        float[] exp = F32Constants.exp();
        each(gates, this::limit);
        // z = k ln 2 + r
        each(gates, g -> {
            set(g.t, F32Constants.MAGIC);
            asm.op(Op.FMA231, g.t, g.x, k(F32Constants.LOG2E));
        });
        each(gates, g -> asm.op(Op.SUB, g.y, g.t, k(F32Constants.MAGIC)));
        each(gates, g -> asm.op(Op.FMA231, g.x, g.y, k(-F32Constants.LN2_HI)));
        each(gates, g -> asm.op(Op.FMA231, g.x, g.y, k(-F32Constants.LN2_LO)));
        // eʳ − 1
        each(gates, g -> set(g.y, exp[0]));
        for (int i = 1; i < exp.length; i++) {
            float next = exp[i];
            each(gates, g -> asm.op(Op.FMA213, g.y, g.x, k(next)));
        }
        each(gates, g -> asm.op(Op.MUL, g.y, g.y, v(g.x)));
        each(gates, g -> asm.op(Op.FMA213, g.y, g.x, v(g.x)));
        each(gates, g -> {
            asm.op(Op.ADD_I, g.t, g.t, word(BIAS));
            asm.op(Op.SHIFT_I, Op.SHIFT_LEFT, g.t, v(g.t), 23);
        });
        each(gates, g -> {
            if (g.tanh) {
                asm.op(Op.SUB, g.x, g.t, k(1));
                asm.op(Op.FMA213, g.y, g.t, v(g.x));
            } else {
                asm.op(Op.ADD, g.y, g.y, k(1));
                asm.op(Op.FMA213, g.y, g.t, k(1));
            }
        });
        each(gates, g -> {
            if (g.tanh) {
                asm.op(Op.ADD, g.x, g.y, k(2));
                asm.op(Op.DIV, g.x, g.y, v(g.x));
            } else {
                with(Op.DIV, g.x, 1, g.y, g.t);
            }
        });
    }

    /// z, which e is to be raised to: −x, or 2x, where it makes a difference. Least and greatest give the second operand if one is NaN.
    private void limit(Gate g) {
        if (g.tanh) {
            with(Op.MIN, g.x, TANH_END, g.x, g.t);
            with(Op.MAX, g.x, -TANH_END, g.x, g.t);
            asm.op(Op.ADD, g.x, g.x, v(g.x));
        } else {
            asm.op(Op.XOR_I, g.x, g.x, word(SIGN));
            with(Op.MAX, g.x, SIGMOID_ONE, g.x, g.t);
            with(Op.MIN, g.x, SIGMOID_ZERO, g.x, g.t);
        }
    }

    private static void each(Gate[] gates, Consumer<Gate> what) {
        for (var g : gates) {
            what.accept(g);
        }
    }
}
