package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.ijen.tensor.UnaryFn;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// [Columns] of F32. A vector holds neighbouring queries. Passes are short methods over a block in the nearest cache, and called where the compiler
/// can't see which one is meant: otherwise it inlines them into one method, more of them than it has room for, and vectors of the rest become
/// objects.
final class Columns32 implements Columns {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final long V = S.vectorByteSize();
    private static final long ROW = 2 * V;
    private static final float NONE = Float.NEGATIVE_INFINITY;
    private static final float INF = Float.POSITIVE_INFINITY;

    static final Columns32 INSTANCE = new Columns32();

    // fields of an object, not constants, for the reason above
    private final Fn max = Columns32::max;
    private final Fn shift = Columns32::shift;
    private final Fn exp = F32Math.of(UnaryFn.EXP);
    private final Fn log = F32Math.of(UnaryFn.LOG);
    private final Fn total = Columns32::total;
    private final Fn slope = Columns32::slope;
    private final Fn dot = Columns32::dot;
    private final Fn finish = Columns32::finish;
    private final Fn scale = Columns32::scale;
    private final Fn sum = Columns32::sum;

    private Columns32() {}

    /// The one place from which all passes are called.
    private static void pass(Fn f, long a, long b, long c, long out, int n) {
        f.run(a, b, c, out, n);
    }

    @Override
    public void scale(long x, double factor, int n) {
        pass(scale, x, Float.floatToRawIntBits((float) factor), 0, x, n);
    }

    @Override
    public void scaleRows(long x, long step, long factors, int rows, int d) {
        for (int i = 0; i < rows; i++) {
            pass(scale, x + i * step, Mem.i32(factors + 4L * i), 0, x + i * step, d);
        }
    }

    private static void scale(long a, long factor, long c, long out, int n) {
        F32Rows.scale(a, Float.intBitsToFloat((int) factor), out, n);
    }

    @Override
    public void hide(long s, int rows, int n) {
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < n + r; i++) {
                Mem.f32(s + r * ROW + 4L * i, NONE);
            }
        }
    }

    @Override
    public void start(long max, long sum) {
        for (long i = 0; i < ROW; i += 4) {
            Mem.f32(max + i, NONE);
            Mem.f32(sum + i, 0);
        }
    }

    @Override
    public void softmax(long s, int rows, long max, long sum, long factor) {
        Mem.copy(max, factor, ROW);
        pass(this.max, s, 0, 0, max, rows);
        pass(this.max, s + V, 0, 0, max + V, rows);
        pass(shift, factor, max, 0, factor, 1);
        pass(shift, s, max, 0, s, rows);
        pass(exp, factor, 0, 0, factor, 2 * L);
        pass(exp, s, 0, 0, s, rows * 2 * L);
        pass(total, s, factor, 0, sum, rows);
    }

    /// The greatest of a column and of what is at `max`. NaN is passed over; the exponentials have it.
    private static void max(long s, long b, long c, long max, int rows) {
        var m0 = load(max);
        var m1 = m0;
        int i = 0;
        for (; i < rows - 1; i += 2) {
            var x = load(s);
            var y = load(s + ROW);
            m0 = m0.blend(x, x.compare(GT, m0));
            m1 = m1.blend(y, y.compare(GT, m1));
            s += 2 * ROW;
        }
        if (i < rows) {
            var x = load(s);
            m0 = m0.blend(x, x.compare(GT, m0));
        }
        put(m0.blend(m1, m1.compare(GT, m0)), max);
    }

    /// s − max; of queries that have seen nothing, s.
    private static void shift(long s, long max, long c, long out, int rows) {
        var m0 = load(max);
        var m1 = load(max + V);
        var b0 = m0.blend(0f, m0.compare(LT, -Float.MAX_VALUE));
        var b1 = m1.blend(0f, m1.compare(LT, -Float.MAX_VALUE));
        for (int i = 0; i < rows; i++) {
            put(load(s).sub(b0), out);
            put(load(s + V).sub(b1), out + V);
            s += ROW;
            out += ROW;
        }
    }

    /// sum · factor and the sums of columns.
    private static void total(long s, long factor, long c, long sum, int rows) {
        var s0 = FloatVector.zero(S);
        var s1 = s0;
        for (int i = 0; i < rows; i++) {
            s0 = s0.add(load(s));
            s1 = s1.add(load(s + V));
            s += ROW;
        }
        put(load(sum).mul(load(factor)).add(s0), sum);
        put(load(sum + V).mul(load(factor + V)).add(s1), sum + V);
    }

    @Override
    public void finish(long max, long sum, long work) {
        pass(log, sum, 0, 0, work, 2 * L);
        pass(finish, max, work, 0, sum, 2 * L);
    }

    private static void finish(long max, long log, long c, long sum, int n) {
        for (long v = 0; v < 4L * n; v += V) {
            var x = load(sum + v);
            put(load(max + v).add(load(log + v)), max + v);
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
        pass(dot, a, b, 0, to, rows);
    }

    private static void dot(long a, long b, long c, long to, int rows) {
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
        pass(sum, x, step, parts, to, n);
    }

    private static void sum(long x, long step, long parts, long to, int n) {
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
        pass(shift, s, lse, 0, s, rows);
        pass(exp, s, 0, 0, s, rows * 2 * L);
        pass(slope, s, delta, Float.floatToRawIntBits((float) scale), dp, rows);
    }

    private static void slope(long p, long delta, long scale, long dp, int rows) {
        var f = FloatVector.broadcast(S, Float.intBitsToFloat((int) scale));
        var d0 = load(delta);
        var d1 = load(delta + V);
        for (int i = 0; i < rows; i++) {
            put(load(p).mul(f).mul(load(dp).sub(d0)), dp);
            put(load(p + V).mul(f).mul(load(dp + V).sub(d1)), dp + V);
            p += ROW;
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
