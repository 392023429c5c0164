package dev.ijen.engine;

import dev.ijen.spi.Backend;
import dev.ijen.tensor.Where;
import java.util.concurrent.atomic.AtomicBoolean;

/// What is known of an engine when the engine is gone.
final class Life implements Runnable {
    private final Backend backend;
    private final StackWalker.StackFrame where = Where.caller();
    final AtomicBoolean closed = new AtomicBoolean();

    Life(Backend backend) {
        this.backend = backend;
    }

    @Override
    public void run() {
        if (!closed.get()) {
            var m = backend.memory();
            Leaks.report(
                    "engine on " + backend.info().name(),
                    where,
                    m.buffers() + " buffers with " + m.liveBytes() + " bytes stay in use",
                    "Open engines in try-with-resources.");
        }
    }
}
