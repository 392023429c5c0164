package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MatMulKernelTest {
    private static final int[] SIZES = {1, 3, 4, 7, 13, 17, 33};

    static Stream<Native> natives() {
        return Stream.of(Native.load(false), Native.load(true)).filter(n -> true).distinct();
    }

    @ParameterizedTest
    @MethodSource("natives")
    void oddSizes(Native nat) {
        for (int m : SIZES) {
            for (int n : SIZES) {
                for (int k : SIZES) {
                    check(nat, new Kernel.MatMul(DType.F32, 1, m, n, k, false, false));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("natives")
    void transposedAndBatched(Native nat) {
        for (var t : List.of(DType.F32, DType.F64, DType.F16, DType.BF16, DType.I32, DType.I64, DType.I8, DType.U8)) {
            for (int flags = 0; flags < 4; flags++) {
                for (int batch : new int[] {1, 2, 5}) {
                    check(nat, new Kernel.MatMul(t, batch, 7, 33, 17, (flags & 1) != 0, (flags & 2) != 0));
                    check(nat, new Kernel.MatMul(t, batch, 33, 3, 40, (flags & 1) != 0, (flags & 2) != 0));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("natives")
    void large(Native nat) {
        for (int flags = 0; flags < 4; flags++) {
            boolean ta = (flags & 1) != 0;
            boolean tb = (flags & 2) != 0;
            check(nat, new Kernel.MatMul(DType.F32, 1, 131, 205, 301, ta, tb));
            check(nat, new Kernel.MatMul(DType.F32, 3, 97, 129, 259, ta, tb));
            check(nat, new Kernel.MatMul(DType.F32, 1, 1, 1001, 513, ta, tb));
            check(nat, new Kernel.MatMul(DType.F32, 1, 777, 10, 300, ta, tb));
            check(nat, new Kernel.MatMul(DType.F32, 1, 9, 13, 20011, ta, tb));
            check(nat, new Kernel.MatMul(DType.F32, 260, 33, 17, 19, ta, tb));
            check(nat, new Kernel.MatMul(DType.F64, 1, 131, 205, 301, ta, tb));
            check(nat, new Kernel.MatMul(DType.BF16, 1, 131, 105, 301, ta, tb));
        }
    }

    /// Products in panels, of sizes around those of groups, strips and parts of k: the bits of the Vector API's product, which adds in the same order.
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.ijen.cpu.Targets#here")
    void panels(Target target) {
        var code = Micro32Code.of(target);
        assertNotNull(code);
        // the ends of strips are packed by the Vector API, whose strips have to be as wide
        assumeTrue(code.strip() == Micro32.INSTANCE.strip(), "this machine's strips are wider than the target's");
        for (int flags = 0; flags < 3; flags++) {
            boolean ta = flags == 1;
            boolean tb = flags == 2;
            for (int m : ta ? new int[] {64, 67, 71, 258, 600} : new int[] {128, 131, 135, 258, 600}) {
                for (int n : new int[] {64, 65, 79, 300}) {
                    for (int depth : ta ? new int[] {256, 259, 514} : new int[] {64, 67, 514}) {
                        bits(code, new Kernel.MatMul(DType.F32, 1, m, n, depth, ta, tb));
                    }
                }
            }
        }
    }

    private static void bits(Micro32Code code, Kernel.MatMul k) {
        assertTrue(PanelMatMul.suits(k), k::toString);
        double[] a = KernelBench.random(3, k.dtype(), k.m() * k.k());
        double[] b = KernelBench.random(4, k.dtype(), k.k() * k.n());
        long[] expected = KernelBench.run(k.dtype(), 1, p -> new JavaMatMul(k, p, false), k.m() * k.n(), a, b);
        for (int threads = 1; threads <= 2; threads++) {
            long[] got = KernelBench.run(k.dtype(), threads, p -> PanelMatMul.of(k, p, code), k.m() * k.n(), a, b);
            assertArrayEquals(expected, got, k::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("natives")
    void emptySizes(Native nat) {
        for (var t : List.of(DType.F32, DType.F64, DType.BF16, DType.I32)) {
            check(nat, new Kernel.MatMul(t, 2, 5, 7, 0, false, true));
            check(nat, new Kernel.MatMul(t, 2, 0, 7, 3, true, false));
            check(nat, new Kernel.MatMul(t, 2, 5, 0, 3, false, false));
            check(nat, new Kernel.MatMul(t, 0, 5, 7, 3, false, false));
        }
    }

    @Test
    void wholeNumbersWrap() {
        var a = new double[] {100, 100, 100, -128};
        var b = new double[] {3, -1, 2, 1};
        var k = new Kernel.MatMul(DType.I8, 1, 2, 2, 2, false, false);
        long[] got = KernelBench.run(DType.I8, 1, p -> MatMulKernel.of(k, p, Native.load(false)), 4, a, b);
        assertArrayEquals(new long[] {(byte) 500, (byte) 0, (byte) 44, (byte) -228}, got);
    }

    private static void check(Native nat, Kernel.MatMul k) {
        double[] a = KernelBench.random(1, k.dtype(), k.batch() * k.m() * k.k());
        double[] b = KernelBench.random(2, k.dtype(), k.batch() * k.k() * k.n());
        int count = k.batch() * k.m() * k.n();
        long[] one = KernelBench.run(k.dtype(), 1, p -> MatMulKernel.of(k, p, nat), count, a, b);
        long[] two = KernelBench.run(k.dtype(), 2, p -> MatMulKernel.of(k, p, nat), count, a, b);
        assertArrayEquals(one, two, () -> k + ": bits depend on the number of threads");
        double[] got = KernelBench.values(k.dtype(), one);
        for (int i = 0; i < count; i++) {
            int row = i / k.n();
            int col = i % k.n();
            int batch = row / Math.max(1, k.m());
            row %= Math.max(1, k.m());
            long whole = 0;
            double sum = 0;
            double size = 0;
            for (int p = 0; p < k.k(); p++) {
                double x = a[batch * k.m() * k.k() + (k.ta() ? p * k.m() + row : row * k.k() + p)];
                double y = b[batch * k.k() * k.n() + (k.tb() ? col * k.k() + p : p * k.n() + col)];
                sum += x * y;
                size += Math.abs(x * y);
                whole += (long) x * (long) y;
            }
            int at = i;
            switch (k.dtype()) {
                case F32, F64, F16, BF16 -> {
                    double error = Math.abs(got[i] - sum);
                    double allowed = tolerance(k.dtype()) * Math.abs(sum) + 1e-6 * size;
                    assertTrue(error <= allowed, () -> k + " at " + at + ": off by " + error);
                }
                case I32 -> assertEquals((long) (int) whole, one[i], k::toString);
                case I64 -> assertEquals(whole, one[i], k::toString);
                case I8 -> assertEquals((long) (byte) whole, one[i], k::toString);
                case U8 -> assertEquals(whole & 0xff, one[i], k::toString);
                case BOOL -> throw new AssertionError();
            }
        }
    }

    static double tolerance(DType t) {
        return switch (t) {
            case F16 -> 1.0 / 2048;
            case BF16 -> 1.0 / 256;
            case F32, F64, I32, I64, I8, U8, BOOL -> 0;
        };
    }
}
