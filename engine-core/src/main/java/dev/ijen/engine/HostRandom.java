package dev.ijen.engine;

import dev.ijen.spi.Philox;

/// Random numbers on the host from the same counter-based generator as on devices: one stream, element after element. The same
/// numbers on every machine. Not for use by several threads at once.
public final class HostRandom {
    private final long seed;
    private final int stream;
    private final int[] words = new int[4];
    private long element;

    /// The stream with this number of the generator with this seed.
    public HostRandom(long seed, int stream) {
        this.seed = seed;
        this.stream = stream;
    }

    /// 32 random bits.
    public int nextBits() {
        int word = (int) (element & 3);
        if (word == 0) {
            long block = element >>> 2;
            // host draws are step −1 and below, which no device program reaches
            Philox.block(seed, -1 - (block >>> 32), stream, (int) block, words, 0);
        }
        element++;
        return words[word];
    }

    /// Uniform in [0, 1), 24 bits.
    public float nextFloat() {
        return (nextBits() >>> 8) * 0x1p-24f;
    }

    /// As many of [#nextFloat] as the array has room for.
    public void fill(float[] to) {
        int i = 0;
        for (; i < to.length && (element & 3) != 0; i++) {
            to[i] = nextFloat();
        }
        for (; i + 4 <= to.length; i += 4) {
            float _ = nextFloat(); // makes four words
            for (int k = 0; k < 4; k++) {
                to[i + k] = (words[k] >>> 8) * 0x1p-24f;
            }
            element += 3;
        }
        for (; i < to.length; i++) {
            to[i] = nextFloat();
        }
    }

    /// Uniform in [0, 1), 53 bits.
    public double nextDouble() {
        int high = nextBits() >>> 5;
        int low = nextBits() >>> 6;
        return (high * 0x1p26 + low) * 0x1p-53;
    }

    /// Uniform in 0 … n − 1.
    public int nextInt(int n) {
        return (int) ((nextBits() & 0xffffffffL) * n >>> 32);
    }

    /// Standard normal, by the Box-Muller transform with strict arithmetic.
    public double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(nextDouble() + 0x1p-54));
        return radius * StrictMath.cos(2 * Math.PI * nextDouble());
    }
}
