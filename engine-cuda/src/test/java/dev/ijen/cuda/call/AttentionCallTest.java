package dev.ijen.cuda.call;

import dev.ijen.plain.PlainKernels;
import dev.ijen.spi.Kernel.Attention;
import dev.ijen.spi.Kernel.AttentionPass;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Attention: several tiles, grouped heads, strides, masks, lengths, queries that see nothing.
class AttentionCallTest {
    static final List<DType> REAL = Check.REAL;

    /// n, heads, kvHeads, tq, tk, d, room between tokens, causal, lengths
    private static final int[][] SIZES = {
        {1, 1, 1, 1, 1, 1, 0, 0, 0},
        {2, 4, 2, 5, 7, 3, 2, 0, 1},
        {1, 2, 1, 66, 70, 66, 0, 1, 0},
        {2, 1, 1, 7, 3, 5, 0, 1, 1},
        {1, 1, 1, 0, 3, 2, 0, 0, 0},
        {1, 1, 1, 3, 0, 2, 0, 0, 0}
    };

    @ParameterizedTest
    @FieldSource("REAL")
    void bothPasses(DType t) {
        for (int[] s : SIZES) {
            int q = s[1] * s[5] + s[6];
            int kv = s[2] * s[5] + s[6];
            var in = new ArrayList<HostTensor>();
            in.add(Check.random(t, 1, span(s[0] * s[3], q, s[6])));
            in.add(Check.random(t, 2, span(s[0] * s[4], kv, s[6])));
            in.add(Check.random(t, 3, span(s[0] * s[4], kv, s[6])));
            var lengths = HostTensor.of(new int[] {s[4] / 2, 0}, 2);
            var forward = attention(t, AttentionPass.FORWARD, s, q, kv);
            int results = s[0] * s[3] * s[1] * s[5];
            var sums = t == DType.F64 ? DType.F64 : DType.F32;
            var kept = check(
                    forward, with(in, s, lengths), Rig.empty(t, results), Rig.empty(sums, s[0] * s[1] * s[3]));
            in.addAll(kept);
            in.add(Check.random(t, 4, results));
            int keys = s[0] * s[4] * s[2] * s[5];
            check(
                    attention(t, AttentionPass.GRADIENT, s, q, kv), with(in, s, lengths), Rig.empty(t, results),
                    Rig.empty(t, keys), Rig.empty(t, keys));
        }
    }

    /// Elements from the first to the last of tokens with room between them.
    private static int span(int tokens, int stride, int room) {
        return tokens == 0 ? 0 : tokens * stride - room;
    }

    private static Attention attention(DType t, AttentionPass pass, int[] s, int q, int kv) {
        return new Attention(t, pass, s[0], s[1], s[2], s[3], s[4], s[5], q, kv, kv, s[7] == 1, s[8] == 1, 0.6);
    }

    private static List<HostTensor> with(List<HostTensor> in, int[] s, HostTensor lengths) {
        var all = new ArrayList<>(in);
        if (s[8] == 1) {
            all.add(lengths);
        }
        return all;
    }

    /// What plain loops give, after comparing with it.
    private static List<HostTensor> check(Attention k, List<HostTensor> in, HostTensor... out) {
        var expected = List.of(out);
        var got = Rig.run(k, in, expected).out();
        PlainKernels.run(k, in, expected);
        for (int i = 0; i < out.length; i++) {
            // a gradient is a sum over up to 70 keys or 140 queries
            Check.close(out[i], got.get(i), k.pass() == AttentionPass.FORWARD ? 1 : 20, k + " output " + i);
        }
        return expected;
    }
}
