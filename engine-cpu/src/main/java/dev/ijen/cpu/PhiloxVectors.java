package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Philox 4x32-10 (see [dev.ijen.spi.Philox]) of as many blocks as a vector has lanes.
///
/// The blocks lie in the lanes such that lanes 4i + j, for j from 0 to 3, become the i-th quadruple of the j-th vector that is
/// written: to put four words of a block side by side then takes moves within quadruples only.
final class PhiloxVectors {
    static final long M0 = 0xD2511F53L;
    static final long M1 = 0xCD9E8D57L;
    static final int W0 = 0x9E3779B9;
    static final int W1 = 0xBB67AE85;

    private static final VectorSpecies<Integer> S = F32Math.ints();
    private static final VectorSpecies<Long> D = F32Wide.longs();
    private static final int L = S.length();
    private static final long LOW = 0xffffffffL;
    private static final IntVector BLOCKS = IntVector.fromArray(S, blocks(), 0);
    private static final LongVector BY_0 = LongVector.broadcast(D, M0);
    private static final LongVector BY_1 = LongVector.broadcast(D, M1);
    private static final VectorMask<Integer> SECOND = word(1);
    private static final VectorMask<Integer> THIRD = word(2);
    private static final VectorMask<Integer> FOURTH = word(3);
    private static final VectorShuffle<Integer> TO_0 = quadruple(0);
    private static final VectorShuffle<Integer> TO_1 = quadruple(1);
    private static final VectorShuffle<Integer> TO_2 = quadruple(2);
    private static final VectorShuffle<Integer> TO_3 = quadruple(3);

    private PhiloxVectors() {}

    private static int[] blocks() {
        var b = new int[L];
        for (int i = 0; i < L; i++) {
            b[i] = i % 4 * (L / 4) + i / 4;
        }
        return b;
    }

    private static VectorMask<Integer> word(int w) {
        return VectorMask.fromLong(S, 0x1111111111111111L << w);
    }

    private static VectorShuffle<Integer> quadruple(int j) {
        return VectorShuffle.fromOp(S, i -> (i & -4) + j);
    }

    /// Writes all words of `count` blocks, a multiple of the lanes, from `first` on.
    static void fill(long seed, long step, int stream, int first, int count, long to) {
        for (int b = 0; b < count; b += L) {
            IntVector c0 = BLOCKS.add(first + b);
            IntVector c1 = IntVector.broadcast(S, stream);
            IntVector c2 = IntVector.broadcast(S, (int) step);
            IntVector c3 = IntVector.broadcast(S, (int) (step >>> 32));
            int k0 = (int) seed;
            int k1 = (int) (seed >>> 32);
            for (int r = 0; r < 10; r++) {
                // products of the even and the odd lanes
                LongVector pe = c0.reinterpretAsLongs().and(LOW).mul(BY_0);
                LongVector po = c0.reinterpretAsLongs().lanewise(LSHR, 32).mul(BY_0);
                LongVector qe = c2.reinterpretAsLongs().and(LOW).mul(BY_1);
                LongVector qo = c2.reinterpretAsLongs().lanewise(LSHR, 32).mul(BY_1);
                IntVector ph = pe.lanewise(LSHR, 32).or(po.and(~LOW)).reinterpretAsInts();
                IntVector qh = qe.lanewise(LSHR, 32).or(qo.and(~LOW)).reinterpretAsInts();
                IntVector n3 = c0.mul((int) M0);
                c0 = qh.lanewise(XOR, c1).lanewise(XOR, k0);
                c1 = c2.mul((int) M1);
                c2 = ph.lanewise(XOR, c3).lanewise(XOR, k1);
                c3 = n3;
                k0 += W0;
                k1 += W1;
            }
            long at = to + 16L * b;
            c0.rearrange(TO_0).blend(c1.rearrange(TO_0), SECOND).blend(c2.rearrange(TO_0), THIRD)
                    .blend(c3.rearrange(TO_0), FOURTH).intoMemorySegment(ALL, at, ORDER);
            c0.rearrange(TO_1).blend(c1.rearrange(TO_1), SECOND).blend(c2.rearrange(TO_1), THIRD)
                    .blend(c3.rearrange(TO_1), FOURTH).intoMemorySegment(ALL, at + 4L * L, ORDER);
            c0.rearrange(TO_2).blend(c1.rearrange(TO_2), SECOND).blend(c2.rearrange(TO_2), THIRD)
                    .blend(c3.rearrange(TO_2), FOURTH).intoMemorySegment(ALL, at + 8L * L, ORDER);
            c0.rearrange(TO_3).blend(c1.rearrange(TO_3), SECOND).blend(c2.rearrange(TO_3), THIRD)
                    .blend(c3.rearrange(TO_3), FOURTH).intoMemorySegment(ALL, at + 12L * L, ORDER);
        }
    }
}
