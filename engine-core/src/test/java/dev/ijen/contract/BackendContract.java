package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.spi.Backend.Buffer;
import dev.ijen.spi.BackendProvider;
import dev.ijen.spi.OutOfMemoryException;
import dev.ijen.spi.Plan;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What a backend must do with memory: contents, lifetimes, accounting, the end of it. A backend is what passes this,
/// [PlanContract], the op table and the random expressions. A module with a backend extends this class.
public abstract class BackendContract extends BackendFixture {
    @Test
    void itNamesItself() {
        var available = assertInstanceOf(BackendProvider.Probe.Available.class, provider().probe());
        assertEquals(provider().name(), available.devices().getFirst().backend());
        assertEquals(provider().name(), backend.info().backend());
        assertTrue(backend.info().totalBytes() > 0);
        assertTrue(!backend.info().name().isBlank());
    }

    @Test
    void memoryKeepsWhatIsWritten() {
        try (var b = backend.allocate(40)) {
            assertEquals(40, b.bytes());
            backend.write(b, 0, MemorySegment.ofArray(ramp(10, 0)));
            backend.write(b, 12, MemorySegment.ofArray(new float[] {-1, -2}));
            assertArrayEquals(new float[] {0, 1, 2, -1, -2, 5, 6, 7, 8, 9}, floats(b, 0, 10));
            assertArrayEquals(new float[] {-2, 5}, floats(b, 16, 2));
        }
        for (int n : new int[] {1, 3, 63, 64, 65, 4097}) {
            try (var b = backend.allocate(n)) {
                var bytes = new byte[n];
                new Random(n).nextBytes(bytes);
                var from = bytes.clone();
                backend.write(b, 0, MemorySegment.ofArray(from));
                Arrays.fill(from, (byte) 0); // may be reused once write has returned
                var back = new byte[n];
                backend.read(b, 0, MemorySegment.ofArray(back));
                assertArrayEquals(bytes, back);
            }
        }
    }

    @Test
    void emptyMemoryIsMemory() {
        try (var b = backend.allocate(0)) {
            assertEquals(0, b.bytes());
            backend.write(b, 0, MemorySegment.ofArray(new float[0]));
            assertEquals(0, floats(b, 0, 0).length);
        }
        var nothing = new Plan(0, List.of(), List.of(), List.of());
        try (var p = backend.prepare(nothing); var bound = p.bind(new Buffer[0])) {
            assertDoesNotThrow(bound::run);
        }
    }

    @Test
    void accessBeyondTheEndIsRefused() {
        try (var b = backend.allocate(8)) {
            assertThrows(RuntimeException.class, () -> backend.write(b, 4, MemorySegment.ofArray(new float[2])));
            assertThrows(RuntimeException.class, () -> backend.read(b, 8, MemorySegment.ofArray(new float[1])));
            assertThrows(RuntimeException.class, () -> backend.write(b, -4, MemorySegment.ofArray(new float[1])));
        }
    }

    @Test
    void useAfterCloseThrows() {
        var b = backend.allocate(16);
        b.close();
        b.close();
        assertThrows(RuntimeException.class, () -> backend.write(b, 0, MemorySegment.ofArray(new float[1])));
        assertThrows(RuntimeException.class, () -> floats(b, 0, 1));

        var x = floats(ramp(N, 0));
        var w = floats(ramp(N, 1));
        var p = backend.prepare(chain());
        var bound = p.bind(new Buffer[] {x, w});
        bound.run();
        bound.close();
        bound.close();
        assertThrows(RuntimeException.class, bound::run);
        assertThrows(RuntimeException.class, () -> bound.runTimed(new long[2]));
        var open = p.bind(new Buffer[] {x, w});
        x.close();
        assertThrows(RuntimeException.class, open::run, "a run on freed memory");
        assertThrows(RuntimeException.class, () -> p.bind(new Buffer[] {x, w}));
        open.close();
        w.close();
        p.close();
        p.close();
    }

    @Test
    void aClosedBackendRefusesWork() {
        var other = provider().open(0, BackendProvider.Options.defaults());
        var left = other.allocate(64);
        var p = other.prepare(chain());
        other.close();
        other.close();
        assertEquals(0, other.memory().buffers(), "open buffers are freed too");
        assertThrows(RuntimeException.class, () -> other.allocate(1));
        assertThrows(RuntimeException.class, () -> other.prepare(chain()));
        assertThrows(RuntimeException.class, () -> other.write(left, 0, MemorySegment.ofArray(new float[1])));
        left.close();
        p.close();
    }

    @Test
    void memoryIsCounted() {
        long buffers = backend.memory().buffers();
        long live = backend.memory().liveBytes();
        var a = backend.allocate(1000);
        var b = backend.allocate(3000);
        assertEquals(buffers + 2, backend.memory().buffers());
        assertTrue(backend.memory().liveBytes() >= live + 4000);
        assertTrue(backend.memory().peakBytes() >= live + 4000);
        a.close();
        b.close();
        assertEquals(buffers, backend.memory().buffers());
        assertEquals(live, backend.memory().liveBytes());
        assertTrue(backend.memory().peakBytes() >= live + 4000);

        var x = floats(ramp(N, 0));
        var w = floats(ramp(N, 1));
        long before = backend.memory().liveBytes();
        try (var p = backend.prepare(chain())) {
            assertTrue(p.bindingBytes() >= 8192);
            try (var bound = p.bind(new Buffer[] {x, w})) {
                assertTrue(backend.memory().liveBytes() >= before + 8192, "workspaces count");
                assertTrue(bound.workspace().bytes() >= 8192);
            }
        }
        assertEquals(before, backend.memory().liveBytes());
        x.close();
        w.close();
    }

    @Test
    void runningOutOfMemoryIsToldAndSurvived() {
        var e = assertThrows(OutOfMemoryException.class, () -> backend.allocate(1L << 60));
        assertTrue(e.getMessage().contains("out of memory"), e.getMessage());
        assertTrue(e.getMessage().contains("1,152,921,504,606,846,976"), e.getMessage());
        assertEquals(0, backend.memory().buffers());
        try (var b = backend.allocate(64)) {
            assertEquals(64, b.bytes());
        }
    }
}
