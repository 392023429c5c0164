package dev.ijen.contract;

import java.math.BigInteger;

/// Philox 4x32-10 as in the paper (Salmon et al., SC 2011, section 3.3), on whole numbers without bounds:
/// counter (c0, c1, c2, c3), key (k0, k1), ten rounds.
final class RefPhilox {
    private static final BigInteger WORD = BigInteger.ONE.shiftLeft(32);

    private RefPhilox() {}

    /// Word `element mod 4` of block ⌊element / 4⌋, with counter (block, stream, step low, step high).
    static int word(long seed, long step, int stream, int element) {
        long mask = 0xffffffffL;
        var c = new long[] {Integer.toUnsignedLong(element) / 4, Integer.toUnsignedLong(stream), step & mask,
            step >>> 32};
        return (int) rounds(c, new long[] {seed & mask, seed >>> 32})[element & 3];
    }

    /// Ten rounds.
    static long[] rounds(long[] counter, long[] key) {
        var c = counter.clone();
        var k = key.clone();
        for (int round = 0; round < 10; round++) {
            var p = product(0xD2511F53L, c[0]);
            var q = product(0xCD9E8D57L, c[2]);
            c = new long[] {q[0] ^ c[1] ^ k[0], q[1], p[0] ^ c[3] ^ k[1], p[1]};
            k[0] = (k[0] + 0x9E3779B9L) % (1L << 32);
            k[1] = (k[1] + 0xBB67AE85L) % (1L << 32);
        }
        return c;
    }

    private static long[] product(long a, long b) {
        var parts = BigInteger.valueOf(a).multiply(BigInteger.valueOf(b)).divideAndRemainder(WORD);
        return new long[] {parts[0].longValueExact(), parts[1].longValueExact()};
    }
}
