package dev.ijen.cuda.call;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ScatterMode;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Gather and scatter.
class IndexCallTest {
    /// rows, d, count
    private static final int[][] SIZES = {{7, 1, 13}, {5, 3, 9}, {4, 16, 6}, {1, 2, 40}, {6, 5, 0}};

    @ParameterizedTest
    @EnumSource
    void gather(DType t) {
        for (int[] s : SIZES) {
            Check.same(new Kernel.Gather(t, s[0], s[1], s[2]), t, s[1] * s[2], 1, Check.random(t, 1, s[0], s[1]),
                    Check.index(2, 0, s[0], s[2]));
        }
    }

    @ParameterizedTest
    @EnumSource
    void scatter(DType t) {
        for (int[] s : SIZES) {
            for (var mode : ScatterMode.values()) {
                if (mode == ScatterMode.SET || t != DType.BOOL) {
                    Check.same(new Kernel.Scatter(t, mode, s[0], s[1], s[2]), t, s[0] * s[1], 10,
                            Check.random(t, 1, s[2], s[1]), Check.index(2, 0, s[0], s[2]));
                }
            }
        }
    }

    /// More than the sort's tile.
    @Test
    void scatterManyRows() {
        Check.same(new Kernel.Scatter(DType.F32, ScatterMode.ADD, 900, 1, 2500), DType.F32, 900, 10,
                Check.random(DType.F32, 1, 2500), Check.index(2, 0, 900, 2500));
    }

    private static void wrong(Kernel kernel, HostTensor rows, int results, int[] index, String got, int last) {
        var outcome = Rig.run(
                kernel, List.of(rows, HostTensor.of(index, index.length)), List.of(Rig.empty(DType.I32, results)));
        assertEquals("""
                index out of range
                  got:      index %s
                  expected: 0 to %d
                  fix:      check the vocabulary or the class count against the data""".formatted(got, last),
                outcome.error());
    }

    @Test
    void indexOutOfRange() {
        int[] index = {1, -3, 2, 0};
        var two = Check.random(DType.I32, 1, 2, 3);
        var four = Check.random(DType.I32, 1, 4, 3);
        wrong(new Kernel.Gather(DType.I32, 2, 3, 4), two, 12, index, "-3 at position 1", 1);
        for (var mode : ScatterMode.values()) {
            wrong(new Kernel.Scatter(DType.I32, mode, 2, 3, 4), four, 6, index, "-3 at position 1", 1);
        }
        wrong(new Kernel.Gather(DType.I32, 2, 3, 3), two, 9, new int[] {0, 1, 2}, "2 at position 2", 1);
    }

    /// Nothing is copied, and still what is wrong is found.
    @Test
    void rowsWithoutElements() {
        var none = Check.random(DType.I32, 1, 0);
        wrong(new Kernel.Gather(DType.I32, 2, 0, 3), none, 0, new int[] {0, 5, 1}, "5 at position 1", 1);
        wrong(new Kernel.Gather(DType.I32, 0, 1, 1), none, 1, new int[] {0}, "0 at position 0", -1);
        for (var mode : ScatterMode.values()) {
            wrong(new Kernel.Scatter(DType.I32, mode, 2, 0, 2), none, 0, new int[] {1, 7}, "7 at position 1", 1);
            var one = Check.random(DType.I32, 1, 1);
            wrong(new Kernel.Scatter(DType.I32, mode, 0, 1, 1), one, 0, new int[] {0}, "0 at position 0", -1);
            Check.same(new Kernel.Scatter(DType.I32, mode, 2, 0, 2), DType.I32, 0, 1, none, Check.index(1, 0, 2, 2));
        }
    }

    /// Sums of halves are rounded once: 2048 ones and then ones that F16 alone could not count.
    @Test
    void halvesAddInFloats() {
        var ones = HostTensor.of(DType.F16, DoubleStream.generate(() -> 1).limit(2100).toArray());
        var zeros = HostTensor.of(new int[2100], 2100);
        var out = Rig.run(new Kernel.Scatter(DType.F16, ScatterMode.ADD, 1, 1, 2100), List.of(ones, zeros),
                List.of(Rig.empty(DType.F16, 1)));
        assertArrayEquals(new double[] {2100}, out.out().getFirst().toDoubleArray());
    }
}
