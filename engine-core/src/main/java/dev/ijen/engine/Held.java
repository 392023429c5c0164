package dev.ijen.engine;

import dev.ijen.spi.Backend.Buffer;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import java.lang.foreign.MemorySegment;

/// A cell with memory on an engine's device.
public abstract sealed class Held extends Cell implements AutoCloseable permits Parameter, State {
    private final Engine engine;
    private final Buffer buffer;
    private boolean closed;

    Held(Engine engine, String name, DType dtype, Shape shape) {
        super(name, dtype, shape);
        this.engine = engine;
        this.buffer = engine.allocate((long) shape.size() * dtype.bytes());
    }

    @Override
    public final Engine home() {
        return engine;
    }

    final Buffer buffer() {
        if (closed) {
            throw new IjenException(
                    name() + ": used after close", "a closed " + this, "an open one",
                    "close the model after its last use");
        }
        return buffer;
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
        engine.backend().read(buffer(), 0, to);
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
        engine.backend().write(buffer(), 0, value.data());
    }

    /// Frees the memory. A second call does nothing; any other use afterwards throws.
    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            engine.forget(this);
            buffer.close();
        }
    }
}
