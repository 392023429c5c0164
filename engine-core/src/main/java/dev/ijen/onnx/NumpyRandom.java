package dev.ijen.onnx;

/// Uniform numbers as NumPy's `RandomState(seed).uniform()` gives them, which ONNX's reference takes for nodes with a seed: the Mersenne
/// Twister MT19937 (Matsumoto and Nishimura, 1998), 53 bits of two draws.
final class NumpyRandom {
    private static final int N = 624;
    private static final int M = 397;

    private final int[] state = new int[N];
    private int at = N;

    private NumpyRandom(int seed) {
        state[0] = seed;
        for (int i = 1; i < N; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
        }
    }

    /// 1 where a number is at least `bound`, else 0.
    static double[] atLeast(long seed, double bound, int count) {
        var r = new NumpyRandom((int) seed);
        var v = new double[count];
        for (int i = 0; i < count; i++) {
            long a = (r.next() & 0xffffffffL) >>> 5;
            long b = (r.next() & 0xffffffffL) >>> 6;
            v[i] = (a * 67108864.0 + b) / 9007199254740992.0 >= bound ? 1 : 0;
        }
        return v;
    }

    private int next() {
        if (at == N) {
            for (int i = 0; i < N; i++) {
                int y = state[i] & 0x80000000 | state[(i + 1) % N] & 0x7fffffff;
                state[i] = state[(i + M) % N] ^ y >>> 1 ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
            }
            at = 0;
        }
        int y = state[at++];
        y ^= y >>> 11;
        y ^= y << 7 & 0x9d2c5680;
        y ^= y << 15 & 0xefc60000;
        return y ^ y >>> 18;
    }
}
