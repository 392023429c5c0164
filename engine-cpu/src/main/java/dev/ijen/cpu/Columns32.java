package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.ijen.tensor.UnaryFn;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// [Columns] of F32. A vector holds neighbouring queries. The exponential stands in the loops, as those of [F32Math] do: a pass more over the
/// scores would cost as much as computing it.
final class Columns32 implements Columns {
    static final Columns32 INSTANCE = new Columns32();

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final long V = S.vectorByteSize();
    private static final long ROW = 2 * V;
    private static final float NONE = Float.NEGATIVE_INFINITY;
    private static final float INF = Float.POSITIVE_INFINITY;
    /// Below it the exponential is 0 here: what it would add to a sum that is at least 1 is lost anyway.
    private static final float LEAST = -87f;

    private static final Fn LOG = F32Math.of(UnaryFn.LOG);

    private Columns32() {}

    @Override
    public void scale(long x, double factor, int n) {
        F32Rows.scale(x, (float) factor, x, n);
    }

    @Override
    public void scaleRow(long x, double factor, int d) {
        F32Rows.scale(x, (float) factor, x, d);
    }

    @Override
    public void hide(long row, int n) {
        for (int i = 0; i < n; i++) {
            Mem.f32(row + 4L * i, NONE);
        }
    }

    @Override
    public double at(long row, int i) {
        return Mem.f32(row + 4L * i);
    }

    @Override
    public void start(long max, long sum) {
        for (long v = 0; v < ROW; v += V) {
            put(FloatVector.broadcast(S, NONE), max + v);
            put(FloatVector.zero(S), sum + v);
        }
    }

    @Override
    public void softmax(long s, int rows, long max, long sum, long factor) {
        for (long v = 0; v < ROW; v += V) {
            Mem.copy(max + v, factor + v, V);
            max(s + v, rows, max + v);
            // the old greatest score is a column of one key: what becomes of it is the factor
            exp(factor + v, 1, max + v, 0, 0);
            exp(s + v, rows, max + v, sum + v, factor + v);
        }
    }

    /// The greatest of a column and of what is at `max`. NaN is passed over; the exponentials have it.
    private static void max(long s, int rows, long max) {
        var m0 = load(max);
        var m1 = m0;
        int i = 0;
        for (; i < rows - 1; i += 2) {
            var a = load(s);
            var b = load(s + ROW);
            m0 = m0.blend(a, a.compare(GT, m0));
            m1 = m1.blend(b, b.compare(GT, m1));
            s += 2 * ROW;
        }
        if (i < rows) {
            var a = load(s);
            m0 = m0.blend(a, a.compare(GT, m0));
        }
        put(m0.blend(m1, m1.compare(GT, m0)), max);
    }

    /// A column becomes exp(s − max); `sum` becomes sum · factor and the column's sum.
    private static void exp(long s, int rows, long max, long sum, long factor) {
        var m = load(max);
        var base = m.blend(0f, m.compare(LT, -Float.MAX_VALUE));
        var total = FloatVector.zero(S);
        for (int i = 0; i < rows; i++) {
            var x = load(s).sub(base);
            var t = x.fma(F32Math.LOG2E, F32Math.MAGIC);
            var k = t.sub(F32Math.MAGIC);
            var r = k.fma(F32Math.MINUS_LN2_LO, k.fma(F32Math.MINUS_LN2_HI, x));
            var p = F32Math.E7.fma(r, F32Math.E6).fma(r, F32Math.E5).fma(r, F32Math.E4).fma(r, F32Math.E3)
                    .fma(r, F32Math.HALF).fma(r.mul(r), r).add(F32Math.ONE);
            IntVector e = t.reinterpretAsInts().sub(F32Math.MAGIC_BITS - 127).lanewise(LSHL, 23);
            var y = p.mul(e.reinterpretAsFloats()).blend(0f, x.compare(LT, LEAST));
            put(y, s);
            total = total.add(y);
            s += ROW;
        }
        if (sum != 0) {
            put(load(sum).mul(load(factor)).add(total), sum);
        }
    }

    @Override
    public void finish(long max, long sum, long work) {
        LOG.run(sum, 0, 0, work, 2 * L);
        for (long v = 0; v < ROW; v += V) {
            var x = load(sum + v);
            put(load(max + v).add(load(work + v)), max + v);
            put(FloatVector.broadcast(S, 1f).div(x).blend(0f, x.eq(0f)), sum + v);
        }
    }

    @Override
    public void logs(long lse, int n, long to) {
        for (int i = 0; i < 2 * L; i++) {
            float v = i < n ? Mem.f32(lse + 4L * i) : NONE;
            Mem.f32(to + 4L * i, v == NONE ? INF : v);
        }
    }

    @Override
    public void dot(long a, long b, int rows, long to) {
        var s0 = FloatVector.zero(S);
        var s1 = s0;
        for (int i = 0; i < rows; i++) {
            s0 = load(a).fma(load(b), s0);
            s1 = load(a + V).fma(load(b + V), s1);
            a += ROW;
            b += ROW;
        }
        put(s0, to);
        put(s1, to + V);
    }

    @Override
    public void sum(long x, long step, int parts, long to, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            var sum = FloatVector.zero(S);
            for (int p = 0; p < parts; p++) {
                sum = sum.add(load(x + 4L * i + p * step));
            }
            put(sum, to + 4L * i);
        }
        for (; i < n; i++) {
            float sum = 0;
            for (int p = 0; p < parts; p++) {
                sum += Mem.f32(x + 4L * i + p * step);
            }
            Mem.f32(to + 4L * i, sum);
        }
    }

    @Override
    public void gradient(long s, long dp, int rows, long lse, long delta, double scale) {
        for (long v = 0; v < ROW; v += V) {
            column(s + v, dp + v, rows, lse + v, delta + v, (float) scale);
        }
    }

    private static void column(long s, long dp, int rows, long lse, long delta, float scale) {
        var base = load(lse);
        var mean = load(delta);
        for (int i = 0; i < rows; i++) {
            var x = load(s).sub(base);
            var t = x.fma(F32Math.LOG2E, F32Math.MAGIC);
            var k = t.sub(F32Math.MAGIC);
            var r = k.fma(F32Math.MINUS_LN2_LO, k.fma(F32Math.MINUS_LN2_HI, x));
            var p = F32Math.E7.fma(r, F32Math.E6).fma(r, F32Math.E5).fma(r, F32Math.E4).fma(r, F32Math.E3)
                    .fma(r, F32Math.HALF).fma(r.mul(r), r).add(F32Math.ONE);
            IntVector e = t.reinterpretAsInts().sub(F32Math.MAGIC_BITS - 127).lanewise(LSHL, 23);
            // above 0 only by rounding, unless scores are so large that it is all there is to them
            var y = p.mul(e.reinterpretAsFloats()).blend(0f, x.compare(LT, LEAST)).blend(INF, x.compare(GT, 88f));
            put(y, s);
            put(y.mul(scale).mul(load(dp).sub(mean)), dp);
            s += ROW;
            dp += ROW;
        }
    }

    private static FloatVector load(long at) {
        return FloatVector.fromMemorySegment(S, ALL, at, ORDER);
    }

    private static void put(FloatVector v, long at) {
        v.intoMemorySegment(ALL, at, ORDER);
    }
}
