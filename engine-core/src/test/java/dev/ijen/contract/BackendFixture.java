package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.ijen.spi.Backend;
import dev.ijen.spi.Backend.Buffer;
import dev.ijen.spi.BackendProvider;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Origin;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// A backend opened for each test, and small plans made by hand.
abstract class BackendFixture {
    static final int N = 1000;

    Backend backend;

    /// The backend under test; its device 0 is opened.
    protected abstract BackendProvider provider();

    @BeforeEach
    void open() {
        assertInstanceOf(BackendProvider.Probe.Available.class, provider().probe());
        backend = provider().open(0, BackendProvider.Options.defaults());
    }

    @AfterEach
    void close() {
        backend.close();
        assertEquals(0, backend.memory().buffers(), "buffers alive");
        assertEquals(0, backend.memory().liveBytes(), "bytes alive");
    }

    Buffer floats(float... v) {
        var b = backend.allocate(v.length * 4L);
        backend.write(b, 0, MemorySegment.ofArray(v));
        return b;
    }

    float[] floats(Buffer b, long offset, int n) {
        var r = new float[n];
        backend.read(b, offset, MemorySegment.ofArray(r));
        return r;
    }

    static float[] ramp(int n, float from) {
        var r = new float[n];
        for (int i = 0; i < n; i++) {
            r[i] = from + i;
        }
        return r;
    }

    static Plan.External external(Plan.Role role, String name, int count) {
        return new Plan.External(role, name, DType.F32, count, role == Plan.Role.CELL);
    }

    static Ref ref(int memory, long offset, int count) {
        return new Ref(memory, offset, DType.F32, count);
    }

    /// out[i] = f(in0[i], in1[i]) over n elements.
    static Kernel loop(BinaryFn f, int n) {
        var stride = new int[] {1};
        return new Kernel.Loop(new Region(
                new int[] {n},
                List.of(
                        new Instr.Load(0, DType.F32, stride, 0),
                        new Instr.Load(1, DType.F32, stride, 0),
                        new Instr.Binary(f, DType.F32, 0, 1)),
                List.of(new Region.Store(2, 0, DType.F32, stride, 0, null))));
    }

    static Launch launch(Kernel k, List<Ref> in, Ref out) {
        return new Launch(k, in, List.of(out), new Origin("test", "Test.java:1"));
    }

    /// y = (x + w) · w over the workspace: y = result in it.
    static Plan chain() {
        var x = ref(1, 0, N);
        var w = ref(2, 0, N);
        var sum = ref(0, 0, N);
        var y = ref(0, 4096, N);
        return new Plan(
                8192,
                List.of(external(Plan.Role.ARGUMENT, "x", N), external(Plan.Role.CONSTANT, "w", N)),
                List.of(launch(loop(BinaryFn.ADD, N), List.of(x, w), sum),
                        launch(loop(BinaryFn.MUL, N), List.of(sum, w), y)),
                List.of(y));
    }
}
