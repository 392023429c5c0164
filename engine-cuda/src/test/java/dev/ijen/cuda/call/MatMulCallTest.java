package dev.ijen.cuda.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// Products of matrices.
class MatMulCallTest {
    /// batch, m, n, k; the last is long enough to be shared among blocks
    private static final int[][] SIZES = {{1, 1, 1, 1}, {3, 5, 7, 9}, {2, 65, 3, 17}, {2, 3, 4, 0}, {0, 2, 2, 2},
        {2, 3, 5, 600}};

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "BOOL")
    void products(DType t) {
        for (int[] s : SIZES) {
            for (int trans = 0; trans < 4; trans++) {
                check(75, t, s[0], s[1], s[2], s[3], (trans & 1) != 0, (trans & 2) != 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void tensorCores(DType t) {
        for (int[] s : SIZES) {
            for (int trans = 0; trans < 4; trans++) {
                check(80, t, s[0], s[1], s[2], s[3], (trans & 1) != 0, (trans & 2) != 0);
            }
        }
    }

    private static void check(int capability, DType t, int batch, int m, int n, int k, boolean ta, boolean tb) {
        Check.same(capability, new Kernel.MatMul(t, batch, m, n, k, ta, tb), t, batch * m * n, Math.sqrt(k) * 4,
                Check.random(t, 1, batch, m, k), Check.random(t, 2, batch, k, n));
    }

    /// Enough tiles for the large ones; the smallest depth.
    @Test
    void largeTiles() {
        check(75, DType.F32, 64, 65, 130, 2, false, true);
        check(80, DType.BF16, 64, 65, 130, 2, true, false);
    }

    @Test
    void splitsFollowFromSizesAlone() {
        assertEquals(1, Splits.of(1, 511));
        assertEquals(2, Splits.of(1, 512));
        assertEquals(256, Splits.of(1, 1 << 20));
        assertEquals(1, Splits.of(256, 1 << 20));
        assertEquals(1, Splits.of(100_000, 1 << 20));
        try (var rig = new Rig(false, 75)) {
            var one = MatMulCall.of(new Kernel.MatMul(DType.F16, 1, 8, 8, 4096, false, false), rig.kit());
            assertEquals(4L * 16 * 64, one.scratchBytes());
            var large = MatMulCall.of(new Kernel.MatMul(DType.F16, 1, 4096, 4096, 4096, false, false), rig.kit());
            assertTrue(large.toString().contains("matmul_large_f16"), large.toString());
        }
    }
}
