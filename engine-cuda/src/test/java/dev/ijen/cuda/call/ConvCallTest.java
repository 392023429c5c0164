package dev.ijen.cuda.call;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.spi.Window;
import dev.ijen.tensor.DType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Convolution: forward and both gradients.
class ConvCallTest {
    static final List<DType> REAL = Check.REAL;

    /// c, k, groups
    private static final int[][] CHANNELS = {{3, 5, 1}, {4, 6, 2}, {1, 66, 1}, {3, 3, 3}, {2, 4, 2}};

    @ParameterizedTest
    @FieldSource("REAL")
    void passes(DType t) {
        for (var w : Geometry.ALL) {
            for (int[] s : t == DType.F32 ? CHANNELS : new int[][] {CHANNELS[1]}) {
                check(t, w, 2, s[0], s[1], s[2]);
            }
        }
        check(t, Geometry.ALL.getFirst(), 2, 3, 6, 3);
        check(t, Geometry.ALL.getFirst(), 0, 3, 5, 1);
    }

    /// So many positions that the filter gradient's sum is shared among blocks.
    @Test
    void manyPositions() {
        check(DType.F32, Geometry.ALL.get(1), 60, 2, 4, 2);
        check(DType.BF16, Geometry.ALL.get(1), 60, 4, 6, 2);
    }

    @Test
    void depthwiseIsItsOwnFamily() {
        var w = Geometry.ALL.get(1);
        try (var rig = new Rig(false, 75)) {
            assertInstanceOf(DepthwiseCall.class,
                    ConvCall.of(new Kernel.Conv(DType.F32, ConvPass.FORWARD, w, 2, 3, 6, 3), 180, rig.kit()));
            assertInstanceOf(ConvCall.class,
                    ConvCall.of(new Kernel.Conv(DType.F32, ConvPass.FORWARD, w, 2, 1, 6, 1), 180, rig.kit()));
        }
    }

    private static void check(DType t, Window w, int n, int c, int k, int groups) {
        int outs = n * Geometry.outs(w);
        var x = Check.random(t, 1, n, Geometry.ins(w), c);
        var f = Check.random(t, 2, k, Geometry.taps(w), c / groups);
        var dy = Check.random(t, 3, outs, k);
        Check.same(new Kernel.Conv(t, ConvPass.FORWARD, w, n, c, k, groups), t, outs * k, 8, x, f);
        Check.same(new Kernel.Conv(t, ConvPass.INPUT_GRADIENT, w, n, c, k, groups), t, x.shape().size(), 8, dy, f);
        Check.same(new Kernel.Conv(t, ConvPass.FILTER_GRADIENT, w, n, c, k, groups), t, f.shape().size(),
                Math.max(8, Math.sqrt(outs) * 2), x, dy);
    }
}
