package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.c;
import static dev.ijen.cpu.x86.Assembler.v;
import static dev.ijen.cpu.x86.Op.ADD;
import static dev.ijen.cpu.x86.Op.ADD_I;
import static dev.ijen.cpu.x86.Op.AND_I;
import static dev.ijen.cpu.x86.Op.DIV;
import static dev.ijen.cpu.x86.Op.FMA213;
import static dev.ijen.cpu.x86.Op.FMA231;
import static dev.ijen.cpu.x86.Op.MUL;
import static dev.ijen.cpu.x86.Op.OR_I;
import static dev.ijen.cpu.x86.Op.SHIFT_I;
import static dev.ijen.cpu.x86.Op.SHIFT_LEFT;
import static dev.ijen.cpu.x86.Op.SHIFT_RIGHT;
import static dev.ijen.cpu.x86.Op.SUB;
import static dev.ijen.cpu.x86.Op.SUB_I;
import static dev.ijen.cpu.x86.Op.TO_FLOAT;

import dev.ijen.cpu.math.F32Constants;

/// Transcendental functions in machine code: instruction by instruction what the Vector API computes elsewhere, to the same bits.
final class VectorMath {
    private static final int ABS = 0x7fffffff;
    private static final int SIGN = Integer.MIN_VALUE;
    private static final int MAGIC_BITS = Float.floatToRawIntBits(F32Constants.MAGIC);

    private final Vectors asm;
    private final Registers registers;

    VectorMath(Vectors asm, Registers registers) {
        this.asm = asm;
        this.registers = registers;
    }

    /// `to = polynomial of x`, coefficients from the highest power on, each step rounded once.
    private void polynomial(int to, int x, float... k) {
        asm.broadcast(to, c(k[0]));
        for (int i = 1; i < k.length; i++) {
            asm.op(FMA213, to, x, c(k[i]));
        }
    }

    private void compare(int a, int predicate, float b) {
        asm.compare(a, c(b), predicate);
    }

    /// `to = eˣ`; x stays.
    void exp(int to, int x) {
        int t = registers.take();
        int r = registers.take();
        int w = registers.take();
        reduced(to, x, t, r, w);
        asm.op(ADD, to, to, c(1f));
        asm.op(SUB_I, t, t, c(MAGIC_BITS));
        asm.op(SHIFT_I, SHIFT_RIGHT, w, v(t), 1);
        power(r, w);
        asm.op(MUL, to, to, v(r));
        asm.op(SUB_I, t, t, v(w));
        power(r, t);
        asm.op(MUL, to, to, v(r));
        compare(x, Op.LT, -104f);
        asm.set(to, c(0f));
        compare(x, Op.GT, 88.8f);
        asm.set(to, c(Float.POSITIVE_INFINITY));
        registers.give(t, r, w);
    }

    /// `to = eˣ` for x ≥ 0, and e⁴⁰ for all x above 40: no power of 2 to be applied in two steps, nothing to be set to 0 or ∞. x is
    /// lost. Added to 1, what is above 40 makes no difference to a float.
    private void growth(int to, int x) {
        int t = registers.take();
        int r = registers.take();
        int w = registers.take();
        asm.broadcast(w, c(40f));
        asm.op(Op.MIN, x, w, v(x)); // the second operand if one is NaN
        reduced(to, x, t, r, w);
        asm.op(ADD, to, to, c(1f));
        asm.op(ADD_I, t, t, c(127 - MAGIC_BITS));
        asm.op(SHIFT_I, SHIFT_LEFT, t, v(t), 23);
        asm.op(MUL, to, to, v(t));
        registers.give(t, r, w);
    }

    /// `to = eʳ − 1` of r = x − k ln 2, and in the low bits of t, above the magic number's, the whole number k; w is lost.
    private void reduced(int to, int x, int t, int r, int w) {
        asm.broadcast(t, c(F32Constants.MAGIC));
        asm.op(FMA231, t, x, c(F32Constants.LOG2E));
        asm.op(SUB, w, t, c(F32Constants.MAGIC));
        asm.move(r, x);
        asm.op(FMA231, r, w, c(-F32Constants.LN2_HI));
        asm.op(FMA231, r, w, c(-F32Constants.LN2_LO));
        polynomial(to, r, F32Constants.exp());
        asm.op(MUL, w, r, v(r));
        asm.op(FMA213, to, w, v(r));
    }

    /// `to = 2ᵏ` as a float.
    private void power(int to, int k) {
        asm.op(ADD_I, to, k, c(127));
        asm.op(SHIFT_I, SHIFT_LEFT, to, v(to), 23);
    }

    void expm1(int to, int x) {
        int t = registers.take();
        int r = registers.take();
        int w = registers.take();
        reduced(to, x, t, r, w);
        asm.op(SUB_I, t, t, c(MAGIC_BITS - 126));
        asm.op(SHIFT_I, SHIFT_LEFT, t, v(t), 23);
        asm.op(SUB, w, t, c(0.5f));
        asm.op(FMA213, to, t, v(w));
        asm.op(MUL, to, to, c(2f));
        compare(x, Op.LT, -18f);
        asm.set(to, c(-1f));
        compare(x, Op.GT, 88.8f);
        asm.set(to, c(Float.POSITIVE_INFINITY));
        compare(x, Op.EQ, 0f);
        asm.take(to, x);
        registers.give(t, r, w);
    }

