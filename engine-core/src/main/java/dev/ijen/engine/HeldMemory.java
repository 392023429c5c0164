package dev.ijen.engine;

import dev.ijen.spi.Backend.Buffer;
import dev.ijen.tensor.Where;
import java.lang.ref.WeakReference;

/// The memory of a cell, which the engine knows even when the cell is forgotten. Does not refer to the cell.
final class HeldMemory implements AutoCloseable, Runnable {
    private final Buffer buffer;
    private final String what;
    private final StackWalker.StackFrame where;
    private final WeakReference<Engine> engine;
    private volatile boolean closed;

    /// @param what the cell in words
    HeldMemory(Engine engine, Buffer buffer, String what) {
        this.engine = new WeakReference<>(engine);
        this.buffer = buffer;
        this.what = what;
        this.where = Where.caller();
    }

    /// The cell in words.
    String what() {
        return what;
    }

    Buffer buffer() {
        return buffer;
    }

    boolean isClosed() {
        return closed;
    }

    /// The cell is gone. If the engine is, too, that is what is reported.
    @Override
    public void run() {
        if (!closed && engine.get() != null) {
            Leaks.report(
                    what,
                    where,
                    buffer.bytes() + " bytes stay in use until its engine is closed",
                    "Close models after their last use.");
        }
    }

    @Override
    public void close() {
        closed = true;
        buffer.close();
    }
}
