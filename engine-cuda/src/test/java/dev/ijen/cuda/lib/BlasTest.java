package dev.ijen.cuda.lib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.cuda.driver.CudaException;
import dev.ijen.kernels.emulator.Emulator.Kind;
import dev.ijen.kernels.emulator.Emulator.What;
import dev.ijen.spi.Kernel.Fill;
import dev.ijen.spi.Kernel.MatMul;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Products by JCuda's real cuBLAS binding on a fake cuBLAS, against plain loops.
final class BlasTest {
    private static final Options PLAIN = new Options(false, false, Path.of("unused"));
    private static final Options TF32 = new Options(false, true, Path.of("unused"));

    private static HostTensor a(MatMul m, long seed) {
        return Lab.random(m.dtype(), seed, m.batch() * m.m() * m.k());
    }

    private static HostTensor b(MatMul m, long seed) {
        return Lab.random(m.dtype(), seed, m.batch() * m.k() * m.n());
    }

    private static int count(MatMul m) {
        return m.batch() * m.m() * m.n();
    }

    private static void check(Lab lab, Blas blas, MatMul m) {
        var kernel = blas.offer(Lab.launch(m)).orElseThrow(() -> new AssertionError("not offered: " + m));
        var a = a(m, 1);
        var b = b(m, 2);
        try (kernel; var run = lab.bind(kernel, m.dtype(), count(m), a, b)) {
            Lab.assertClose(Lab.plain(m, m.dtype(), count(m), a, b), run.run(), Lab.tolerance(m.dtype()));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "F16", "BF16"})
    void productsOfAllKinds(DType type) {
        try (var lab = new Lab(); var blas = Blas.open(lab.gpu, lab.stream, PLAIN)) {
            for (boolean ta : new boolean[] {false, true}) {
                for (boolean tb : new boolean[] {false, true}) {
                    check(lab, blas, new MatMul(type, 1, 33, 35, 37, ta, tb));
                    check(lab, blas, new MatMul(type, 3, 29, 17, 23, ta, tb));
                    check(lab, blas, new MatMul(type, 1, 1, 183, 187, ta, tb));
                    check(lab, blas, new MatMul(type, 1, 191, 1, 179, ta, tb));
                    check(lab, blas, new MatMul(type, 2, 129, 131, 1, ta, tb));
                }
            }
        }
    }

    @Test
    void whatOurKernelsDoBetterIsNotOffered() {
        try (var lab = new Lab(); var blas = Blas.open(lab.gpu, lab.stream, PLAIN)) {
            for (var type : List.of(DType.I32, DType.I64, DType.I8, DType.U8)) {
                assertFalse(blas.offer(Lab.launch(new MatMul(type, 1, 64, 64, 64, false, false))).isPresent());
            }
            for (var m : List.of(
                    new MatMul(DType.F32, 1, 64, 64, 0, false, false),
                    new MatMul(DType.F32, 0, 64, 64, 64, false, false),
                    new MatMul(DType.F32, 1, 0, 64, 64, false, false),
                    new MatMul(DType.F32, 1, 31, 32, 32, false, false),
                    new MatMul(DType.F32, 65_536, 8, 8, 8, false, false))) {
                assertFalse(blas.offer(Lab.launch(m)).isPresent(), m::toString);
            }
            assertTrue(blas.offer(Lab.launch(new MatMul(DType.F32, 1, 32, 32, 32, false, false))).isPresent());
            assertFalse(blas.offer(Lab.launch(new Fill(DType.F32, 1, 1))).isPresent());
        }
        try (var lab = new Lab(75); var blas = Blas.open(lab.gpu, lab.stream, PLAIN)) {
            assertFalse(blas.offer(Lab.launch(new MatMul(DType.BF16, 1, 64, 64, 64, false, false))).isPresent());
            check(lab, blas, new MatMul(DType.F16, 1, 32, 32, 32, false, false));
        }
    }

    @Test
    void aCapturedProductIsReplayedWithNewInputs() {
        var m = new MatMul(DType.F32, 2, 20, 30, 40, false, true);
        try (var lab = new Lab(); var blas = Blas.open(lab.gpu, lab.stream, PLAIN);
                var run = lab.bind(blas.offer(Lab.launch(m)).orElseThrow(), m.dtype(), count(m), a(m, 1), b(m, 2));
                var graph = lab.capture(lab.stream, () -> run.bound.enqueue(lab.stream))) {
            for (long seed = 3; seed < 6; seed++) {
                run.write(0, a(m, seed));
                graph.launch();
                Lab.assertClose(Lab.plain(m, m.dtype(), count(m), a(m, seed), b(m, 2)), run.read(), 2e-6);
            }
        }
    }

    @Test
    void anotherStreamKeepsTheWorkspace() {
        var m = new MatMul(DType.F32, 1, 40, 30, 40, false, false);
        try (var lab = new Lab(90); var blas = Blas.open(lab.gpu, lab.stream, PLAIN);
                var run = lab.bind(blas.offer(Lab.launch(m)).orElseThrow(), m.dtype(), count(m), a(m, 1), b(m, 2))) {
            run.run();
            var other = lab.stream();
            // cuBLAS's own workspace would make the graph allocate, which the fake finds
            try (var graph = lab.capture(other, () -> run.bound.enqueue(other))) {
                graph.launch();
                Lab.assertClose(Lab.plain(m, m.dtype(), count(m), a(m, 1), b(m, 2)), run.read(), 2e-6);
            }
        }
    }

