package dev.ijen.cuda.ptx;

/// Philox 4x32-10, the bits of [dev.ijen.spi.Philox].
final class PhiloxCode {
    private static final String M0 = Integer.toString(0xD2511F53);
    private static final String M1 = Integer.toString(0xCD9E8D57);
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private final Asm asm;
    private final String stepLow;
    private final String stepHigh;
    private final String[] key0 = new String[ROUNDS];
    private final String[] key1 = new String[ROUNDS];

    /// Loads the state (seed, step) and makes the keys of all rounds.
    PhiloxCode(Asm asm, String state) {
        this.asm = asm;
        String seed = asm.b64("ld.global.u64", "[" + state + "]");
        String step = asm.b64("ld.global.u64", "[" + state + "+8]");
        key0[0] = asm.b32("cvt.u32.u64", seed);
        key1[0] = asm.b32("cvt.u32.u64", asm.b64("shr.u64", seed, "32"));
        stepLow = asm.b32("cvt.u32.u64", step);
        stepHigh = asm.b32("cvt.u32.u64", asm.b64("shr.u64", step, "32"));
        for (int r = 1; r < ROUNDS; r++) {
            key0[r] = asm.b32("add.s32", key0[0], Integer.toString(W0 * r));
            key1[r] = asm.b32("add.s32", key1[0], Integer.toString(W1 * r));
        }
    }

    /// The four words of a block.
    String[] block(int stream, String block) {
        String c0 = block;
        String c1 = asm.b32("mov.b32", Integer.toString(stream));
        String c2 = stepLow;
        String c3 = stepHigh;
        for (int r = 0; r < ROUNDS; r++) {
            String high0 = asm.b32("mul.hi.u32", c0, M0);
            String low0 = asm.b32("mul.lo.s32", c0, M0);
            String high1 = asm.b32("mul.hi.u32", c2, M1);
            String low1 = asm.b32("mul.lo.s32", c2, M1);
            c0 = asm.b32("xor.b32", asm.b32("xor.b32", high1, c1), key0[r]);
            c2 = asm.b32("xor.b32", asm.b32("xor.b32", high0, c3), key1[r]);
            c1 = low1;
            c3 = low0;
        }
        return new String[] {c0, c1, c2, c3};
    }

    /// The word of one element.
    String bits(int stream, String element) {
        var w = block(stream, asm.b32("shr.u32", element, "2"));
        String odd = asm.pred("setp.ne.s32", asm.b32("and.b32", element, "1"), "0");
        String late = asm.pred("setp.ne.s32", asm.b32("and.b32", element, "2"), "0");
        String low = asm.b32("selp.b32", w[1], w[0], odd);
        String high = asm.b32("selp.b32", w[3], w[2], odd);
        return asm.b32("selp.b32", high, low, late);
    }

    /// The words of `lanes` (2 or a multiple of 4) elements in a row, the first of which is a multiple of that.
    String[] row(int stream, String element, int lanes) {
        var r = new String[lanes];
        String first = asm.b32("shr.u32", element, "2");
        if (lanes == 2) {
            var w = block(stream, first);
            String late = asm.pred("setp.ne.s32", asm.b32("and.b32", element, "2"), "0");
            r[0] = asm.b32("selp.b32", w[2], w[0], late);
            r[1] = asm.b32("selp.b32", w[3], w[1], late);
            return r;
        }
        for (int i = 0; i < lanes; i += 4) {
            String block = i == 0 ? first : asm.b32("add.s32", first, Integer.toString(i / 4));
            System.arraycopy(block(stream, block), 0, r, i, 4);
        }
        return r;
    }
}
