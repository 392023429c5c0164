package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Values that come from where an element is: indices and random words.
final class Counts {
    private static final VectorSpecies<Integer> S = F32Math.ints();
    private static final int L = S.length();

    static final Cold COLD = new Cold(200);

    private Counts() {}

    /// first, first + step, … Writes up to a vector more.
    static void run(int first, int step, long to, int n) {
        IntVector v = IntVector.zero(S).addIndex(step).add(first);
        for (int i = 0; i < n; i += L) {
            v.intoMemorySegment(ALL, to + 4L * i, ORDER);
            v = v.add(step * L);
        }
    }

    /// The words of elements first, first + step, …
    static void random(long seed, long stepNumber, int stream, int first, int step, long to, int n) {
        int done = 0;
        if (step == 1) {
            int head = Math.min(n, -first & 3);
            words(seed, stepNumber, stream, first, to, head);
            int blocks = (n - head) / 4 & -L;
            if (!COLD.over()) {
                blocks = COLD.part() ? Math.min(blocks, L) : 0;
            }
            if (blocks > 0) {
                long begun = COLD.over() ? 0 : System.nanoTime();
                PhiloxVectors.fill(seed, stepNumber, stream, first + head >>> 2, blocks, to + 4L * head);
                if (begun != 0) {
                    COLD.end(begun, 1);
                }
            }
            done = head + 4 * blocks;
        }
        int run = step == 1 ? 4 : 1;
        for (int i = done; i < n; i += run) {
            words(seed, stepNumber, stream, first + i * step, to + 4L * i, Math.min(run, n - i));
        }
    }

    /// `n` words of one Philox block (see [dev.ijen.spi.Philox]), from the word of element `e` on.
    private static void words(long seed, long stepNumber, int stream, int e, long to, int n) {
        int c0 = e >>> 2;
        int c1 = stream;
        int c2 = (int) stepNumber;
        int c3 = (int) (stepNumber >>> 32);
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int r = 0; r < 10; r++) {
            long p = (c0 & 0xffffffffL) * PhiloxVectors.M0;
            long q = (c2 & 0xffffffffL) * PhiloxVectors.M1;
            c0 = (int) (q >>> 32) ^ c1 ^ k0;
            c2 = (int) (p >>> 32) ^ c3 ^ k1;
            c1 = (int) q;
            c3 = (int) p;
            k0 += PhiloxVectors.W0;
            k1 += PhiloxVectors.W1;
        }
        for (int i = 0; i < n; i++) {
            int w = e + i & 3;
            Mem.i32(to + 4L * i, w == 0 ? c0 : w == 1 ? c1 : w == 2 ? c2 : c3);
        }
    }
}
