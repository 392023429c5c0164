package dev.ijen.cuda.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.cuda.driver.Gpu;
import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.kernels.emulator.Emulator.What;
import dev.ijen.spi.DeviceInfo;
import dev.ijen.spi.OutOfMemoryException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is free is what the driver says, whoever has the rest, and errors tell the same.
class FreeBytesTest {
    private static final long MB = 1 << 20;
    private static final long ALL = 256 * MB;

    private Emulator emulator;

    @BeforeEach
    void open() {
        emulator = Emulator.fresh();
        emulator.set(What.LIMIT, ALL);
        Gpu.count();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals("", emulator.report());
        assertEquals(0, emulator.get(What.ALLOCATIONS));
    }

    private static CudaBackend backend(boolean separate) {
        var info = new DeviceInfo("cuda", 0, "GPU", ALL, Map.of());
        return new CudaBackend(info, Gpu.open(0), true, separate, _ -> List.of());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void othersCount(boolean separate) {
        try (var mine = backend(separate); var other = backend(separate)) {
            long before = mine.freeBytes();
            assertTrue(before <= ALL, () -> before + " bytes");
            try (var theirs = other.allocate(100 * MB)) {
                assertEquals(100 * MB, theirs.bytes());
                assertEquals(before - 100 * MB, mine.freeBytes());
                var b = mine.allocate(60 * MB);
                assertEquals(before - 160 * MB, mine.freeBytes());
                var e = assertThrows(OutOfMemoryException.class, () -> mine.allocate(120 * MB));
                assertEquals(60 * MB, e.live());
                assertEquals(before - 100 * MB, e.total());
                b.close();
                assertEquals(before - 100 * MB, mine.freeBytes());
            }
        }
    }
}
