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
/// Each method takes the addresses of its lines, or a first one and the bytes from one to the next, and the bytes of a line, which are a
/// multiple of a vector's.
final class WinogradLines {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int STEP = S.vectorByteSize();

    private static final double A = 0.75;
    private static final double B = 1.5;

    private static final FloatVector P1 = all(A);
    private static final FloatVector P2 = all(B);
    private static final FloatVector A2 = all(A * A);
    private static final FloatVector B2 = all(B * B);
    private static final FloatVector A3 = all(A * A * A);
    private static final FloatVector B3 = all(B * B * B);
    private static final FloatVector MINUS_A2 = all(-A * A);
    private static final FloatVector MINUS_B2 = all(-B * B);
    private static final FloatVector PRODUCT = all(A * A * B * B);
    private static final FloatVector MINUS_SUM = all(-A * A - B * B);
    private static final FloatVector N0 = all(1 / (A * A * B * B));
    private static final FloatVector N1 = all(1 / (2 * A * A * (A * A - B * B)));
    private static final FloatVector N2 = all(1 / (2 * B * B * (B * B - A * A)));

    private WinogradLines() {}

    private static FloatVector all(double v) {
        return FloatVector.broadcast(S, (float) v);
    }

    private static FloatVector at(long address) {
        return FloatVector.fromMemorySegment(S, Mem.ALL, address, Mem.ORDER);
    }

    private static void to(long address, FloatVector v) {
        v.intoMemorySegment(Mem.ALL, address, Mem.ORDER);
    }

    /// Bᵀ: 6 lines of the input to 6 points.
    static void input(long s0, long s1, long s2, long s3, long s4, long s5, long d, long next, int bytes) {
        for (int i = 0; i < bytes; i += STEP) {
            var x1 = at(s1 + i);
            var x2 = at(s2 + i);
            var x3 = at(s3 + i);
            var x4 = at(s4 + i);
            long t = d + i;
            to(t, at(s0 + i).fma(PRODUCT, x2.fma(MINUS_SUM, x4)));
            to(t + 5 * next, x1.fma(PRODUCT, x3.fma(MINUS_SUM, at(s5 + i))));
            var even = x2.fma(MINUS_B2, x4);
            var odd = x1.fma(MINUS_B2, x3).mul(P1);
            to(t + next, even.add(odd));
            to(t + 2 * next, even.sub(odd));
            even = x2.fma(MINUS_A2, x4);
            odd = x1.fma(MINUS_A2, x3).mul(P2);
            to(t + 3 * next, even.add(odd));
            to(t + 4 * next, even.sub(odd));
        }
    }

    /// Aᵀ: 6 points to 4 lines of the output.
    static void output(long s, long next, long d0, long d1, long d2, long d3, int bytes) {
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
            to(d1 + i, odd1.fma(P1, odd2.mul(P2)));
            to(d2 + i, even1.fma(A2, even2.mul(B2)));
            to(d3 + i, odd1.fma(A3, odd2.fma(B3, at(f + 5 * next))));
        }
    }

    /// A: 4 lines of the output's gradient to 6 points.
    static void outputGradient(long s0, long s1, long s2, long s3, long d, long next, int bytes) {
        for (int i = 0; i < bytes; i += STEP) {
            var y0 = at(s0 + i);
            var y1 = at(s1 + i);
            var y2 = at(s2 + i);
            var y3 = at(s3 + i);
            long t = d + i;
            to(t, y0);
            to(t + 5 * next, y3);
            var even = y2.fma(A2, y0);
            var odd = y3.fma(A3, y1.mul(P1));
            to(t + next, even.add(odd));
            to(t + 2 * next, even.sub(odd));
            even = y2.fma(B2, y0);
            odd = y3.fma(B3, y1.mul(P2));
            to(t + 3 * next, even.add(odd));
            to(t + 4 * next, even.sub(odd));
        }
    }

    /// G: 3 lines of the filter to 6 points.
    static void filter(long s0, long s1, long s2, long d, long next, int bytes) {
        for (int i = 0; i < bytes; i += STEP) {
            var w0 = at(s0 + i);
            var w1 = at(s1 + i);
            var w2 = at(s2 + i);
            long t = d + i;
            to(t, w0.mul(N0));
            to(t + 5 * next, w2);
            var even = w2.fma(A2, w0);
            var odd = w1.mul(P1);
            to(t + next, even.add(odd).mul(N1));
            to(t + 2 * next, even.sub(odd).mul(N1));
            even = w2.fma(B2, w0);
            odd = w1.mul(P2);
            to(t + 3 * next, even.add(odd).mul(N2));
            to(t + 4 * next, even.sub(odd).mul(N2));
        }
    }

    /// Gᵀ: 6 points to 3 lines of the filter's gradient.
    static void filterGradient(long s, long next, long d, long dNext, int bytes) {
        for (int i = 0; i < bytes; i += STEP) {
            long f = s + i;
            var m1 = at(f + next);
            var m2 = at(f + 2 * next);
            var m3 = at(f + 3 * next);
            var m4 = at(f + 4 * next);
            var even1 = m1.add(m2).mul(N1);
            var even2 = m3.add(m4).mul(N2);
            var odd1 = m1.sub(m2).mul(N1);
            var odd2 = m3.sub(m4).mul(N2);
            long t = d + i;
            to(t, at(f).fma(N0, even1.add(even2)));
            to(t + dNext, odd1.fma(P1, odd2.mul(P2)));
            to(t + 2 * dNext, even1.fma(A2, even2.fma(B2, at(f + 5 * next))));
        }
    }
}
