package dev.ijen.kernels;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Products of matrices.
class MatMulTest {
    /// batch, m, n, k, splits
    private static final int[][] SHAPES = {
        {1, 1, 1, 1, 1}, {2, 3, 5, 7, 1}, {1, 65, 66, 17, 1}, {3, 64, 1, 32, 1}, {1, 5, 70, 40, 3}, {2, 9, 4, 5, 8}
    };

    @ParameterizedTest
    @EnumSource
    void products(Values t) {
        for (int[] s : SHAPES) {
            for (int trans = 0; trans < 4; trans++) {
                check(t, "matmul_" + t.suffix(), 64, s, (trans & 1) != 0, (trans & 2) != 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void largeTiles(Values t) {
        for (int trans = 0; trans < 4; trans++) {
            check(t, "matmul_large_" + t.suffix(), 128, new int[] {1, 130, 129, 19, 1}, (trans & 1) != 0,
                    (trans & 2) != 0);
            check(t, "matmul_large_" + t.suffix(), 128, new int[] {2, 7, 67, 30, 2}, (trans & 1) != 0,
                    (trans & 2) != 0);
        }
    }

    private static void check(Values t, String kernel, int side, int[] s, boolean ta, boolean tb) {
        Product.of(t, s, ta, tb).check(side, false, (d, blocks, a, b, c, part) -> d.launch(
                "matmul", kernel, blocks, 256, a, b, c, part, s[1], s[2], s[3], ta ? 1 : 0, tb ? 1 : 0, s[4]));
    }
}
