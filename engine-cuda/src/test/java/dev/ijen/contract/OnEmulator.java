package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.kernels.emulator.Emulator.What;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Tests of a class run on the emulated driver, or where one is under test (`-Dijen.gpu=real`) on a GPU: set up before the first, without findings after each, and without anything alive after the last.
final class OnEmulator implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private final Map<What, Long> switches;
    private Emulator emulator;

    private OnEmulator(Map<What, Long> switches) {
        this.switches = switches;
    }

    /// Threads and blocks from the first to the last.
    static OnEmulator forward() {
        return new OnEmulator(Map.of(What.RACES, 1L));
    }

    /// Threads and blocks from the last to the first, and streams that run no sooner than something waits for them.
    static OnEmulator backward() {
        return new OnEmulator(Map.of(What.RACES, 1L, What.REVERSED, 1L, What.LAZY, 1L));
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (Emulator.real()) {
            return;
        }
        emulator = Emulator.fresh();
        switches.forEach(emulator::set);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        noFindings(context);
    }

    private void noFindings(ExtensionContext context) {
        if (emulator != null) {
            assertEquals("", emulator.report(), context.getDisplayName());
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        noFindings(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        noFindings(context);
        if (emulator == null) {
            return;
        }
        for (var what : new What[] {What.ALLOCATIONS, What.HOST, What.STREAMS, What.EVENTS, What.MODULES, What.GRAPHS,
            What.CONTEXTS}) {
            assertEquals(0, emulator.get(what), what + " alive at the end");
        }
    }
}
