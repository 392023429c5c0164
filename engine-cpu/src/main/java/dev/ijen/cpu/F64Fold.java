package dev.ijen.cpu;

import dev.ijen.spi.Region.Fold;

/// Folds of doubles.
record F64Fold(Fold fold) implements Folder {
    @Override
    public int bytes() {
        return 8;
    }

    @Override
    public void reduce(long from, int n, long to) {
        double s = Mem.f64(to);
        s = switch (fold) {
            case SUM -> s + sum(from, n);
            case MAX -> max(from, n, s);
            case MIN -> min(from, n, s);
        };
        Mem.f64(to, s);
    }

    private static double sum(long from, int n) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i <= n - 4; i += 4) {
            s0 += Mem.f64(from + 8L * i);
            s1 += Mem.f64(from + 8L * i + 8);
            s2 += Mem.f64(from + 8L * i + 16);
            s3 += Mem.f64(from + 8L * i + 24);
        }
        for (; i < n; i++) {
            s0 += Mem.f64(from + 8L * i);
        }
        return s0 + s1 + (s2 + s3);
    }

    private static double max(long from, int n, double s) {
        for (int i = 0; i < n; i++) {
            s = Math.max(s, Mem.f64(from + 8L * i));
        }
        return s;
    }

    private static double min(long from, int n, double s) {
        for (int i = 0; i < n; i++) {
            s = Math.min(s, Mem.f64(from + 8L * i));
        }
        return s;
    }

    @Override
    public void into(long from, long to, long step, int n) {
        for (int i = 0; i < n; i++) {
            long p = to + i * step;
            double v = Mem.f64(from + 8L * i);
            double s = Mem.f64(p);
            Mem.f64(p, fold == Fold.SUM ? s + v : fold == Fold.MAX ? Math.max(s, v) : Math.min(s, v));
        }
    }

    @Override
    public void pair(long a, long b, long to, int n) {
        for (int i = 0; i < n; i++) {
            double x = Mem.f64(a + 8L * i);
            double y = Mem.f64(b + 8L * i);
            Mem.f64(to + 8L * i, fold == Fold.SUM ? x + y : fold == Fold.MAX ? Math.max(x, y) : Math.min(x, y));
        }
    }

    @Override
    public void clear(long to, long step, int n) {
        double neutral = switch (fold) {
            case SUM -> 0;
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
        };
        for (int i = 0; i < n; i++) {
            Mem.f64(to + i * step, neutral);
        }
    }
}
