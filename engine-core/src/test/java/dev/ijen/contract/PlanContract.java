package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.plain.PlainBackend;
import dev.ijen.spi.Backend;
import dev.ijen.spi.Backend.Buffer;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Origin;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What a backend must do with plans, tried on the interface itself: order, aliasing, offsets, errors, bindings at once,
/// random loop nests. A module with a backend extends this class.
public abstract class PlanContract extends BackendFixture {
    @Test
    void launchesTakeEffectInOrder() {
        try (var x = floats(ramp(N, 0)); var w = floats(ramp(N, 1)); var p = backend.prepare(chain());
                var bound = p.bind(new Buffer[] {x, w})) {
            for (int run = 0; run < 3; run++) {
                backend.write(x, 0, MemorySegment.ofArray(ramp(N, run)));
                bound.run();
                var y = floats(bound.workspace(), 4096, N);
                for (int i = 0; i < N; i++) {
                    assertEquals((run + i + 1f + i) * (i + 1f), y[i]);
                }
            }
            backend.synchronize();
        }
    }

    @Test
    void timedRunsComputeTheSame() {
        try (var x = floats(ramp(N, 3)); var w = floats(ramp(N, 1)); var p = backend.prepare(chain());
                var bound = p.bind(new Buffer[] {x, w})) {
            bound.run();
            var y = floats(bound.workspace(), 4096, N);
            backend.write(bound.workspace(), 0, MemorySegment.ofArray(new byte[8192]));
            var nanos = new long[] {5, 5};
            bound.runTimed(nanos);
            assertArrayEquals(y, floats(bound.workspace(), 4096, N));
            assertTrue(nanos[0] > 5 && nanos[1] > 5, "times are added: " + Arrays.toString(nanos));
        }
    }

    /// w ← w · x + w, in place, twice in one plan: an output may be an input's memory.
    @Test
    void loopsUpdateInPlace() {
        var x = ref(1, 0, N);
        var w = ref(2, 0, N);
        var product = ref(0, 0, N);
        var once = List.of(
                launch(loop(BinaryFn.MUL, N), List.of(w, x), product),
                launch(loop(BinaryFn.ADD, N), List.of(product, w), w));
        var launches = new ArrayList<>(once);
        launches.addAll(once);
        var plan = new Plan(
                4096, List.of(external(Plan.Role.ARGUMENT, "x", N), external(Plan.Role.CELL, "w", N)), launches,
                List.of(w));
        try (var xs = floats(ramp(N, 0)); var ws = floats(ramp(N, 1)); var p = backend.prepare(plan);
                var bound = p.bind(new Buffer[] {xs, ws})) {
            bound.run();
            var r = floats(ws, 0, N);
            for (int i = 0; i < N; i++) {
                float v = i + 1;
                v = v * i + v;
                v = v * i + v;
                assertEquals(v, r[i]);
            }
        }
    }

    /// Both operands and the result are one memory.
    @Test
    void aLoopMayReadItsOutputTwice() {
        var w = ref(1, 0, N);
        var plan = new Plan(
                0, List.of(external(Plan.Role.CELL, "w", N)), List.of(launch(loop(BinaryFn.MUL, N), List.of(w, w), w)),
                List.of(w));
        try (var ws = floats(ramp(N, 1)); var p = backend.prepare(plan); var bound = p.bind(new Buffer[] {ws})) {
            bound.run();
            for (int i = 0; i < N; i++) {
                assertEquals((i + 1f) * (i + 1f), floats(ws, 0, N)[i]);
            }
        }
    }

    @Test
    void offsetsAndCopies() {
        int n = 13;
        var plan = new Plan(
                256,
                List.of(external(Plan.Role.ARGUMENT, "x", n), external(Plan.Role.CELL, "y", n)),
                List.of(
                        launch(new Kernel.Fill(DType.F32, -1, 0), List.of(), ref(0, 0, 64)),
                        launch(new Kernel.Copy(), List.of(ref(1, 0, n)), ref(0, 64, n)),
                        launch(loop(BinaryFn.ADD, n), List.of(ref(0, 64, n), ref(0, 0, n)), ref(0, 128, n)),
                        launch(new Kernel.Copy(), List.of(ref(0, 128, n)), ref(2, 0, n))),
                List.of(ref(2, 0, n)));
        try (var x = floats(ramp(n, 0)); var y = floats(new float[n]); var p = backend.prepare(plan);
                var bound = p.bind(new Buffer[] {x, y})) {
            bound.run();
            assertArrayEquals(ramp(n, -1), floats(y, 0, n));
            var w = floats(bound.workspace(), 0, 64);
            assertEquals(-1, w[15]);
            assertEquals(0, w[16]);
            assertEquals(12, w[28]);
            assertEquals(-1, w[29], "nothing is written beyond the reference");
            assertEquals(-1, w[31]);
            assertEquals(-1, w[45]);
        }
    }

