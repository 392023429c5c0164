package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.CellKind;
import dev.ijen.spi.Kernel.RecurrentPass;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Recurrence;
import dev.ijen.tensor.Recurrent;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Recurrent layers that do their input's product on the way, beside the same layers in F64, where it is a launch of its own.
class RecurrentLayerTest {
    /// t, n, in, h, whether there are biases, whether it goes backward.
    private static final int[][] SIZES = {
        {9, 32, 20, 64, 1, 0}, {3, 16, 64, 32, 0, 1}, {13, 21, 7, 32, 1, 1}, {2, 130, 33, 96, 1, 0},
        {1, 16, 8, 32, 1, 0}, {2, 16, 0, 32, 1, 0}
    };

    private static HostTensor random(DType type, int seed, double scale, int... dims) {
        var random = new Random(seed);
        var x = HostTensor.zeros(type, Shape.of(dims));
        for (int i = 0; i < x.shape().size(); i++) {
            x.set(i, (float) (scale * random.nextGaussian()));
        }
        return x;
    }

    /// The states, and gradients of all weights and biases.
    private static List<double[]> run(RecurrentCell cell, int[] s, DType type, int threads) {
        int g = cell.gates() * s[3];
        try (var engine = Engine.open(Device.cpu(), EngineOptions.defaults().withThreads(threads));
                var step = engine.program(in -> {
                    var w = s[4] == 1 ? new Recurrent.Weights(in.get(1), in.get(2), in.get(3), in.get(4))
                            : new Recurrent.Weights(in.get(1), in.get(2), null, null);
                    var y = Recurrent.of(cell, in.get(0), w, in.get(5), null, s[5] == 1).y();
                    var all = new ArrayList<Tensor>();
                    all.add(y);
                    var of = s[4] == 1 ? new Tensor[] {in.get(1), in.get(2), in.get(3), in.get(4)}
                            : new Tensor[] {in.get(1), in.get(2)};
                    all.addAll(Gradient.of(y.mul(in.get(6)).sum(), List.of(of)));
                    return all;
                })) {
            HostTensor[] in = {
                random(type, 1, 1, s[0], s[1], s[2]), random(type, 2, 0.3, g, s[2]), random(type, 3, 0.15, g, s[3]),
                random(type, 4, 1, g), random(type, 5, 1, g), random(type, 6, 1, s[1], s[3]),
                random(type, 7, 1, s[0], s[1], s[3])};
            step.run(in);
            var out = step.run(in); // what a run leaves behind changes nothing
            var all = new ArrayList<double[]>();
            for (int i = 0; i < out.size(); i++) {
                all.add(out.get(i).toDoubleArray());
            }
            return all;
        }
    }

    @ParameterizedTest
    @EnumSource(RecurrentCell.class)
    void beside64Bits(RecurrentCell cell) {
        for (var s : SIZES) {
            var exact = run(cell, s, DType.F64, 1);
            var one = run(cell, s, DType.F32, 1);
            for (int i = 0; i < exact.size(); i++) {
                double most = 0;
                for (double x : exact.get(i)) {
                    most = Math.max(most, Math.abs(x));
                }
                assertTrue(most > 0 || exact.get(i).length == 0, "nothing to compare");
                assertArrayEquals(exact.get(i), one.get(i), 2e-5 * most,
                        cell + " result " + i + " of " + s[0] + " × " + s[1] + " × " + s[2] + " × " + s[3]);
            }
            for (int threads = 2; threads <= 3; threads++) {
                var more = run(cell, s, DType.F32, threads);
                for (int i = 0; i < one.size(); i++) {
                    assertArrayEquals(one.get(i), more.get(i), 0,
                            cell + " result " + i + " on " + threads + " threads");
                }
            }
        }
    }

