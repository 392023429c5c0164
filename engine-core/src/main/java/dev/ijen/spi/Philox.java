package dev.ijen.spi;

/// Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), the one generator of the engine.
/// Word `e & 3` of block `e >>> 2` belongs to element `e`; the counter is (block, stream, step low, step high), the key is
/// the seed (low, high). Every backend gives the same bits.
public final class Philox {
    private static final int M0 = 0xD2511F53;
    private static final int M1 = 0xCD9E8D57;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;

    private Philox() {}

    /// The 32 bits of one element.
    public static int bits(long seed, long step, int stream, int element) {
        var w = new int[4];
        block(seed, step, stream, element >>> 2, w, 0);
        return w[element & 3];
    }

    /// Fills four words at `to[at]` from one block.
    public static void block(long seed, long step, int stream, int block, int[] to, int at) {
        int c0 = block;
        int c1 = stream;
        int c2 = (int) step;
        int c3 = (int) (step >>> 32);
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int r = 0; r < 10; r++) {
            long p = (c0 & 0xffffffffL) * (M0 & 0xffffffffL);
            long q = (c2 & 0xffffffffL) * (M1 & 0xffffffffL);
            int n0 = (int) (q >>> 32) ^ c1 ^ k0;
            int n2 = (int) (p >>> 32) ^ c3 ^ k1;
            c1 = (int) q;
            c3 = (int) p;
            c0 = n0;
            c2 = n2;
            k0 += W0;
            k1 += W1;
        }
        to[at] = c0;
        to[at + 1] = c1;
        to[at + 2] = c2;
        to[at + 3] = c3;
    }
}
