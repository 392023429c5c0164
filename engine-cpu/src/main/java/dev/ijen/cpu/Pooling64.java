package dev.ijen.cpu;

/// [Pooling] of F64, element by element.
final class Pooling64 implements Pooling {
    @Override
    public void max(long taps, int count, long x, long y, int channels) {
        for (long c = 0; c < 8L * channels; c += 8) {
            Mem.f64(y + c, greatest(taps, count, x + c));
        }
    }

    private static double greatest(long taps, int count, long x) {
        double v = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < count; t++) {
            v = Math.max(v, Mem.f64(x + Mem.i64(taps + 8L * t)));
        }
        return v;
    }

    /// Offset of the first greatest (or NaN), −1 if there is no element.
    private static long first(long taps, int count, long x) {
        double best = greatest(taps, count, x);
        for (int t = 0; t < count; t++) {
            long at = Mem.i64(taps + 8L * t);
            double v = Mem.f64(x + at);
            if (v == best || v != v) {
                return at;
            }
        }
        return -1;
    }

    @Override
    public void sum(long taps, int count, long x, long y, int channels) {
        for (long c = 0; c < 8L * channels; c += 8) {
            double v = 0;
            for (int t = 0; t < count; t++) {
                v += Mem.f64(x + c + Mem.i64(taps + 8L * t));
            }
            Mem.f64(y + c, v);
        }
    }

    @Override
    public void maxPick(long taps, int count, long x, long g, long y, int channels) {
        for (long c = 0; c < 8L * channels; c += 8) {
            long at = first(taps, count, x + c);
            Mem.f64(y + c, at < 0 ? 0 : Mem.f64(g + c + at));
        }
    }

    @Override
    public void maxGradient(long taps, int count, long x, long dy, long dx, int channels) {
        for (long c = 0; c < 8L * channels; c += 8) {
            long at = first(taps, count, x + c);
            if (at >= 0) {
                Mem.f64(dx + c + at, Mem.f64(dx + c + at) + Mem.f64(dy + c));
            }
        }
    }

    @Override
    public void sumGradient(long taps, int count, long dy, long dx, int channels) {
        for (long c = 0; c < 8L * channels; c += 8) {
            for (int t = 0; t < count; t++) {
                long to = dx + c + Mem.i64(taps + 8L * t);
                Mem.f64(to, Mem.f64(to) + Mem.f64(dy + c));
            }
        }
    }
}
