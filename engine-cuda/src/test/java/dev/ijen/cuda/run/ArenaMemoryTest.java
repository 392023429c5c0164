package dev.ijen.cuda.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.cuda.driver.CudaException;
import dev.ijen.cuda.driver.Gpu;
import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.kernels.emulator.Emulator.Kind;
import dev.ijen.kernels.emulator.Emulator.What;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Blocks never overlap, free neighbours join, and what the device cannot give is an answer, not an accident.
class ArenaMemoryTest {
    private static final long MB = 1 << 20;

    private Emulator emulator;
    private Gpu gpu;
    private ArenaMemory memory;

    @BeforeEach
    void open() {
        emulator = Emulator.fresh();
        Gpu.count();
        gpu = Gpu.open(0);
        memory = new ArenaMemory(gpu);
    }

    @AfterEach
    void close() {
        memory.close();
        gpu.close();
        assertEquals("", emulator.report());
        assertEquals(0, emulator.get(What.ALLOCATIONS));
        assertEquals(0, emulator.get(What.BYTES));
    }

    @Test
    void randomBlocksKeepApart() {
        var random = new Random(1);
        var live = new TreeMap<Long, Long>();
        long most = 0;
        long sum = 0;
        for (int i = 0; i < 5000; i++) {
            if (live.isEmpty() || random.nextInt(100) < 55 && sum < 400 * MB) {
                long bytes = Memory.round(1L << random.nextInt(24));
                long at = memory.allocate(bytes);
                assertNotEquals(0, at);
                assertEquals(0, at % Memory.ROUND);
                var before = live.floorEntry(at);
                assertTrue(before == null || before.getKey() + before.getValue() <= at);
                var after = live.ceilingKey(at);
                assertTrue(after == null || at + bytes <= after);
                live.put(at, bytes);
                sum += bytes;
                most = Math.max(most, sum);
            } else {
                var keys = live.keySet().toArray(Long[]::new);
                long at = keys[random.nextInt(keys.length)];
                long bytes = live.remove(at);
                memory.free(at, bytes);
                sum -= bytes;
            }
        }
        assertTrue(memory.reserved() < 2 * most, memory.reserved() + " bytes for " + most);
        live.forEach(memory::free);
        long all = memory.reserved();
        long whole = memory.allocate(all);
        assertNotEquals(0, whole, "free neighbours have joined into one");
        assertEquals(all, memory.reserved());
        memory.free(whole, all);
    }

    @Test
    void theBestFitIsTaken() {
        long a = memory.allocate(2048);
        long b = memory.allocate(512);
        long c = memory.allocate(1024);
        long d = memory.allocate(512);
        memory.free(a, 2048);
        memory.free(c, 1024);
        assertEquals(c, memory.allocate(1024));
        assertEquals(a, memory.allocate(1536));
        assertEquals(a + 1536, memory.allocate(512));
        memory.free(b, 512);
        memory.free(d, 512);
    }

    @Test
    void growsOnlyByWhatIsMissing() {
        long a = memory.allocate(31 * MB);
        assertEquals(32 * MB, memory.reserved());
        assertEquals(a + 31 * MB, memory.allocate(100 * MB), "the end of the last piece is used");
        assertEquals(132 * MB, memory.reserved()); // pieces are multiples of 2 MB
    }

    @Test
    void whatTheDeviceDoesNotHaveIsZero() {
        emulator.set(What.LIMIT, 64 * MB);
        assertEquals(0, memory.allocate(80 * MB));
        long a = memory.allocate(40 * MB);
        assertNotEquals(0, a);
        assertEquals(0, memory.allocate(40 * MB));
        assertNotEquals(0, memory.allocate(8 * MB));
        memory.free(a, 40 * MB);
        assertEquals(a, memory.allocate(40 * MB));
    }

    @Test
    void aFailingMapLeavesNothing() {
        emulator.fail(Kind.ALLOCATION, 1, 2);
        assertNotEquals(0, memory.allocate(MB), "a smaller piece is tried after the first refusal");
        emulator.fail(Kind.ALLOCATION, 1, 999);
        var e = assertThrows(CudaException.class, () -> memory.allocate(100 * MB));
        assertTrue(e.getMessage().contains("cuMemCreate"), e.getMessage());
        assertNotEquals(0, memory.allocate(100 * MB));
    }
}
