package dev.ijen.cuda.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Softmax and cross-entropy, with a warp and with a block a row.
class RowCallTest {
    static final List<DType> REAL = Check.REAL;
    private static final int[][] SIZES = {{1, 1}, {3, 7}, {5, 40}, {2, 1030}, {0, 4}};

    @ParameterizedTest
    @FieldSource("REAL")
    void softmax(DType t) {
        for (int[] s : SIZES) {
            var x = Check.random(t, 1, s[0], s[1]);
            Check.same(new Kernel.Softmax(t, s[0], s[1], false), t, s[0] * s[1], 1, x);
            Check.same(new Kernel.Softmax(t, s[0], s[1], true), t, s[0] * s[1], 8, x);
        }
    }

    @ParameterizedTest
    @FieldSource("REAL")
    void crossEntropy(DType t) {
        for (int[] s : SIZES) {
            var x = Check.random(t, 1, s[0], s[1]);
            Check.same(new Kernel.CrossEntropy(t, s[0], s[1]), t, s[0], 8, x, Check.index(2, -1, s[1], s[0]));
        }
    }

    @Test
    void labelOutOfRange() {
        var kernel = new Kernel.CrossEntropy(DType.F32, 4, 3);
        var in = List.of(Check.random(DType.F32, 1, 4, 3), HostTensor.of(new int[] {2, -5, 3, 9}, 4));
        var got = Rig.run(kernel, in, List.of(Rig.empty(DType.F32, 4)));
        assertEquals(
                """
                label out of range
                  got:      label 3 in row 2
                  expected: 0 to 2, or a negative number for rows that do not count
                  fix:      check that the model has as many outputs as the data has classes""",
                got.error());
    }
}