    @Test
    void workspaceByGeneration() {
        try (var lab = new Lab(90); var _ = Blas.open(lab.gpu, lab.stream, PLAIN)) {
            assertEquals(32 << 20, lab.emulator.get(What.BYTES));
        }
        try (var lab = new Lab(89); var _ = Blas.open(lab.gpu, lab.stream, PLAIN)) {
            assertEquals(4 << 20, lab.emulator.get(What.BYTES));
        }
    }

    /// 1 + 2⁻¹² has 12 bits of mantissa; TF32 keeps 10.
    @Test
    void tf32OnlyIfAllowed() {
        var m = new MatMul(DType.F32, 1, 32, 32, 32, false, false);
        var a = HostTensor.zeros(DType.F32, dev.ijen.tensor.Shape.of(32 * 32));
        var b = HostTensor.zeros(DType.F32, dev.ijen.tensor.Shape.of(32 * 32));
        for (int i = 0; i < 32; i++) {
            a.set(33L * i, 1 + 0x1p-12);
            b.set(33L * i, 1);
        }
        try (var lab = new Lab(); var blas = Blas.open(lab.gpu, lab.stream, PLAIN);
                var run = lab.bind(blas.offer(Lab.launch(m)).orElseThrow(), m.dtype(), count(m), a, b)) {
            assertEquals(1 + 0x1p-12, run.run().get(0));
        }
        try (var lab = new Lab(); var blas = Blas.open(lab.gpu, lab.stream, TF32);
                var run = lab.bind(blas.offer(Lab.launch(m)).orElseThrow(), m.dtype(), count(m), a, b)) {
            assertEquals(1, run.run().get(0));
        }
        try (var lab = new Lab(); var blas = Blas.open(lab.gpu, lab.stream, TF32)) {
            check(lab, blas, new MatMul(DType.F64, 1, 33, 35, 37, false, false)); // TF32 is not for doubles
        }
    }

    /// 2048 + 31 in F32 rounds to 2080 in F16; added up in F16, 2048 + 1 stays 2048.
    @Test
    void sumsOfHalvesAreKeptInF32() {
        var m = new MatMul(DType.F16, 1, 32, 32, 32, false, false);
        var a = new double[32 * 32];
        Arrays.fill(a, 1);
        for (int i = 0; i < 32; i++) {
            a[32 * i] = 2048;
        }
        var ones = new double[32 * 32];
        Arrays.fill(ones, 1);
        try (var lab = new Lab(); var blas = Blas.open(lab.gpu, lab.stream, PLAIN);
                var run = lab.bind(
                        blas.offer(Lab.launch(m)).orElseThrow(), m.dtype(), count(m),
                        HostTensor.of(DType.F16, a, 32 * 32), HostTensor.of(DType.F16, ones, 32 * 32))) {
            assertEquals(2080, run.run().get(0));
        }
    }

    @Test
    void anErrorIsTypedAndLeaksNothing() {
        var m = new MatMul(DType.F32, 1, 64, 64, 64, false, false);
        try (var lab = new Lab(); var blas = Blas.open(lab.gpu, lab.stream, PLAIN);
                var run = lab.bind(blas.offer(Lab.launch(m)).orElseThrow(), m.dtype(), count(m), a(m, 1), b(m, 2))) {
            lab.emulator.fail(Kind.LIBRARY, 2, 13);
            run.run();
            var e = assertThrows(CudaException.class, run::run);
            assertEquals(13, e.code());
            assertFalse(e.isSticky());
            assertEquals(
                    """
                            cuBLAS: product of [64, 64] · [64, 64] F32 failed
                              got:      CUBLAS_STATUS_EXECUTION_FAILED: a kernel could not be run (13)
                              expected: success
                              fix:      run 'ijen doctor'""",
                    e.getMessage());
            run.run();
        }
    }

    @Test
    void whatFailsToOpenLeavesNothing() {
        try (var lab = new Lab()) {
            lab.emulator.fail(Kind.ALLOCATION, 1, 2);
            var e = assertThrows(CudaException.class, () -> Blas.open(lab.gpu, lab.stream, PLAIN));
            assertEquals(2, e.code());
        }
    }

    @Test
    void closedIsClosed() {
        var m = new MatMul(DType.F32, 1, 64, 64, 64, false, false);
        try (var lab = new Lab()) {
            var blas = Blas.open(lab.gpu, lab.stream, PLAIN);
            try (var run = lab.bind(blas.offer(Lab.launch(m)).orElseThrow(), m.dtype(), count(m), a(m, 1), b(m, 2))) {
                blas.close();
                blas.close();
                assertThrows(IllegalStateException.class, () -> run.bound.enqueue(lab.stream));
            }
        }
    }

    @Test
    void enqueueingAllocatesNothing() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        var m = new MatMul(DType.F32, 2, 32, 32, 32, false, false);
        try (var lab = new Lab(); var blas = Blas.open(lab.gpu, lab.stream, PLAIN);
                var run = lab.bind(blas.offer(Lab.launch(m)).orElseThrow(), m.dtype(), count(m), a(m, 1), b(m, 2))) {
            for (int i = 0; i < 200; i++) {
                run.bound.enqueue(lab.stream);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 200; i++) {
                run.bound.enqueue(lab.stream);
            }
            assertEquals(0, (threads.getCurrentThreadAllocatedBytes() - before) / 200);
        }
    }
}
