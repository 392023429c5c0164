package dev.ijen.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Single instructions of the emulator's PTX interpreter, with values computed in Java or taken from the PTX ISA.
class PtxInstructionTest {
    private static final long NAN32 = 0x7fffffff;

    private Device d;

    @BeforeEach
    void open() {
        d = new Device();
    }

    @AfterEach
    void close() {
        assertEquals("", d.emulator.report());
        d.emulator.reset();
    }

    private void is(long expected, String instruction, long... inputs) {
        assertEquals(
                Long.toHexString(expected),
                Long.toHexString(PtxPrograms.eval(d, instruction, inputs)),
                () -> instruction + " of " + java.util.Arrays.toString(inputs));
    }

    private static long u(int v) {
        return Integer.toUnsignedLong(v);
    }

    private static long f(double v) {
        return u(Float.floatToRawIntBits((float) v));
    }

    private static long g(double v) {
        return Double.doubleToRawLongBits(v);
    }

    @Test
    void sumsAndProducts() {
        int a = 0x89abcdef;
        int b = -77777;
        long c = 0x0123456789abcdefL;
        long e = -987654321987L;
        is(u(a + b), "add.s32 $r, $r, $r", a, b);
        is(u(a - b), "sub.u32 $r, $r, $r", a, b);
        is(Integer.MAX_VALUE, "add.sat.s32 $r, $r, $r", Integer.MAX_VALUE, 5);
        is(c + e, "add.s64 $d, $d, $d", c, e);
        is(0x8001, "add.u16 $h, $h, $h", 0x7fff, 2);
        is(u(a * b), "mul.lo.s32 $r, $r, $r", a, b);
        is(u((int) ((long) a * b >> 32)), "mul.hi.s32 $r, $r, $r", a, b);
        is(u((int) (u(a) * u(b) >>> 32)), "mul.hi.u32 $r, $r, $r", a, b);
        is((long) a * b, "mul.wide.s32 $d, $r, $r", a, b);
        is(u(a) * u(b), "mul.wide.u32 $d, $r, $r", a, b);
        is(Math.multiplyHigh(c, e), "mul.hi.s64 $d, $d, $d", c, e);
        is(Math.unsignedMultiplyHigh(c, e), "mul.hi.u64 $d, $d, $d", c, e);
        is(u(a * b + 7), "mad.lo.s32 $r, $r, $r, $r", a, b, 7);
        is((long) a * b + e, "mad.wide.s32 $d, $r, $r, $d", a, b, e);
        is(u(a / b), "div.s32 $r, $r, $r", a, b);
        is(u(Integer.MIN_VALUE), "div.s32 $r, $r, $r", Integer.MIN_VALUE, -1);
        is(Integer.divideUnsigned(a, 1000), "div.u32 $r, $r, 1000", a);
        is(u(a % b), "rem.s32 $r, $r, $r", a, b);
        is(e % 1000, "rem.s64 $d, $d, $d", e, 1000);
        is(u(Math.min(a, b)), "min.s32 $r, $r, $r", a, b);
        is(u(a) > u(b) ? u(a) : u(b), "max.u32 $r, $r, $r", a, b);
        is(u(-a), "neg.s32 $r, $r", a);
        is(u(Math.abs(b)), "abs.s32 $r, $r", b);
        is(u(Math.abs(a - b) + 3), "sad.s32 $r, $r, $r, 3", a, b);
        is(u(1 * -1 + 2 * 3 + 3 * 0x7f + 255 * 2 + 9), "dp4a.u32.s32 $r, $r, $r, 9", 0xff030201, 0x027f03ff);
    }

