package dev.ijen.cuda.lib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.cuda.driver.CudaException;
import dev.ijen.kernels.emulator.Emulator.Kind;
import dev.ijen.kernels.emulator.Emulator.What;
import dev.ijen.spi.Kernel.Conv;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.spi.Kernel.Pool;
import dev.ijen.spi.Kernel.PoolMode;
import dev.ijen.spi.Window;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Convolutions by JCuda's real cuDNN binding on a fake cuDNN, against plain loops.
final class DnnTest {
    @TempDir Path cache;

    private Dnn open(Lab lab) {
        return Dnn.open(lab.gpu, lab.stream, new Options(false, false, cache));
    }

    private static void check(Lab lab, Dnn dnn, Conv c) {
        var kernel = dnn.offer(Lab.launch(c)).orElseThrow(() -> new AssertionError("not offered: " + c));
        var a = Convs.first(c, 1);
        var b = Convs.second(c, 2);
        try (kernel; var run = lab.bind(kernel, c.dtype(), Convs.count(c), a, b)) {
            Lab.assertClose(Lab.plain(c, c.dtype(), Convs.count(c), a, b), run.run(), Lab.tolerance(c.dtype()));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void convolutionsOfAllKinds(DType type) {
        try (var lab = new Lab(); var dnn = open(lab)) {
            for (var shape : Convs.ALL) {
                for (var pass : ConvPass.values()) {
                    check(lab, dnn, shape.of(type, pass));
                }
            }
        }
    }

    private static Conv with(Conv c, Window w) {
        return new Conv(c.dtype(), c.pass(), w, c.n(), c.c(), c.k(), c.groups());
    }

    @Test
    void whatCudnnDoesNotDoIsNotOffered() {
        var c = Convs.FIRST.of(DType.F32, ConvPass.FORWARD);
        var w = c.window();
        var more = List.of(w.out().getFirst() + 1, w.out().get(1)); // one row of padding more above than below
        var less = List.of(w.out().getFirst() - 1, w.out().get(1));
        var pool = new Window(List.of(64, 64), List.of(32, 32), List.of(2, 2), List.of(2, 2), List.of(0, 0),
                List.of(1, 1));
        try (var lab = new Lab(); var dnn = open(lab)) {
            for (var kernel : List.of(
                    Convs.FIRST.of(DType.F64, ConvPass.FORWARD),
                    with(c, new Window(w.in(), more, w.size(), w.stride(), w.padLow(), w.dilation())),
                    with(c, new Window(w.in(), less, w.size(), w.stride(), w.padLow(), w.dilation())),
                    with(c, new Window(w.in(), less, w.size(), w.stride(), List.of(-1, 1), w.dilation())),
                    new Conv(DType.F32, ConvPass.FORWARD, w, 0, 8, 12, 1),
                    new Conv(DType.F32, ConvPass.FORWARD, w, 1, 4, 4, 1),
                    new Pool(DType.F32, PoolMode.MAX, pool, 4, 16))) {
                assertFalse(dnn.offer(Lab.launch(kernel)).isPresent(), kernel::toString);
            }
            assertEquals(0, lab.emulator.get(What.LIBRARY_CALLS));
        }
        try (var lab = new Lab(75); var dnn = open(lab)) {
            assertFalse(dnn.offer(Lab.launch(Convs.FIRST.of(DType.BF16, ConvPass.FORWARD))).isPresent());
            check(lab, dnn, Convs.FIRST.of(DType.F16, ConvPass.FORWARD));
        }
    }

    @Test
    void aCapturedConvolutionIsReplayedWithNewInputs() {
        try (var lab = new Lab(); var dnn = open(lab)) {
            for (var pass : ConvPass.values()) {
                var c = Convs.FIRST.of(DType.F32, pass);
                try (var kernel = dnn.offer(Lab.launch(c)).orElseThrow();
                        var run = lab.bind(kernel, c.dtype(), Convs.count(c), Convs.first(c, 1), Convs.second(c, 2));
                        var graph = lab.capture(lab.stream, () -> run.bound.enqueue(lab.stream))) {
                    for (long seed = 3; seed < 5; seed++) {
                        run.write(0, Convs.first(c, seed));
                        graph.launch();
                        var expected = Lab.plain(
                                c, c.dtype(), Convs.count(c), Convs.first(c, seed), Convs.second(c, 2));
                        Lab.assertClose(expected, run.read(), 2e-6);
                    }
                }
            }
        }
    }

    @Test
    void anotherStreamIsFollowed() {
        var c = Convs.FIRST.of(DType.F32, ConvPass.FORWARD);
        try (var lab = new Lab(); var dnn = open(lab);
                var kernel = dnn.offer(Lab.launch(c)).orElseThrow();
                var run = lab.bind(kernel, c.dtype(), Convs.count(c), Convs.first(c, 1), Convs.second(c, 2))) {
            var other = lab.stream();
            try (var graph = lab.capture(other, () -> run.bound.enqueue(other))) {
                graph.launch();
                var expected = Lab.plain(c, c.dtype(), Convs.count(c), Convs.first(c, 1), Convs.second(c, 2));
                Lab.assertClose(expected, run.read(), 2e-6);
            }
        }
    }

    /// 1 + 2⁻¹² has 12 bits of mantissa; TF32 keeps 10.
    @Test
    void tf32OnlyIfAllowed() {
        var c = new Convs(1, 32, 32, 1, List.of(6, 6), List.of(1, 1), 1, 0, 1).of(DType.F32, ConvPass.FORWARD);
        var x = HostTensor.zeros(DType.F32, Shape.of(Convs.x(c)));
        var w = HostTensor.zeros(DType.F32, Shape.of(Convs.w(c)));
        for (int i = 0; i < Convs.x(c); i++) {
            x.set(i, 1 + 0x1p-12);
        }
        for (int i = 0; i < 32; i++) {
            w.set(33L * i, 1);
        }
        for (boolean tf32 : new boolean[] {false, true}) {
            try (var lab = new Lab(); var dnn = Dnn.open(lab.gpu, lab.stream, new Options(false, tf32, cache));
                    var kernel = dnn.offer(Lab.launch(c)).orElseThrow();
                    var run = lab.bind(kernel, c.dtype(), Convs.count(c), x, w)) {
                assertEquals(tf32 ? 1 : 1 + 0x1p-12, run.run().get(0));
            }
        }
    }

    @Test
    void anErrorIsTypedAndLeaksNothing() {
        var c = Convs.FIRST.of(DType.F32, ConvPass.INPUT_GRADIENT);
        try (var lab = new Lab(); var dnn = open(lab);
                var kernel = dnn.offer(Lab.launch(c)).orElseThrow();
                var run = lab.bind(kernel, c.dtype(), Convs.count(c), Convs.first(c, 1), Convs.second(c, 2))) {
            run.run();
            lab.emulator.fail(Kind.LIBRARY, 1, 5000);
            var e = assertThrows(CudaException.class, run::run);
            assertEquals(5000, e.code());
            assertEquals(
                    """
                            cuDNN: cudnnConvolutionBackwardData of INPUT_GRADIENT F32 x[2, 8, 9, 7] w[12, 8, 3, 3] \
                            pad[1, 1] stride[1, 1] dilation[1, 1] groups 1 failed
                              got:      CUDNN_STATUS_EXECUTION_FAILED: a kernel could not be run (5000)
                              expected: success
                              fix:      run 'ijen doctor'""",
                    e.getMessage());
            run.run();
        }
    }

    @Test
    void closedIsClosed() {
        var c = Convs.FIRST.of(DType.F32, ConvPass.FORWARD);
        try (var lab = new Lab()) {
            var dnn = open(lab);
            try (var kernel = dnn.offer(Lab.launch(c)).orElseThrow();
                    var run = lab.bind(kernel, c.dtype(), Convs.count(c), Convs.first(c, 1), Convs.second(c, 2))) {
                dnn.close();
                dnn.close();
                assertThrows(IllegalStateException.class, () -> run.bound.enqueue(lab.stream));
            }
        }
    }

    @Test
    void enqueueingAllocatesNothing() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        var c = Convs.FIRST.of(DType.F32, ConvPass.FORWARD);
        try (var lab = new Lab(); var dnn = open(lab);
                var kernel = dnn.offer(Lab.launch(c)).orElseThrow();
                var run = lab.bind(kernel, c.dtype(), Convs.count(c), Convs.first(c, 1), Convs.second(c, 2))) {
            for (int i = 0; i < 100; i++) {
                run.bound.enqueue(lab.stream);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                run.bound.enqueue(lab.stream);
            }
            assertEquals(0, (threads.getCurrentThreadAllocatedBytes() - before) / 100);
            assertTrue(kernel.scratchBytes() > 0);
        }
    }
}
