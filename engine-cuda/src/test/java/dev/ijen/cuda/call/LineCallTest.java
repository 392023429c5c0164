package dev.ijen.cuda.call;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/// Running sums, positions of extremes, sorting.
class LineCallTest {
    static final List<DType> SUMMED = List.of(DType.F32, DType.F64, DType.F16, DType.BF16, DType.I32, DType.I64);

    /// outer, n, inner: a thread a line, and a block (or a warp) a line
    private static final int[][] SIZES = {{1, 1, 1}, {2, 5, 3}, {3, 201, 1}, {1, 130, 2}, {2, 0, 3}};

    @ParameterizedTest
    @FieldSource("SUMMED")
    void cumsum(DType t) {
        for (int[] s : SIZES) {
            var x = Check.random(t, 1, s);
            for (int way = 0; way < 4; way++) {
                Check.same(new Kernel.CumSum(t, s[0], s[1], s[2], way % 2 == 1, way > 1), t, x.shape().size(), 30, x);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void extremes(DType t) {
        for (int[] s : new int[][] {{1, 1, 1}, {2, 5, 3}, {3, 70, 1}, {1, 1100, 2}, {0, 3, 2}}) {
            var x = special(Check.random(t, 1, s));
            for (boolean greatest : new boolean[] {false, true}) {
                Check.same(new Kernel.ArgReduce(t, s[0], s[1], s[2], greatest), DType.I32, s[0] * s[2], 1, x);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void sorts(DType t) {
        for (int[] s : new int[][] {{1, 1}, {3, 2}, {5, 7}, {3, 129}, {0, 4}, {4, 0}}) {
            var x = special(Check.random(t, 1, s));
            for (boolean descending : new boolean[] {false, true}) {
                Check.same(new Kernel.ArgSort(t, s[0], s[1], descending), DType.I32, x.shape().size(), 1, x);
            }
        }
    }

    /// More than a tile: steps through memory.
    @Test
    void sortsLongRows() {
        Check.same(new Kernel.ArgSort(DType.I32, 2, 4500, false), DType.I32, 9000, 1, Check.random(DType.I32, 1, 9000));
    }

    private static HostTensor special(HostTensor x) {
        if (x.dtype().isFloat() && x.shape().size() > 60) {
            x.set(51, Double.NaN);
            x.set(52, -0.0);
            x.set(53, 0);
            x.set(54, Double.NEGATIVE_INFINITY);
            x.set(55, Double.POSITIVE_INFINITY);
            x.set(57, Double.NaN);
        }
        return x;
    }
}
