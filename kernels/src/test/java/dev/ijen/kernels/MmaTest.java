package dev.ijen.kernels;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Products of matrices by tensor cores. The emulator's instructions round as the source's stand-ins do, so the bits are the same; a GPU's may
/// differ, because the order in which it adds is its own.
class MmaTest {
    /// batch, m, n, k, splits; more depth than stages, aligned rows and others, shares that are empty
    private static final int[][] SHAPES = {
        {1, 1, 1, 1, 1},
        {2, 3, 5, 7, 1},
        {1, 65, 66, 17, 1},
        {1, 24, 72, 160, 1},
        {2, 16, 8, 40, 1},
        {1, 5, 70, 136, 3},
        {2, 9, 4, 5, 4}
    };

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void products(Values t) {
        for (int[] s : SHAPES) {
            for (int trans = 0; trans < 4; trans++) {
                check(t, "mma_", 64, s, (trans & 1) != 0, (trans & 2) != 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "BF16")
    void largeTiles(Values t) {
        for (int trans = 0; trans < 4; trans++) {
            boolean ta = (trans & 1) != 0;
            boolean tb = (trans & 2) != 0;
            check(t, "mma_large_", 128, new int[] {1, 130, 129, 19, 1}, ta, tb);
            check(t, "mma_large_", 128, new int[] {1, 136, 104, 64, 2}, ta, tb);
        }
    }

    private static void check(Values t, String name, int side, int[] s, boolean ta, boolean tb) {
        String kernel = name + t.suffix() + "_" + (ta ? "t" : "n") + (tb ? "t" : "n");
        Product.of(t, s, ta, tb).check(side, true, (d, blocks, a, b, c, part) -> d.launch(
                "mma", kernel, blocks, 2 * side, a, b, c, part, s[1], s[2], s[3], s[4]));
    }
}
