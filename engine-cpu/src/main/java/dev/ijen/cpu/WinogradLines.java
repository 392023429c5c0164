package dev.ijen.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The one-dimensional transforms of Winograd's F(4, 3) over lines of F32 channels: 4 outputs of a filter of 3 from 6 inputs by 6
/// products (Lavin and Gray, arXiv:1509.09308).
///
/// The points are 0, ±3/4, ±3/2 and ∞. Their powers are exact in F32, opposite points share half of the arithmetic, and among such sets
/// they have the least error that was found: 8e-7 of the result's norm, where 0, ±1, ±2, ∞ have 1.7e-6 and direct sums 4e-7. Why the usual
/// points are bad is in Barabasz et al., "Error analysis and improving the accuracy of Winograd convolution", arXiv:1803.10986.
///
/// Each pass takes the addresses of its lines on one side, on the other side the first one and the bytes from each to the next, and the bytes
/// of a line, which are a multiple of a vector's. Passes are called where the compiler can't see which one is meant, as those of [Columns32]
/// and for the same reason: inlined into the loops over tiles they took up to ten times as long.
final class WinogradLines {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int STEP = S.vectorByteSize();

    private static final double A = 0.75;
    private static final double B = 1.5;

    private static final float P1 = (float) A;
    private static final float P2 = (float) B;
    private static final float A2 = (float) (A * A);
    private static final float B2 = (float) (B * B);
    private static final float A3 = (float) (A * A * A);
    private static final float B3 = (float) (B * B * B);
    private static final float MINUS_A2 = (float) (-A * A);
    private static final float MINUS_B2 = (float) (-B * B);
    private static final float PRODUCT = (float) (A * A * B * B);
    private static final float MINUS_SUM = (float) (-A * A - B * B);
    private static final float N0 = (float) (1 / (A * A * B * B));
    private static final float N1 = (float) (1 / (2 * A * A * (A * A - B * B)));
    private static final float N2 = (float) (1 / (2 * B * B * (B * B - A * A)));

    // fields of an object, not constants, for the reason above
    private final Pass input = WinogradLines::input;
    private final Pass output = WinogradLines::output;
    private final Pass outputGradient = WinogradLines::outputGradient;
    private final Pass filter = WinogradLines::filter;
    private final Pass filterGradient = WinogradLines::filterGradient;

    static final WinogradLines INSTANCE = new WinogradLines();

    private WinogradLines() {}

    /// One transform of lines `a` to `f`, as many as it has, and those at `base`, `next` bytes apart.
    @FunctionalInterface
    private interface Pass {
        void run(long a, long b, long c, long d, long e, long f, long base, long next, int bytes);
    }

    /// The one place from which all passes are called.
    private static void run(
            Pass pass, long a, long b, long c, long d, long e, long f, long base, long next, int bytes) {
        pass.run(a, b, c, d, e, f, base, next, bytes);
    }

    /// Bᵀ: 6 lines of the input to 6 points.
    void toInput(long s0, long s1, long s2, long s3, long s4, long s5, long points, long next, int bytes) {
        run(input, s0, s1, s2, s3, s4, s5, points, next, bytes);
    }

    /// Aᵀ: 6 points to 4 lines of the output.
    void toOutput(long points, long next, long d0, long d1, long d2, long d3, int bytes) {
        run(output, d0, d1, d2, d3, 0, 0, points, next, bytes);
    }

    /// A: 4 lines of the output's gradient to 6 points.
    void toOutputGradient(long s0, long s1, long s2, long s3, long points, long next, int bytes) {
        run(outputGradient, s0, s1, s2, s3, 0, 0, points, next, bytes);
    }

    /// G: 3 lines of the filter to 6 points.
    void toFilter(long s0, long s1, long s2, long points, long next, int bytes) {
        run(filter, s0, s1, s2, 0, 0, 0, points, next, bytes);
    }

    /// Gᵀ: 6 points to 3 lines of the filter's gradient.
    void toFilterGradient(long points, long next, long d0, long d1, long d2, int bytes) {
        run(filterGradient, d0, d1, d2, 0, 0, 0, points, next, bytes);
    }

    private static FloatVector all(float v) {
        return FloatVector.broadcast(S, v);
    }

    private static FloatVector at(long address) {
        return FloatVector.fromMemorySegment(S, Mem.ALL, address, Mem.ORDER);
    }

    private static void to(long address, FloatVector v) {
        v.intoMemorySegment(Mem.ALL, address, Mem.ORDER);
    }

