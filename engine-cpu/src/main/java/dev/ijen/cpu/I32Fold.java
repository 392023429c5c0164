package dev.ijen.cpu;

import dev.ijen.spi.Region.Fold;

/// Folds of ints.
record I32Fold(Fold fold) implements Folder {
    @Override
    public int bytes() {
        return 4;
    }

    @Override
    public void reduce(long from, int n, long to) {
        int s = Mem.i32(to);
        s = switch (fold) {
            case SUM -> s + sum(from, n);
            case MAX -> max(from, n, s);
            case MIN -> min(from, n, s);
        };
        Mem.i32(to, s);
    }

    private static int sum(long from, int n) {
        int s0 = 0;
        int s1 = 0;
        int s2 = 0;
        int s3 = 0;
        int i = 0;
        for (; i <= n - 4; i += 4) {
            s0 += Mem.i32(from + 4L * i);
            s1 += Mem.i32(from + 4L * i + 4);
            s2 += Mem.i32(from + 4L * i + 8);
            s3 += Mem.i32(from + 4L * i + 12);
        }
        for (; i < n; i++) {
            s0 += Mem.i32(from + 4L * i);
        }
        return s0 + s1 + (s2 + s3);
    }

    private static int max(long from, int n, int s) {
        for (int i = 0; i < n; i++) {
            s = Math.max(s, Mem.i32(from + 4L * i));
        }
        return s;
    }

    private static int min(long from, int n, int s) {
        for (int i = 0; i < n; i++) {
            s = Math.min(s, Mem.i32(from + 4L * i));
        }
        return s;
    }

    @Override
    public void into(long from, long to, long step, int n) {
        for (int i = 0; i < n; i++) {
            long p = to + i * step;
            int v = Mem.i32(from + 4L * i);
            int s = Mem.i32(p);
            Mem.i32(p, fold == Fold.SUM ? s + v : fold == Fold.MAX ? Math.max(s, v) : Math.min(s, v));
        }
    }

    @Override
    public void pair(long a, long b, long to, int n) {
        for (int i = 0; i < n; i++) {
            int x = Mem.i32(a + 4L * i);
            int y = Mem.i32(b + 4L * i);
            Mem.i32(to + 4L * i, fold == Fold.SUM ? x + y : fold == Fold.MAX ? Math.max(x, y) : Math.min(x, y));
        }
    }

    @Override
    public void clear(long to, long step, int n) {
        int neutral = switch (fold) {
            case SUM -> 0;
            case MAX -> Integer.MIN_VALUE;
            case MIN -> Integer.MAX_VALUE;
        };
        for (int i = 0; i < n; i++) {
            Mem.i32(to + i * step, neutral);
        }
    }
}
