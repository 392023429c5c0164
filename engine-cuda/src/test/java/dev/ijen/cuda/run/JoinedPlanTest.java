package dev.ijen.cuda.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.cuda.driver.Gpu;
import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.kernels.emulator.Emulator.What;
import dev.ijen.spi.Backend.Buffer;
import dev.ijen.spi.DeviceInfo;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.External;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A plan whose loops are joined gives the bits of its launches one by one, eager, captured and timed.
class JoinedPlanTest {
    private static final int MOST = 700;
    private static final int ARRAYS = 10;
    private static final int[] LENGTHS = {1, 3, 64, 257, 600};

    /// y = a ⊕ b · s of arrays of n and a scalar.
    private static Region region(int n, BinaryFn f) {
        var one = new int[] {1};
        return new Region(
                new int[] {n},
                List.of(new Instr.Load(0, DType.F32, one, 0), new Instr.Load(1, DType.F32, one, 0),
                        new Instr.Load(2, DType.F32, new int[1], 0), new Instr.Binary(BinaryFn.MUL, DType.F32, 1, 2),
                        new Instr.Binary(f, DType.F32, 0, 3)),
                List.of(new Store(4, 0, DType.F32, one, 0, null)));
    }

    private static List<Launch> launches(Random random) {
        var all = new ArrayList<Launch>();
        for (int i = 0; i < 24; i++) {
            int n = LENGTHS[random.nextInt(LENGTHS.length)];
            var f = random.nextInt(4) == 0 ? BinaryFn.MAX : BinaryFn.SUB;
            var in = new ArrayList<Ref>();
            for (int k = 0; k < 2; k++) {
                in.add(new Ref(1 + random.nextInt(ARRAYS), 0, DType.F32, n));
            }
            in.add(new Ref(1 + random.nextInt(ARRAYS), 4L * (MOST - 1), DType.F32, 1));
            var to = new Ref(1 + random.nextInt(ARRAYS), 0, DType.F32, n);
            all.add(new Launch(new Kernel.Loop(region(n, f)), in, List.of(to), new Plan.Origin("loop", "")));
        }
        return all;
    }

    private static Plan plan(List<Launch> launches) {
        var externals = new ArrayList<External>();
        for (int i = 0; i < ARRAYS; i++) {
            externals.add(new External(Plan.Role.CELL, "x" + i, DType.F32, MOST, true));
        }
        return new Plan(0, externals, launches, List.of());
    }

    private static Buffer[] arrays(CudaBackend backend) {
        var random = new Random(9);
        var all = new Buffer[ARRAYS];
        for (int i = 0; i < ARRAYS; i++) {
            var x = new float[MOST];
            for (int k = 0; k < MOST; k++) {
                x[k] = (float) random.nextGaussian();
            }
            all[i] = backend.allocate(4L * MOST);
            backend.write(all[i], 0, MemorySegment.ofArray(x));
        }
        return all;
    }

    private static float[] read(CudaBackend backend, Buffer b) {
        var x = new float[MOST];
        backend.read(b, 0, MemorySegment.ofArray(x));
        return x;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void bitsAreThoseOfLaunchesOneByOne(int seed) {
        var emulator = Emulator.fresh();
        emulator.set(What.RACES, 1);
        emulator.set(What.REVERSED, seed % 2);
        Gpu.count();
        var launches = launches(new Random(seed));
        try (var backend = new CudaBackend(
                new DeviceInfo("cuda", 0, "GPU", 1L << 30, Map.of()), Gpu.open(0), true, true, _ -> List.of())) {
            var one = arrays(backend);
            var all = arrays(backend);
            var bounds = launches.stream().map(l -> backend.prepare(plan(List.of(l))).bind(one)).toList();
            var prepared = backend.prepare(plan(launches));
            assertTrue(prepared.pieces().size() < launches.size(), "nothing is joined");
            var bound = prepared.bind(all);
            var nanos = new long[launches.size()];
            for (int run = 0; run < 3; run++) {
                bounds.forEach(b -> b.run());
                if (run == 0) {
                    bound.runTimed(nanos);
                } else {
                    bound.run();
                }
                for (int i = 0; i < ARRAYS; i++) {
                    assertArrayEquals(read(backend, one[i]), read(backend, all[i]), "array " + i + ", run " + run);
                }
            }
            assertTrue(Arrays.stream(nanos).allMatch(n -> n > 0), () -> Arrays.toString(nanos));
        }
        assertEquals("", emulator.report());
        assertEquals(0, emulator.get(What.ALLOCATIONS));
    }
}
