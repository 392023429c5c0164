package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ijen.cpu.x86.Split;
import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Products on tiles beside sums in doubles and beside chains of multiply-adds in floats. Skipped where the processor has no such tiles.
class SplitTest {
    private SplitCode code;

    @BeforeEach
    void needsTiles() {
        assumeTrue(Split.reason().isEmpty(), Split::reason);
        code = SplitCode.here();
    }

    /// Sizes around those of groups, steps, strips, parts along the sum and shares.
    @Test
    void sizes() {
        for (int flags = 0; flags < 4; flags++) {
            for (int m : new int[] {32, 47, 64, 65, 300}) {
                for (int n : new int[] {32, 33, 64, 95}) {
                    for (int k : new int[] {32, 49, 128, 129, 515}) {
                        check(new Kernel.MatMul(DType.F32, 1, m, n, k, (flags & 1) != 0, (flags & 2) != 0));
                    }
                }
            }
        }
    }

    @Test
    void largeSums() {
        check(new Kernel.MatMul(DType.F32, 1, 70, 130, 2050, true, false));
        check(new Kernel.MatMul(DType.F32, 1, 70, 130, 2050, true, true));
        check(new Kernel.MatMul(DType.F32, 1, 260, 40, 2050, false, true));
        check(new Kernel.MatMul(DType.F32, 1, 300, 600, 100, true, false));
    }

    /// Errors are no larger than those of a chain of multiply-adds in floats, whatever the numbers' sizes: their parts are exact.
    @Test
    void exactness() {
        var k = new Kernel.MatMul(DType.F32, 1, 256, 64, 384, false, false);
        for (double spread : new double[] {0, 4, 12}) {
            var random = new Random(5);
            double[] a = spread(random, k.m() * k.k(), spread);
            double[] b = spread(random, k.k() * k.n(), spread);
            double[] got = KernelBench.values(DType.F32, run(k, 1, a, b));
            double errors = 0;
            double chains = 0;
            for (int i = 0; i < got.length; i++) {
                double sum = 0;
                double size = 0;
                float chain = 0;
                for (int p = 0; p < k.k(); p++) {
                    double x = a[i / k.n() * k.k() + p];
                    double y = b[p * k.n() + i % k.n()];
                    sum += x * y;
                    size += Math.abs(x * y);
                    chain = Math.fma((float) x, (float) y, chain);
                }
                errors += Math.pow((got[i] - sum) / size, 2);
                chains += Math.pow((chain - sum) / size, 2);
            }
            assertTrue(errors <= chains, "spread " + spread + ": " + errors + ", in floats " + chains);
        }
    }

    /// Floats of sizes up to 2 to plus and minus `powers`.
    private static double[] spread(Random random, int n, double powers) {
        return random.doubles(n).map(x -> (float) ((2 * x - 1) * Math.pow(2, powers * (2 * random.nextDouble() - 1))))
                .toArray();
    }

    /// Numbers down to the least there are, so that one product is nearly all of a sum: what is left out, 2⁻²³ of it, and roundings of 2⁻²⁴ for each
    /// kind of parts. Of the smallest numbers, parts that are no normal numbers are taken for zero.
    @Test
    void tinyNumbers() {
        for (boolean ta : new boolean[] {false, true}) {
            var k = new Kernel.MatMul(DType.F32, 1, 256, 64, 128, ta, false);
            var random = new Random(7);
            double[] a = tiny(random, k.m() * k.k());
            double[] b = tiny(random, k.k() * k.n());
            double[] got = KernelBench.values(DType.F32, run(k, 1, a, b));
            for (int i = 0; i < got.length; i++) {
                double sum = 0;
                double size = 0;
                double least = 0;
                for (int p = 0; p < k.k(); p++) {
                    double x = a[ta ? p * k.m() + i / k.n() : i / k.n() * k.k() + p];
                    double y = b[p * k.n() + i % k.n()];
                    sum += x * y;
                    size += Math.abs(x * y);
                    least += 2 * Float.MIN_NORMAL * (Math.abs(x) + Math.abs(y) + 1);
                }
                assertEquals(sum, got[i], 3e-7 * size + least);
            }
        }
    }

    private static double[] tiny(Random random, int n) {
        return random.doubles(n).map(x -> (float) ((2 * x - 1) * Math.pow(10, -random.nextInt(46)))).toArray();
    }

    /// Products of whole numbers that fit are exact, and so are those with powers of two.
    @Test
    void wholeNumbers() {
        var k = new Kernel.MatMul(DType.F32, 1, 256, 64, 64, false, false);
        var random = new Random(6);
        double[] a = random.ints((long) k.m() * k.k(), -500, 500).asDoubleStream().toArray();
        double[] b = random.ints((long) k.k() * k.n(), -500, 500).asDoubleStream().toArray();
        double[] got = KernelBench.values(DType.F32, run(k, 1, a, b));
        for (int i = 0; i < got.length; i++) {
            long sum = 0;
            for (int p = 0; p < k.k(); p++) {
                sum += (long) a[i / k.n() * k.k() + p] * (long) b[p * k.n() + i % k.n()];
            }
            assertEquals((double) sum, got[i]);
        }
    }