    @Test
    void carries() {
        long a = Long.parseUnsignedLong("89abcdeffedcba98", 16);
        long b = 0x77777777_99999999L;
        long[] y = PtxPrograms.run(
                d,
                PtxPrograms.module("", """
                        ld.global.v2.u32 {%r0, %r1}, [%x];
                        ld.global.v2.u32 {%r2, %r3}, [%x+8];
                        add.cc.u32 %r4, %r0, %r2;
                        addc.u32 %r5, %r1, %r3;
                        st.global.v2.u32 [%y], {%r4, %r5};
                        sub.cc.u32 %r4, %r0, %r2;
                        subc.u32 %r5, %r1, %r3;
                        st.global.v2.u32 [%y+8], {%r4, %r5};
                        mul.lo.u32 %r4, %r0, %r2;
                        mul.hi.u32 %r5, %r0, %r2;
                        mad.lo.cc.u32 %r5, %r0, %r3, %r5;
                        madc.hi.u32 %r6, %r0, %r3, 0;
                        mad.lo.cc.u32 %r5, %r1, %r2, %r5;
                        st.global.v2.u32 [%y+16], {%r4, %r5};
                        """),
                1,
                3,
                a,
                b);
        assertEquals(a + b, y[0]);
        assertEquals(a - b, y[1]);
        assertEquals(a * b, y[2]);
    }

    @Test
    void bits() {
        int a = 0x89abcdef;
        int b = 0x12345678;
        int c = 0x0ff0aa55;
        is(u(a & b), "and.b32 $r, $r, $r", a, b);
        is(u(a ^ b), "xor.b32 $r, $r, $r", a, b);
        is(u(~a), "not.b32 $r, $r", a);
        is(1, "xor.pred $p, $p, $p", 1, 0);
        is(u(a << 7), "shl.b32 $r, $r, 7", a);
        is(0, "shl.b32 $r, $r, 32", a);
        is(u(a >> 7), "shr.s32 $r, $r, 7", a);
        is(u(-1), "shr.s32 $r, $r, 99", a);
        is(u(a >>> 7), "shr.u32 $r, $r, 7", a);
        is(u(a << 9 | b >>> 23), "shf.l.wrap.b32 $r, $r, $r, 41", b, a);
        is(u(b >>> 9 | a << 23), "shf.r.clamp.b32 $r, $r, $r, 9", b, a);
        is(u(a), "shf.r.clamp.b32 $r, $r, $r, 41", b, a);
        is(u(a ^ b ^ c), "lop3.b32 $r, $r, $r, $r, 0x96", a, b, c);
        is(u(a & b | ~a & c), "lop3.b32 $r, $r, $r, $r, 0xca", a, b, c);
        is(Integer.bitCount(a), "popc.b32 $r, $r", a);
        is(Integer.numberOfLeadingZeros(c), "clz.b32 $r, $r", c);
        is(64, "clz.b64 $r, $d", 0);
        is(27, "bfind.u32 $r, $r", c);
        is(u(-1), "bfind.s32 $r, $r", -1);
        is(u(Integer.reverse(a)), "brev.b32 $r, $r", a);
        is(a >>> 4 & 0xfff, "bfe.u32 $r, $r, 4, 12", a);
        is(u(a << 16 >> 20), "bfe.s32 $r, $r, 4, 12", a);
        is(u(a & ~0xfff0 | (b & 0xfff) << 4), "bfi.b32 $r, $r, $r, 4, 12", b, a);
        is(0x345678efL, "prmt.b32 $r, $r, $r, 0x2107", b, 0xef000000);
        is(0xff00cd78L, "prmt.b32 $r, $r, $r, 0xfb60", b, 0x89cd0000 | 0x7f);
    }

