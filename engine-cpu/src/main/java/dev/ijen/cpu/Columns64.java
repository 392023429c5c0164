package dev.ijen.cpu;

/// [Columns] of F64.
final class Columns64 implements Columns {
    static final Columns64 INSTANCE = new Columns64();

    private static final int COLUMNS = Micro64.INSTANCE.strip();
    private static final long ROW = 8L * COLUMNS;
    private static final double NONE = Double.NEGATIVE_INFINITY;

    private Columns64() {}

    @Override
    public void scale(long x, double factor, int n) {
        for (int i = 0; i < n; i++) {
            Mem.f64(x + 8L * i, Mem.f64(x + 8L * i) * factor);
        }
    }

    @Override
    public void scaleRows(long x, long step, long factors, int rows, int d) {
        for (int i = 0; i < rows; i++) {
            scale(x + i * step, Mem.f64(factors + 8L * i), d);
        }
    }

    @Override
    public void hide(long s, int rows, int n) {
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < n + r; i++) {
                Mem.f64(s + r * ROW + 8L * i, NONE);
            }
        }
    }

    @Override
    public void start(long max, long sum) {
        for (long c = 0; c < ROW; c += 8) {
            Mem.f64(max + c, NONE);
            Mem.f64(sum + c, 0);
        }
    }

    @Override
    public void softmax(long s, int rows, long max, long sum, long factor) {
        for (long c = 0; c < ROW; c += 8) {
            double old = Mem.f64(max + c);
            double m = old;
            for (int i = 0; i < rows; i++) {
                double x = Mem.f64(s + c + i * ROW);
                m = x > m ? x : m;
            }
            double base = m == NONE ? 0 : m;
            double total = 0;
            for (int i = 0; i < rows; i++) {
                long at = s + c + i * ROW;
                double e = Math.exp(Mem.f64(at) - base);
                Mem.f64(at, e);
                total += e;
            }
            double f = Math.exp(old - base);
            Mem.f64(max + c, m);
            Mem.f64(sum + c, Mem.f64(sum + c) * f + total);
            Mem.f64(factor + c, f);
        }
    }

    @Override
    public void finish(long max, long sum, long work) {
        for (long c = 0; c < ROW; c += 8) {
            double x = Mem.f64(sum + c);
            Mem.f64(max + c, Mem.f64(max + c) + Math.log(x));
            Mem.f64(sum + c, x == 0 ? 0 : 1 / x);
        }
    }

    @Override
    public void logs(long lse, int n, long to) {
        for (int i = 0; i < COLUMNS; i++) {
            double v = i < n ? Mem.f64(lse + 8L * i) : NONE;
            Mem.f64(to + 8L * i, v == NONE ? Double.POSITIVE_INFINITY : v);
        }
    }

    @Override
    public void dot(long a, long b, int rows, long to) {
        for (long c = 0; c < ROW; c += 8) {
            double sum = 0;
            for (int i = 0; i < rows; i++) {
                sum = Math.fma(Mem.f64(a + c + i * ROW), Mem.f64(b + c + i * ROW), sum);
            }
            Mem.f64(to + c, sum);
        }
    }

    @Override
    public void sum(long x, long step, int parts, long to, int n) {
        for (long i = 0; i < 8L * n; i += 8) {
            double sum = 0;
            for (int p = 0; p < parts; p++) {
                sum += Mem.f64(x + i + p * step);
            }
            Mem.f64(to + i, sum);
        }
    }

    @Override
    public void gradient(long s, long dp, int rows, long lse, long delta, double scale) {
        for (int i = 0; i < rows; i++) {
            for (long c = 0; c < ROW; c += 8) {
                long at = i * ROW + c;
                double p = Math.exp(Mem.f64(s + at) - Mem.f64(lse + c));
                Mem.f64(s + at, p);
                Mem.f64(dp + at, p * scale * (Mem.f64(dp + at) - Mem.f64(delta + c)));
            }
        }
    }
}