    private static void input(
            long s0, long s1, long s2, long s3, long s4, long s5, long d, long next, int bytes) {
        var p1 = all(P1);
        var p2 = all(P2);
        var minusA2 = all(MINUS_A2);
        var minusB2 = all(MINUS_B2);
        var product = all(PRODUCT);
        var minusSum = all(MINUS_SUM);
        for (int i = 0; i < bytes; i += STEP) {
            var x1 = at(s1 + i);
            var x2 = at(s2 + i);
            var x3 = at(s3 + i);
            var x4 = at(s4 + i);
            long t = d + i;
            to(t, at(s0 + i).fma(product, x2.fma(minusSum, x4)));
            to(t + 5 * next, x1.fma(product, x3.fma(minusSum, at(s5 + i))));
            var even = x2.fma(minusB2, x4);
            var odd = x1.fma(minusB2, x3).mul(p1);
            to(t + next, even.add(odd));
            to(t + 2 * next, even.sub(odd));
            even = x2.fma(minusA2, x4);
            odd = x1.fma(minusA2, x3).mul(p2);
            to(t + 3 * next, even.add(odd));
            to(t + 4 * next, even.sub(odd));
        }
    }

    private static void output(
            long d0, long d1, long d2, long d3, long none, long no, long s, long next, int bytes) {
        var p1 = all(P1);
        var p2 = all(P2);
        var a2 = all(A2);
        var b2 = all(B2);
        var a3 = all(A3);
        var b3 = all(B3);
        for (int i = 0; i < bytes; i += STEP) {
            long f = s + i;
            var m1 = at(f + next);
            var m2 = at(f + 2 * next);
            var m3 = at(f + 3 * next);
            var m4 = at(f + 4 * next);
            var even1 = m1.add(m2);
            var odd1 = m1.sub(m2);
            var even2 = m3.add(m4);
            var odd2 = m3.sub(m4);
            to(d0 + i, at(f).add(even1).add(even2));
            to(d1 + i, odd1.fma(p1, odd2.mul(p2)));
            to(d2 + i, even1.fma(a2, even2.mul(b2)));
            to(d3 + i, odd1.fma(a3, odd2.fma(b3, at(f + 5 * next))));
        }
    }

    private static void outputGradient(
            long s0, long s1, long s2, long s3, long none, long no, long d, long next, int bytes) {
        var p1 = all(P1);
        var p2 = all(P2);
        var a2 = all(A2);
        var b2 = all(B2);
        var a3 = all(A3);
        var b3 = all(B3);
        for (int i = 0; i < bytes; i += STEP) {
            var y0 = at(s0 + i);
            var y1 = at(s1 + i);
            var y2 = at(s2 + i);
            var y3 = at(s3 + i);
            long t = d + i;
            to(t, y0);
            to(t + 5 * next, y3);
            var even = y2.fma(a2, y0);
            var odd = y3.fma(a3, y1.mul(p1));
            to(t + next, even.add(odd));
            to(t + 2 * next, even.sub(odd));
            even = y2.fma(b2, y0);
            odd = y3.fma(b3, y1.mul(p2));
            to(t + 3 * next, even.add(odd));
            to(t + 4 * next, even.sub(odd));
        }
    }

    private static void filter(
            long s0, long s1, long s2, long none, long no, long not, long d, long next, int bytes) {
        var p1 = all(P1);
        var p2 = all(P2);
        var a2 = all(A2);
        var b2 = all(B2);
        var n0 = all(N0);
        var n1 = all(N1);
        var n2 = all(N2);
        for (int i = 0; i < bytes; i += STEP) {
            var w0 = at(s0 + i);
            var w1 = at(s1 + i);
            var w2 = at(s2 + i);
            long t = d + i;
            to(t, w0.mul(n0));
            to(t + 5 * next, w2);
            var even = w2.fma(a2, w0);
            var odd = w1.mul(p1);
            to(t + next, even.add(odd).mul(n1));
            to(t + 2 * next, even.sub(odd).mul(n1));
            even = w2.fma(b2, w0);
            odd = w1.mul(p2);
            to(t + 3 * next, even.add(odd).mul(n2));
            to(t + 4 * next, even.sub(odd).mul(n2));
        }
    }

    private static void filterGradient(
            long d0, long d1, long d2, long none, long no, long not, long s, long next, int bytes) {
        var p1 = all(P1);
        var p2 = all(P2);
        var a2 = all(A2);
        var b2 = all(B2);
        var n0 = all(N0);
        var n1 = all(N1);
        var n2 = all(N2);
        for (int i = 0; i < bytes; i += STEP) {
            long f = s + i;
            var m1 = at(f + next);
            var m2 = at(f + 2 * next);
            var m3 = at(f + 3 * next);
            var m4 = at(f + 4 * next);
            var even1 = m1.add(m2).mul(n1);
            var even2 = m3.add(m4).mul(n2);
            var odd1 = m1.sub(m2).mul(n1);
            var odd2 = m3.sub(m4).mul(n2);
            to(d0 + i, at(f).fma(n0, even1.add(even2)));
            to(d1 + i, odd1.fma(p1, odd2.mul(p2)));
            to(d2 + i, even1.fma(a2, even2.fma(b2, at(f + 5 * next))));
        }
    }
}