    /// A product of another shape than the gates', of which a recurrence sees the same numbers.
    @Test
    void productsThatAreNotTheInputs() {
        int t = 3;
        int n = 32;
        int h = 64;
        for (int rows : new int[] {24, 48, 96, 192}) {
            var results = new ArrayList<double[]>();
            for (var type : List.of(DType.F64, DType.F32)) {
                try (var engine = Engine.open(Device.cpu());
                        var step = engine.program(in -> List.of(Tensor.of(
                                new Recurrence.Forward(RecurrentCell.RNN_TANH, false, Recurrence.Result.Y),
                                in.get(0).matmul(in.get(1).transpose()).reshape(t, n, h), in.get(2), in.get(3))))) {
                    results.add(step.run(
                            random(type, 1, 0.2, rows, 20), random(type, 2, 0.2, t * n * h / rows, 20),
                            random(type, 3, 0.2, h, h), random(type, 4, 0.2, n, h)).get(0).toDoubleArray());
                }
            }
            assertArrayEquals(results.get(0), results.get(1), 1e-5, rows + " rows");
        }
    }

    private static final Plan.Origin HERE = new Plan.Origin("test", "");

    private static Ref ref(long at, int n) {
        return new Ref(0, 4096 * at, DType.F32, n);
    }

    /// Number of launches that the last one, a recurrence of `n` sequences, makes superfluous; −1 if it stays as it is.
    private static int found(int n, Ref x, Ref also) {
        int t = 2;
        int h = 32;
        var sums = ref(100, t * n * h);
        var sum = new Region(new int[] {t * n, h},
                List.of(new Instr.Load(0, DType.F32, new int[] {h, 1}, 0),
                        new Instr.Load(1, DType.F32, new int[] {0, 1}, 0),
                        new Instr.Binary(BinaryFn.ADD, DType.F32, 0, 1)),
                List.of(new Region.Store(2, 0, DType.F32, new int[] {h, 1}, 0, null)));
        var k = new Kernel.Recurrent(DType.F32, CellKind.RNN_TANH, RecurrentPass.FORWARD, t, n, h, false);
        var product = new Kernel.MatMul(DType.F32, 1, t * n, h, 8, false, true);
        var y = ref(200, t * n * h);
        var launches = new ArrayList<>(List.of(
                new Launch(product, List.of(x, ref(10, 8 * h)), List.of(sums), HERE),
                new Launch(new Kernel.Loop(sum), List.of(sums, ref(11, h)), List.of(sums), HERE),
                new Launch(k, List.of(sums, ref(12, h * h), ref(13, n * h)), List.of(y, ref(300, t * n * h)), HERE)));
        if (also != null) {
            launches.add(new Launch(new Kernel.Copy(), List.of(also), List.of(ref(400, (int) also.count())), HERE));
        }
        var plan = new Plan(1 << 30, List.of(), launches, List.of(y));
        try (var pool = new ThreadPool(2)) {
            var kernels = new CpuKernel[launches.size()];
            kernels[0] = new JavaMatMul(product, pool, true);
            kernels[2] = RecurrentKernel.of(k, true);
            var found = new Projections(plan, launches, kernels).before(2);
            if (found != null) {
                assertEquals(8, found.kernel().depth());
                assertEquals(List.of(x, ref(12, h * h), ref(13, n * h), ref(10, 8 * h), ref(11, h)),
                        found.launch().in());
            }
            return found == null ? -1 : found.launches().size();
        }
    }

    @Test
    void theInputsProductOnTheWay() {
        assertEquals(2, found(16, ref(0, 2 * 16 * 8), null));
        assertEquals(-1, found(15, ref(0, 2 * 15 * 8), null), "few sequences");
        assertEquals(-1, found(16, ref(0, 2 * 16 * 8), ref(100, 2 * 16 * 32)), "sums that are read by others");
        assertEquals(-1, found(16, ref(200, 2 * 16 * 8), null), "an input where states are written");
        assertEquals(-1, found(16, ref(100, 2 * 16 * 8), null), "an input where sums were written");
    }
}
