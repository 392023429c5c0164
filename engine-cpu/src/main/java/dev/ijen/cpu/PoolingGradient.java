package dev.ijen.cpu;

/// [Pooling32#maxGradientOnce] of a line of windows, on arrays while that is cold: a dozen reads of memory for each element, of some
/// fifteen calls each, are what a first step would take longest for.
final class PoolingGradient {
    private PoolingGradient() {}

    /// Windows beside each other that lie inside an image of so many channels.
    ///
    /// @param taps list of a window's elements from its first
    /// @param x the first window's first element
    /// @param step bytes from a window to the next in x and dx
    /// @param dx written for each element of a window; what lies between them stays
    static void line(long taps, int count, long x, long step, long dy, long dx, int windows, int channels) {
        if (Pooling32.ONCE.over() || !cold(taps, count, x, step, dy, dx, windows, channels)) {
            for (int q = 0; q < windows; q++) {
                Pooling32.maxGradientOnce(taps, count, x + q * step, dy + 4L * q * channels, dx + q * step, channels);
            }
            return;
        }
        for (int q = 0; q < windows; q++) {
            Pooling32.partOnce(taps, count, x + q * step, dy + 4L * q * channels, dx + q * step, channels);
        }
    }

    /// False, and nothing is done, where the windows are too far apart.
    private static boolean cold(long taps, int count, long x, long step, long dy, long dx, int windows, int channels) {
        var reach = PoolingLines.Reach.of(taps, count, step, windows, channels);
        if (reach == null) {
            return false;
        }
        float[] from = Mem.floats(x + reach.low(), reach.count());
        float[] to = Mem.floats(dx + reach.low(), reach.count());
        float[] d = Mem.floats(dy, windows * channels);
        for (int q = 0, i = 0; q < windows; q++) {
            for (int c = 0; c < channels; c++, i++) {
                gradient(from, (int) (q * step / 4) + c, reach.offsets(), d[i], to);
            }
        }
        Mem.floats(to, to.length, dx + reach.low());
        return true;
    }

    /// One window of one channel: d for the first greatest element (or NaN), 0 for all others.
    private static void gradient(float[] x, int at, int[] offsets, float d, float[] dx) {
        int first = offsets[0];
        float best = Float.NEGATIVE_INFINITY;
        for (int o : offsets) {
            float v = x[at + o];
            if (v > best) {
                best = v;
                first = o;
            } else if (!(v <= best)) { // NaN
                first = o;
                break;
            }
        }
        for (int o : offsets) {
            dx[at + o] = 0;
        }
        dx[at + first] = d;
    }
}