    void log(int to, int x) {
        int bits = registers.take();
        int e = registers.take();
        int f = registers.take();
        int k = registers.take();
        compare(x, Op.LT, Float.MIN_NORMAL);
        asm.move(bits, x);
        asm.where(MUL, bits, x, c(0x1p23f));
        significand(e, f, bits);
        asm.op(TO_FLOAT, k, 0, v(e));
        asm.op(Op.XOR_I, e, e, v(e));
        asm.set(e, c(-23f));
        asm.op(ADD, k, k, v(e));
        polynomial(to, f, F32Constants.log());
        asm.op(MUL, e, f, v(f)); // f²
        asm.op(MUL, to, to, v(f));
        asm.op(MUL, to, to, v(e));
        asm.op(MUL, bits, k, c(F32Constants.LN2_LO));
        asm.op(ADD, to, bits, v(to));
        sum(to, k, f, e);
        compare(x, Op.EQ, Float.POSITIVE_INFINITY);
        asm.take(to, x);
        compare(x, Op.EQ, 0f);
        asm.set(to, c(Float.NEGATIVE_INFINITY));
        compare(x, Op.LT, 0f);
        asm.set(to, c(Float.NaN));
        asm.compare(x, v(x), Op.NE);
        asm.set(to, c(Float.NaN));
        registers.give(bits, e, f, k);
    }

    /// Exponent and significand less 1 of a number's bits, which are lost.
    private void significand(int e, int f, int bits) {
        asm.op(SUB_I, e, bits, c(0x3f3504f3));
        asm.op(SHIFT_I, SHIFT_RIGHT, e, v(e), 23);
        asm.op(SHIFT_I, SHIFT_LEFT, f, v(e), 23);
        asm.op(SUB_I, f, bits, v(f));
        asm.op(SUB, f, f, c(1f));
    }

    /// `to = k ln 2 + (f + (to − f² / 2))`; ff is lost.
    private void sum(int to, int k, int f, int ff) {
        asm.op(MUL, ff, ff, c(0.5f));
        asm.op(SUB, to, to, v(ff));
        asm.op(ADD, to, f, v(to));
        asm.op(FMA231, to, k, c(F32Constants.LN2_HI));
    }

    void log1p(int to, int x) {
        int u = registers.take();
        int e = registers.take();
        int f = registers.take();
        int k = registers.take();
        int lost = registers.take();
        asm.op(ADD, u, x, c(1f));
        asm.op(SUB, lost, u, c(1f));
        asm.op(SUB, lost, x, v(lost));
        asm.op(SUB, f, u, v(x));
        asm.broadcast(e, c(1f));
        asm.op(SUB, f, e, v(f));
        compare(x, Op.GT, 1f);
        asm.blend(lost, lost, v(f));
        asm.op(DIV, lost, lost, v(u));
        significand(e, f, u);
        asm.op(TO_FLOAT, k, 0, v(e));
        polynomial(to, f, F32Constants.log());
        asm.op(MUL, e, f, v(f));
        asm.op(FMA231, lost, k, c(F32Constants.LN2_LO));
        asm.op(MUL, to, to, v(f));
        asm.op(MUL, to, to, v(e));
        asm.op(ADD, to, lost, v(to));
        sum(to, k, f, e);
        compare(x, Op.EQ, Float.POSITIVE_INFINITY);
        asm.take(to, x);
        compare(x, Op.EQ, 0f);
        asm.take(to, x);
        compare(x, Op.EQ, -1f);
        asm.set(to, c(Float.NEGATIVE_INFINITY));
        compare(x, Op.LT, -1f);
        asm.set(to, c(Float.NaN));
        asm.compare(x, v(x), Op.NE);
        asm.set(to, c(Float.NaN));
        registers.give(u, e, f, k, lost);
    }

    void tanh(int to, int x) {
        int a = registers.take();
        int z = registers.take();
        int e = registers.take();
        asm.op(AND_I, a, x, c(ABS));
        asm.op(MUL, z, a, c(2f));
        growth(e, z);
        asm.op(MUL, z, x, v(x));
        polynomial(to, z, F32Constants.tanh());
        asm.op(MUL, to, to, v(z));
        asm.op(FMA213, to, x, v(x));
        asm.op(ADD, e, e, c(1f));
        asm.broadcast(z, c(2f));
        asm.op(DIV, e, z, v(e));
        asm.broadcast(z, c(1f));
        asm.op(SUB, e, z, v(e));
        compare(a, Op.LT, 0.625f);
        asm.blend(to, e, v(to));
        sign(to, x, a);
        registers.give(a, z, e);
    }

    /// Gives a number the sign of x as well; w is lost.
    private void sign(int to, int x, int w) {
        asm.op(AND_I, w, x, c(SIGN));
        asm.op(OR_I, to, to, v(w));
    }

    void sigmoid(int to, int x) {
        int a = registers.take();
        int e = registers.take();
        asm.op(OR_I, a, x, c(SIGN)); // −|x|
        exp(e, a);
        asm.broadcast(to, c(1f));
        compare(x, Op.LT, 0f);
        asm.blend(to, to, v(e));
        asm.op(ADD, e, e, c(1f));
        asm.op(DIV, to, to, v(e));
        registers.give(a, e);
    }

    void erf(int to, int x) {
        int t = registers.take();
        int q = registers.take();
        int e = registers.take();
        asm.op(AND_I, t, x, c(ABS));
        compare(t, Op.GT, 4f);
        asm.set(t, c(4f));
        polynomial(q, t, F32Constants.erfFar());
        asm.op(FMA213, q, t, v(t));
        asm.op(Op.XOR_I, q, q, c(SIGN));
        exp(e, q);
        asm.op(MUL, q, x, v(x));
        polynomial(to, q, F32Constants.erfNear());
        asm.op(FMA213, to, x, v(x));
        asm.broadcast(q, c(1f));
        asm.op(SUB, e, q, v(e));
        asm.op(AND_I, t, x, c(ABS));
        compare(t, Op.LT, 0.921875f);
        asm.blend(to, e, v(to));
        sign(to, x, t);
        registers.give(t, q, e);
    }
}
