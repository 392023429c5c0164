package dev.ijen.cpu;

/// [Pooling] of F64, element by element.
final class Pooling64 {
    private Pooling64() {}

    static void max(long taps, int count, long x, long unused, long y, int channels) {
        for (long c = 0; c < 8L * channels; c += 8) {
            Mem.f64(y + c, greatest(taps, count, x + c));
        }
    }

    private static double greatest(long taps, int count, long x) {
        double v = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < count; t++) {
            v = Math.max(v, Mem.f64(x + Taps.offset(taps, t)));
        }
        return v;
    }

    /// Offset of the first greatest (or NaN), −1 if there is no element.
    private static long first(long taps, int count, long x) {
        double best = greatest(taps, count, x);
        for (int t = 0; t < count; t++) {
            long at = Taps.offset(taps, t);
            double v = Mem.f64(x + at);
            if (v == best || Double.isNaN(v)) {
                return at;
            }
        }
        return -1;
    }

    static void sum(long taps, int count, long x, long unused, long y, int channels) {
        for (long c = 0; c < 8L * channels; c += 8) {
            double v = 0;
            for (int t = 0; t < count; t++) {
                v += Mem.f64(x + c + Taps.offset(taps, t));
            }
            Mem.f64(y + c, v);
        }
    }

    static void maxPick(long taps, int count, long x, long g, long y, int channels) {
        for (long c = 0; c < 8L * channels; c += 8) {
            long at = first(taps, count, x + c);
            Mem.f64(y + c, at < 0 ? 0 : Mem.f64(g + c + at));
        }
    }

    static void maxGradient(long taps, int count, long x, long dy, long dx, int channels) {
        for (long c = 0; c < 8L * channels; c += 8) {
            long at = first(taps, count, x + c);
            if (at >= 0) {
                Mem.f64(dx + c + at, Mem.f64(dx + c + at) + Mem.f64(dy + c));
            }
        }
    }

    static void sumGradient(long taps, int count, long dy, long unused, long dx, int channels) {
        for (long c = 0; c < 8L * channels; c += 8) {
            for (int t = 0; t < count; t++) {
                long to = dx + c + Taps.offset(taps, t);
                Mem.f64(to, Mem.f64(to) + Mem.f64(dy + c));
            }
        }
    }
}