    @Test
    void realArithmetic() {
        float a = 1.1f;
        float b = -3.3e-7f;
        is(f(a + b), "add.f32 $f, $f, $f", f(a), f(b));
        is(f(Math.fma(a, b, a)), "fma.rn.f32 $f, $f, $f, $f", f(a), f(b), f(a));
        is(g(Math.fma(1.1, 2.3, -2.53)), "fma.rn.f64 $g, $g, $g, $g", g(1.1), g(2.3), g(-2.53));
        is(f(a / b), "div.rn.f32 $f, $f, $f", f(a), f(b));
        is(f(Math.nextUp(1f)), "add.rp.f32 $f, $f, $f", f(1), f(1e-20));
        is(f(1), "add.rm.f32 $f, $f, $f", f(1), f(1e-20));
        is(f(Math.nextDown(1f)), "add.rz.f32 $f, $f, $f", f(1), f(-1e-20));
        is(g(Math.nextUp(1 / 3.0)), "div.rp.f64 $g, $g, $g", g(1), g(3));
        is(f(Math.sqrt(2)), "sqrt.rn.f32 $f, $f", f(2));
        is(f(1 / a), "rcp.rn.f32 $f, $f", f(a));
        is(f(0), "add.ftz.f32 $f, $f, $f", f(1e-40), f(1e-40));
        is(f(1), "add.sat.f32 $f, $f, $f", f(1), f(1));
        is(0, "add.sat.f32 $f, $f, $f", NAN32, f(1));
        is(NAN32, "sub.f32 $f, $f, $f", f(Float.POSITIVE_INFINITY), f(Float.POSITIVE_INFINITY));
        is(f(2), "min.f32 $f, $f, $f", NAN32, f(2));
        is(NAN32, "max.NaN.f32 $f, $f, $f", NAN32, f(2));
        is(f(-0f), "min.f32 $f, $f, $f", 0, f(-0f));
        is(0, "max.f64 $g, $g, $g", g(-0.0), 0);
        is(f(-a), "neg.f32 $f, $f", f(a));
        is(g(2.5), "abs.f64 $g, $g", g(-2.5));
        is(f(-2), "copysign.f32 $f, $f, $f", f(-1), f(2));
        is(1, "testp.subnormal.f32 $p, $f", 1);
        is(0, "testp.finite.f64 $p, $g", g(Double.NaN));
        is(Float.floatToFloat16(1.5f + 2.25f), "add.f16 $h, $h, $h", half(1.5f), half(2.25f));
        is(pair(3, -8), "fma.rn.f16x2 $r, $r, $r, $r", pair(1, -2), pair(2, 3), pair(1, -2));
    }

    private static long half(float v) {
        return Float.floatToFloat16(v) & 0xffff;
    }

    private static long pair(float high, float low) {
        return half(high) << 16 | half(low);
    }

    @Test
    void functions() {
        near(Math.pow(2, 1.3f), "ex2.approx.ftz.f32 $f, $f", 1.3f);
        near(Math.log(7.7f) / Math.log(2), "lg2.approx.f32 $f, $f", 7.7f);
        near(Math.sin(0.7f), "sin.approx.f32 $f, $f", 0.7f);
        near(Math.cos(0.7f), "cos.approx.ftz.f32 $f, $f", 0.7f);
        near(Math.tanh(0.7f), "tanh.approx.f32 $f, $f", 0.7f);
        near(1 / Math.sqrt(0.7f), "rsqrt.approx.f32 $f, $f", 0.7f);
        near(1 / 0.7f, "rcp.approx.ftz.f32 $f, $f", 0.7f);
        near(3 / 0.7f, "div.full.f32 $f, 0f40400000, $f", 0.7f);
        is(g(1 / 3.0) & 0xffffffff00000000L, "rcp.approx.ftz.f64 $g, $g", g(3));
        is(0, "ex2.approx.ftz.f32 $f, $f", f(-140));
    }

    private void near(double expected, String instruction, float input) {
        float got = Float.intBitsToFloat((int) PtxPrograms.eval(d, instruction, f(input)));
        assertEquals(expected, got, 1.2e-7 * Math.abs(expected), instruction);
    }

