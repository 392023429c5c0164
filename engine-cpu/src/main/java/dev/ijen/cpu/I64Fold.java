package dev.ijen.cpu;

import dev.ijen.spi.Region.Fold;

/// Folds of longs.
record I64Fold(Fold fold) implements Folder {
    @Override
    public int bytes() {
        return 8;
    }

    @Override
    public void reduce(long from, int n, long to) {
        long s = Mem.i64(to);
        s = switch (fold) {
            case SUM -> s + sum(from, n);
            case MAX -> max(from, n, s);
            case MIN -> min(from, n, s);
        };
        Mem.i64(to, s);
    }

    private static long sum(long from, int n) {
        long s0 = 0;
        long s1 = 0;
        long s2 = 0;
        long s3 = 0;
        int i = 0;
        for (; i <= n - 4; i += 4) {
            s0 += Mem.i64(from + 8L * i);
            s1 += Mem.i64(from + 8L * i + 8);
            s2 += Mem.i64(from + 8L * i + 16);
            s3 += Mem.i64(from + 8L * i + 24);
        }
        for (; i < n; i++) {
            s0 += Mem.i64(from + 8L * i);
        }
        return s0 + s1 + (s2 + s3);
    }

    private static long max(long from, int n, long s) {
        for (int i = 0; i < n; i++) {
            s = Math.max(s, Mem.i64(from + 8L * i));
        }
        return s;
    }

    private static long min(long from, int n, long s) {
        for (int i = 0; i < n; i++) {
            s = Math.min(s, Mem.i64(from + 8L * i));
        }
        return s;
    }

    @Override
    public void into(long from, long to, long step, int n) {
        for (int i = 0; i < n; i++) {
            long p = to + i * step;
            long v = Mem.i64(from + 8L * i);
            long s = Mem.i64(p);
            Mem.i64(p, fold == Fold.SUM ? s + v : fold == Fold.MAX ? Math.max(s, v) : Math.min(s, v));
        }
    }

    @Override
    public void pair(long a, long b, long to, int n) {
        for (int i = 0; i < n; i++) {
            long x = Mem.i64(a + 8L * i);
            long y = Mem.i64(b + 8L * i);
            Mem.i64(to + 8L * i, fold == Fold.SUM ? x + y : fold == Fold.MAX ? Math.max(x, y) : Math.min(x, y));
        }
    }

    @Override
    public void clear(long to, long step, int n) {
        long neutral = switch (fold) {
            case SUM -> 0;
            case MAX -> Long.MIN_VALUE;
            case MIN -> Long.MAX_VALUE;
        };
        for (int i = 0; i < n; i++) {
            Mem.i64(to + i * step, neutral);
        }
    }
}
