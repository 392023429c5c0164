package dev.ijen.cpu;

/// Pooling of one window over some neighbouring channels, for one element type. `taps` holds the byte offsets of the window's `count`
/// elements inside the image, in row-major order; padding is left out. Other addresses point at the first channel: `x`, `g` and `dx` in the
/// image, `y` and `dy` at the window's output.
interface Pooling {
    void max(long taps, int count, long x, long y, int channels);

    void sum(long taps, int count, long x, long y, int channels);

    void maxPick(long taps, int count, long x, long g, long y, int channels);

    void maxGradient(long taps, int count, long x, long dy, long dx, int channels);

    void sumGradient(long taps, int count, long dy, long dx, int channels);
}