    @Test
    void fillsEveryType() {
        for (var t : DType.values()) {
            var plan = new Plan(
                    0,
                    List.of(new Plan.External(Plan.Role.CELL, "y", t, 67, true)),
                    List.of(new Launch(new Kernel.Fill(t, 1.5, 1), List.of(), List.of(new Ref(1, 0, t, 67)),
                            new Origin("fill", ""))),
                    List.of());
            try (var y = backend.allocate(67L * t.bytes()); var p = backend.prepare(plan);
                    var bound = p.bind(new Buffer[] {y})) {
                bound.run();
                var h = HostTensor.zeros(t, Shape.of(67));
                backend.read(y, 0, h.data());
                for (int i = 0; i < 67; i++) {
                    assertEquals(t.isFloat() ? 1.5 : 1, h.get(i));
                }
            }
        }
    }

    /// Indices that point nowhere are errors of the run, named after the launch; the backend stays usable.
    @Test
    void errorsOfARunNameTheLaunch() {
        var table = new Plan.External(Plan.Role.CONSTANT, "table", DType.F32, 12, false);
        var index = new Plan.External(Plan.Role.ARGUMENT, "index", DType.I32, 2, false);
        var i = new Ref(2, 0, DType.I32, 2);
        record Failing(Kernel kernel, List<Ref> in, Ref out) {}
        var failing = List.of(
                new Failing(new Kernel.Gather(DType.F32, 4, 3, 2), List.of(ref(1, 0, 12), i), ref(0, 0, 6)),
                new Failing(new Kernel.Scatter(DType.F32, Kernel.ScatterMode.ADD, 4, 3, 2), List.of(ref(1, 0, 6), i),
                        ref(0, 0, 12)),
                new Failing(new Kernel.Scatter(DType.F32, Kernel.ScatterMode.SET, 4, 3, 2), List.of(ref(1, 0, 6), i),
                        ref(0, 0, 12)));
        for (var f : failing) {
            for (int bad : new int[] {4, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                failure(f.kernel, f.in, f.out, List.of(table, index), new int[] {1, bad}, new int[] {3, 0}, bad);
            }
        }
        failure(
                new Kernel.CrossEntropy(DType.F32, 2, 6), List.of(ref(1, 0, 12), i), ref(0, 0, 2),
                List.of(table, index),
                new int[] {5, 6}, new int[] {5, -7}, 6);
    }

    private void failure(Kernel k, List<Ref> in, Ref out, List<Plan.External> externals, int[] bad, int[] good,
            int named) {
        var plan = new Plan(64, externals,
                List.of(new Launch(k, in, List.of(out), new Origin("choose", "Main.java:12"))), List.of(out));
        try (var t = floats(ramp(12, 0)); var b = backend.allocate(8); var p = backend.prepare(plan);
                var bound = p.bind(new Buffer[] {t, b})) {
            backend.write(b, 0, MemorySegment.ofArray(bad));
            var e = assertThrows(RuntimeException.class, () -> {
                bound.run();
                backend.synchronize();
            }, k::toString);
            assertTrue(e.getMessage().contains("choose at Main.java:12"), e.getMessage());
            assertTrue(e.getMessage().contains(Integer.toString(named)), e.getMessage());
            backend.write(b, 0, MemorySegment.ofArray(good));
            assertDoesNotThrow(() -> {
                bound.run();
                backend.synchronize();
            });
        }
    }

    /// Each binding has its own workspace, and many may run at once over shared weights.
    @Test
    void bindingsRunAtOnce() throws Exception {
        int threads = 4;
        try (var w = floats(ramp(N, 1)); var p = backend.prepare(chain());
                var pool = Executors.newFixedThreadPool(threads)) {
            var tasks = IntStream.range(0, threads).<Callable<Boolean>>mapToObj(t -> () -> {
                try (var x = floats(ramp(N, t)); var bound = p.bind(new Buffer[] {x, w})) {
                    for (int run = 0; run < 200; run++) {
                        bound.run();
                        var y = floats(bound.workspace(), 4096, N);
                        for (int i = 0; i < N; i++) {
                            if (y[i] != (t + i + 1f + i) * (i + 1f)) {
                                return false;
                            }
                        }
                    }
                }
                return true;
            }).toList();
            for (var f : pool.invokeAll(tasks)) {
                assertTrue(f.get());
            }
        }
    }

    /// Elements of a run during which memory is closed.
    protected int elementsOfALongRun() {
        return 1 << 16;
    }

    /// Memory closed while others run is freed when they are done.
    @Test
    void closingWhileRunningIsSafe() throws Exception {
        int n = elementsOfALongRun();
        var x = ref(1, 0, n);
        var y = ref(0, 0, n);
        var launches = new ArrayList<Launch>();
        launches.add(launch(loop(BinaryFn.ADD, n), List.of(x, x), y));
        for (int i = 0; i < 20; i++) {
            launches.add(launch(loop(BinaryFn.ADD, n), List.of(x, y), y));
        }
        var plan = new Plan(4L * n, List.of(external(Plan.Role.ARGUMENT, "x", n)), launches, List.of(y));
        for (int round = 0; round < 5; round++) {
            try (var pool = Executors.newFixedThreadPool(2)) {
                var data = floats(new float[n]);
                var p = backend.prepare(plan);
                var bound = p.bind(new Buffer[] {data});
                var running = pool.submit(() -> {
                    try {
                        while (true) {
                            bound.run();
                        }
                    } catch (RuntimeException e) {
                        return e;
                    }
                });
                Thread.sleep(5);
                data.close();
                assertTrue(running.get() != null, "the run ends with an exception");
                bound.close();
                p.close();
            }
        }
    }

    /// Random loop nests: all instructions, types, strides, folds, against plain loops.
    @TestFactory
    Stream<DynamicTest> randomRegions() {
        return IntStream.range(0, 20).mapToObj(g -> dynamicTest("seeds from " + g * 25, () -> {
            for (int seed = g * 25; seed < (g + 1) * 25; seed++) {
                compare(RandomRegion.plan(seed), seed);
            }
        }));
    }

    private void compare(Plan plan, long seed) {
        var random = new Random(seed);
        var data = new ArrayList<HostTensor>();
        for (var e : plan.externals()) {
            data.add(new In(e.dtype(), e.dtype() == DType.U8 ? 0 : -9, 9, Shape.of((int) e.count()))
                    .draw(e.dtype(), 0, 0, random).host());
        }
        var expected = run(new PlainBackend(), plan, data);
        var actual = run(backend, plan, data);
        for (int i = 0; i < expected.size(); i++) {
            var e = Value.of(expected.get(i));
            double tolerance = switch (e.dtype()) {
                case F64 -> 1e-4; // may come from F32
                case F32 -> 2e-3; // may come from F16
                case F16, BF16 -> 3e-2;
                case I32, I64, I8, U8, BOOL -> 0;
            };
            Close.check("region of seed " + seed + ": " + plan.launches().getFirst().kernel() + ", output " + i, e,
                    actual.get(i), tolerance, Close.scale(e));
        }
    }

    private static List<HostTensor> run(Backend b, Plan plan, List<HostTensor> data) {
        var memory = new Buffer[data.size()];
        for (int i = 0; i < memory.length; i++) {
            memory[i] = b.allocate(data.get(i).data().byteSize());
            b.write(memory[i], 0, data.get(i).data());
        }
        var results = new ArrayList<HostTensor>();
        try (var p = b.prepare(plan); var bound = p.bind(memory)) {
            bound.run();
            for (var r : plan.results()) {
                var h = HostTensor.zeros(r.dtype(), Shape.of((int) r.count()));
                b.read(memory[r.memory() - 1], r.offset(), h.data());
                results.add(h);
            }
        }
        for (var m : memory) {
            m.close();
        }
        return results;
    }
}
