package dev.ijen.engine;

import dev.ijen.spi.Backend.Buffer;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// A cell with memory on an engine's device.
public abstract sealed class Held extends Cell implements AutoCloseable permits Parameter, State {
    private final Engine engine;
    private final HeldMemory memory;
    private final AtomicLong version = new AtomicLong();

    Held(Engine engine, String name, DType dtype, Shape shape) {
        super(name, dtype, shape);
        this.engine = engine;
        this.memory = new HeldMemory(engine, engine.allocate((long) shape.size() * dtype.bytes(), toString()),
                toString());
        Leaks.watch(this, memory);
    }

    @Override
    public final Engine home() {
        return engine;
    }

    final HeldMemory memory() {
        return memory;
    }

    final Buffer buffer() {
        if (memory.isClosed()) {
            throw new IjenException(
                    name() + ": used after close", "a closed " + this, "an open one",
                    "close the model after its last use");
        }
        return memory.buffer();
    }

    /// The value, copied to the host. Waits for running work.
    public final HostTensor read() {
        var t = HostTensor.zeros(dtype(), shape());
        readInto(t.data());
        return t;
    }

    /// The value, copied to host memory of the right size.
    public final void readInto(MemorySegment to) {
        engine.checkOpen();
        var from = buffer();
        engine.whileOpen(() -> engine.read(from, 0, to));
    }

    /// Replaces the value.
    ///
    /// @throws ShapeException if type or shape differ
    public final void write(HostTensor value) {
        if (value.dtype() != dtype() || !value.shape().equals(shape())) {
            throw new ShapeException(
                    "write " + name(),
                    value.dtype() + value.shape().toString(),
                    dtype() + shape().toString(),
                    "check that the file belongs to this model");
        }
        engine.checkOpen();
        var to = buffer();
        engine.whileOpen(() -> engine.write(to, value.data()));
        written();
    }

    /// Counts writes: what is computed from the value is new when this is.
    final long version() {
        return version.get();
    }

    final void written() {
        version.incrementAndGet();
    }

    /// Frees the memory. A second call does nothing; any other use afterwards throws.
    @Override
    public final void close() {
        if (!memory.isClosed()) {
            engine.forget(this);
            memory.close();
        }
    }
}