    /// With numbers that are not finite the results are those of a product in floats.
    @Test
    void infinities() {
        for (boolean ta : new boolean[] {false, true}) {
            for (int k : new int[] {64, 2048}) {
                var kernel = new Kernel.MatMul(DType.F32, 1, 256, 64, k, ta, false);
                double[] a = KernelBench.random(1, DType.F32, kernel.m() * k);
                double[] b = KernelBench.random(2, DType.F32, k * kernel.n());
                b[5 * kernel.n() + 7] = Double.POSITIVE_INFINITY;
                a[ta ? 9 * kernel.m() + 200 : 200 * k + 9] = Double.NaN;
                assertArrayEquals(
                        KernelBench.run(DType.F32, 1, p -> new JavaMatMul(kernel, p, true), 256 * 64, a, b),
                        run(kernel, 2, a, b));
            }
        }
    }

    private void check(Kernel.MatMul k) {
        double[] a = KernelBench.random(1, k.dtype(), k.m() * k.k());
        double[] b = KernelBench.random(2, k.dtype(), k.k() * k.n());
        long[] one = run(k, 1, a, b);
        assertArrayEquals(one, run(k, 2, a, b), () -> k + ": bits depend on the number of threads");
        double[] got = KernelBench.values(k.dtype(), one);
        for (int i = 0; i < got.length; i++) {
            int row = i / k.n();
            int column = i % k.n();
            double sum = 0;
            double size = 0;
            for (int p = 0; p < k.k(); p++) {
                double xy = a[k.ta() ? p * k.m() + row : row * k.k() + p]
                        * b[k.tb() ? column * k.k() + p : p * k.n() + column];
                sum += xy;
                size += Math.abs(xy);
            }
            assertEquals(sum, got[i], 2e-7 * size, () -> k + " at " + row + ", " + column);
        }
    }

    /// The kernel that packs both operands in every run; [WinogradTest] and products of models keep b.
    private long[] run(Kernel.MatMul k, int threads, double[] a, double[] b) {
        return KernelBench.run(k.dtype(), threads, p -> bothPacked(k, p), k.m() * k.n(), a, b);
    }

    private CpuKernel bothPacked(Kernel.MatMul k, Pool pool) {
        var plain = new JavaMatMul(k, pool, true);
        if (k.ta()) {
            return new SplitColumns(k, pool, code, plain);
        }
        var rows = new SplitRows(k, pool, code, plain);
        return new CpuKernel() {
            @Override
            public long scratchBytes() {
                return rows.scratchBytes();
            }

            @Override
            public Bound bind(long[] in, long[] out, long scratch, Pool p) {
                return rows.refreshing(in, out, scratch, p);
            }
        };
    }

    /// The product of one thread that convolutions use, with b packed before and not.
    @Test
    void products() {
        for (int flags = 0; flags < 4; flags++) {
            for (int k : new int[] {32, 48, 300}) {
                var p = new SplitProduct(code, 70, 48, k, (flags & 1) != 0, (flags & 2) != 0);
                var kernel = new Kernel.MatMul(DType.F32, 1, p.m(), p.n(), k, p.ta(), p.tb());
                double[] a = KernelBench.random(1, DType.F32, p.m() * k);
                double[] b = KernelBench.random(2, DType.F32, k * p.n());
                int count = p.m() * p.n();
                long[] plain = KernelBench.run(DType.F32, 1, _ -> of(p, false), count, a, b);
                assertArrayEquals(plain, KernelBench.run(DType.F32, 1, _ -> of(p, true), count, a, b));
                double[] floats = KernelBench.values(
                        DType.F32, KernelBench.run(DType.F32, 1, q -> new JavaMatMul(kernel, q, true), count, a, b));
                double size = Arrays.stream(floats).map(Math::abs).max().orElseThrow();
                assertArrayEquals(floats, KernelBench.values(DType.F32, plain), 1e-6 * size);
            }
        }
    }

    private static CpuKernel of(SplitProduct p, boolean packed) {
        return new CpuKernel() {
            @Override
            public long scratchBytes() {
                return p.workBytes() + p.packedBytes();
            }

            @Override
            public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
                long to = scratch + p.workBytes();
                return () -> {
                    if (packed) {
                        p.pack(in[1], to, scratch);
                        p.runPacked(false, in[0], to, out[0], scratch);
                    } else {
                        p.run(false, in[0], in[1], out[0], scratch);
                    }
                };
            }
        };
    }
}
