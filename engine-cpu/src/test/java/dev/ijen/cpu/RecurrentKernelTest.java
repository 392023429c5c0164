package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.CellKind;
import dev.ijen.spi.Kernel.RecurrentPass;
import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Recurrences of sizes around those of vectors and strips: the same bits on any number of threads, nothing written outside, and in short types
/// what the double kernel gives, whose numbers the op table checks.
class RecurrentKernelTest {
    /// t, n, h.
    private static final int[][] SIZES = {
        {1, 1, 1}, {3, 1, 32}, {2, 3, 31}, {3, 4, 33}, {4, 5, 64}, {2, 9, 16}, {3, 1, 256}, {2, 2, 200}, {3, 150, 32},
        {2, 13, 96}
    };

    private static int gates(CellKind cell) {
        return CellMath.gates(cell);
    }

    private static double[] numbers(long seed, int n, double scale) {
        var v = KernelBench.random(seed, DType.BF16, n);
        for (int i = 0; i < n; i++) {
            v[i] *= scale;
        }
        return v;
    }

    private static List<double[]> forwardInputs(CellKind cell, int t, int n, int h) {
        int g = gates(cell);
        var in = new ArrayList<double[]>();
        in.add(numbers(1, t * n * g * h, 2));
        in.add(numbers(2, g * h * h, Math.scalb(1.0, -Math.getExponent((double) h) / 2)));
        if (cell == CellKind.GRU) {
            in.add(numbers(3, h, 1));
        }
        in.add(numbers(4, n * h, 1));
        if (cell == CellKind.LSTM) {
            in.add(numbers(5, n * h, 1));
        }
        return in;
    }

    private static double[][] run(Kernel.Recurrent k, int threads, List<double[]> in) {
        return run(k, RecurrentKernel.of(k, true), threads, in);
    }

    private static double[][] run(Kernel.Recurrent k, CpuKernel kernel, int threads, List<double[]> in) {
        int g = gates(k.cell());
        int all = k.t() * k.n() * k.h();
        int state = k.n() * k.h();
        boolean forward = k.pass() == RecurrentPass.FORWARD;
        int[] counts = switch (k.cell()) {
            case RNN_TANH, RNN_RELU -> forward ? new int[] {all, g * all} : new int[] {g * all, state};
            case LSTM -> forward ? new int[] {all, g * all, all} : new int[] {g * all, state, state};
            case GRU -> forward ? new int[] {all, g * all, all} : new int[] {g * all, state, all};
        };
        var bits = KernelBench.run(k.dtype(), threads, p -> kernel, counts,
                in.toArray(double[][]::new));
        var v = new double[bits.length][];
        for (int i = 0; i < v.length; i++) {
            v[i] = KernelBench.values(k.dtype(), bits[i]);
        }
        return v;
    }

    /// Steps of one sequence, whose threads meet after each: a run that one thread does alone for a trial ([Meetings]), the 258th, has the same bits.
    @ParameterizedTest
    @EnumSource(CellKind.class)
    void aloneAsTogether(CellKind cell) {
        var k = new Kernel.Recurrent(DType.F32, cell, RecurrentPass.FORWARD, 3, 1, 256, false);
        var in = forwardInputs(cell, 3, 1, 256);
        var one = run(k, 1, in);
        for (int times : new int[] {257, 258}) {
            var two = run(k, new Often(RecurrentKernel.of(k, true), times), 2, in);
            for (int i = 0; i < one.length; i++) {
                assertArrayEquals(one[i], two[i], 0, cell + " after " + times + " runs");
            }
        }
    }

    private record Often(CpuKernel kernel, int times) implements CpuKernel {
        @Override
        public long scratchBytes() {
            return kernel.scratchBytes();
        }

        @Override
        public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
            var bound = kernel.bind(in, out, scratch, pool);
            return () -> {
                for (int i = 0; i < times; i++) {
                    bound.run();
                }
            };
        }
    }

    @ParameterizedTest
    @EnumSource(CellKind.class)
    void everyThreadCountAndType(CellKind cell) {
        for (var s : SIZES) {
            boolean reverse = (s[1] & 1) == 0;
            var in = forwardInputs(cell, s[0], s[1], s[2]);
            var y = check(cell, RecurrentPass.FORWARD, s, reverse, in, 1);
            // every type's gradient begins with the same numbers, which the short types hold as well
            var back = new ArrayList<double[]>();
            back.add(in.get(1));
            back.add(in.get(cell == CellKind.GRU ? 3 : 2));
            if (cell == CellKind.LSTM) {
                back.add(in.get(3));
            }
            for (var v : y) {
                back.add(v.clone());
            }
            back.add(numbers(6, y[0].length, 1));
            if (cell == CellKind.LSTM) {
                back.add(numbers(7, s[1] * s[2], 1));
            }
            check(cell, RecurrentPass.GRADIENT, s, reverse, back, 4);
        }
    }

    private static double[][] check(
            CellKind cell, RecurrentPass pass, int[] s, boolean reverse, List<double[]> in, double scale) {
        var exact = run(new Kernel.Recurrent(DType.F64, cell, pass, s[0], s[1], s[2], reverse), 1, in);
        for (var type : List.of(DType.F64, DType.F32, DType.F16, DType.BF16)) {
            var k = new Kernel.Recurrent(type, cell, pass, s[0], s[1], s[2], reverse);
            var one = run(k, 1, in);
            for (int threads = 2; threads <= 3; threads++) {
                var more = run(k, threads, in);
                for (int i = 0; i < one.length; i++) {
                    assertArrayEquals(one[i], more[i], 0, k + " on " + threads + " threads");
                }
            }
            // inputs of a gradient are rounded to the type before it begins
            double unit = switch (type) {
                case F32 -> 1e-5;
                case F16 -> 0x1p-8;
                case BF16 -> 0x1p-5;
                default -> 0;
            };
            for (int i = 0; i < one.length; i++) {
                for (int j = 0; j < one[i].length; j++) {
                    assertEquals(exact[i][j], one[i][j], unit * scale * Math.max(1, Math.abs(exact[i][j])),
                            k + " result " + i + " element " + j);
                }
            }
        }
        return exact;
    }
}