    @Test
    void comparisons() {
        is(1, "setp.lt.s32 $p, $r, $r", -1, 1);
        is(0, "setp.lt.u32 $p, $r, $r", -1, 1);
        is(1, "setp.hi.u32 $p, $r, $r", -1, 1);
        is(0, "setp.ne.f32 $p, $f, $f", NAN32, NAN32);
        is(1, "setp.neu.f32 $p, $f, $f", NAN32, NAN32);
        is(1, "setp.equ.f64 $p, $g, $g", g(Double.NaN), 0);
        is(1, "setp.geu.f32 $p, $f, $f", NAN32, f(1));
        is(0, "setp.num.f32 $p, $f, $f", NAN32, f(1));
        is(1, "setp.nan.f32 $p, $f, $f", f(1), NAN32);
        is(0, "setp.gt.and.s32 $p, $r, 3, $p", 5, 0);
        is(1, "setp.gt.and.s32 $p, $r, 3, !$p", 5, 0);
        is(1, "setp.lt.f16 $p, $h, $h", half(-2), half(1));
        is(u(-1), "set.le.u32.s32 $r, $r, $r", 4, 4);
        is(f(1), "set.le.f32.s32 $f, $r, $r", 4, 4);
        is(7, "selp.b32 $r, $r, 9, $p", 7, 1);
        is(9, "slct.u32.f32 $r, $r, 9, $f", 7, f(-1));
    }

    @Test
    void conversions() {
        is(-3, "cvt.s64.s32 $d, $r", -3);
        is(u(-3), "cvt.u64.u32 $d, $r", -3);
        is(u(-128), "cvt.s32.s8 $r, $r", 0x180);
        is(127, "cvt.sat.s8.s32 $r, $r", 1000);
        is(f(16777216), "cvt.rn.f32.s32 $f, $r", 16777217);
        is(f(16777218), "cvt.rp.f32.s32 $f, $r", 16777217);
        is(f(-16777216), "cvt.rp.f32.s32 $f, $r", -16777217);
        is(g(1.8446744073709552e19), "cvt.rn.f64.u64 $g, $d", -1);
        is(u(-2), "cvt.rzi.s32.f32 $r, $f", f(-2.7));
        is(u(-3), "cvt.rmi.s32.f32 $r, $f", f(-2.7));
        is(2, "cvt.rni.s32.f64 $r, $g", g(2.5));
        is(Integer.MAX_VALUE, "cvt.rzi.s32.f32 $r, $f", f(1e20));
        is(0, "cvt.rzi.u32.f32 $r, $f", f(-5));
        is(0, "cvt.rzi.s32.f32 $r, $f", NAN32);
        is(Long.MIN_VALUE, "cvt.rzi.s64.f64 $d, $g", g(Double.NaN));
        is(f(-3), "cvt.rmi.f32.f32 $f, $f", f(-2.5));
        is(g(0.1f), "cvt.f64.f32 $g, $f", f(0.1f));
        is(f((float) 0.1), "cvt.rn.f32.f64 $f, $g", g(0.1));
        is(f(Math.nextDown((float) 0.1)), "cvt.rz.f32.f64 $f, $g", g(0.1));
        is(f(0), "cvt.sat.f32.f32 $f, $f", f(-4));
        is(half(0.1f), "cvt.rn.f16.f32 $h, $f", f(0.1f));
        is(half(65504), "cvt.rz.f16.f32 $h, $f", f(1e6));
        is(half(6e-8f), "cvt.rn.f16.f32 $h, $f", f(6e-8f));
        is(f(Float.float16ToFloat((short) 0x1234)), "cvt.f32.f16 $f, $h", 0x1234);
        is(0x3f80, "cvt.rn.bf16.f32 $h, $f", f(1.00390625));
        is(pair(2, 1), "cvt.rn.f16x2.f32 $r, $f, $f", f(2), f(1));
        is(f(1.0009765625), "cvt.rna.tf32.f32 $r, $f", f(1.0006));
    }

    @Test
    void moves() {
        is(0x1234_5678_9abc_def0L, "mov.b64 $d, {$r, $r}", u(0x9abcdef0), 0x12345678);
        is(0x5678, "{ .reg .b16 %t; mov.b32 {$h, %t}, $r; }", 0x12345678);
        is(f(1.5), "mov.f32 $f, 0f3FC00000");
        is(g(0.1), "mov.f64 $g, 0d3FB999999999999A");
        is(0x5678_1234L, "mov.b32 $r, {$h, $h}", 0x1234, 0x5678);
    }
}
