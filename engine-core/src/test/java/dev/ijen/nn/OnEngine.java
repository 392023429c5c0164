package dev.ijen.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// A test with an engine, which must have no memory left when it is closed.
public abstract class OnEngine {
    /// Opened for each test.
    protected Engine engine;

    /// Opens the engine.
    @BeforeEach
    public final void open() {
        engine = Engine.open(Device.cpu(), EngineOptions.defaults().withSeed(11));
    }

    /// Closes the engine.
    @AfterEach
    public final void close() {
        engine.close();
        assertEquals(0, engine.memory().buffers());
    }

    /// An F32 tensor.
    protected final Tensor floats(int[] dims, double... values) {
        var f = new float[values.length];
        for (int i = 0; i < f.length; i++) {
            f[i] = (float) values[i];
        }
        return engine.tensor(f, dims);
    }

    /// An F64 tensor.
    protected final Tensor doubles(int[] dims, double... values) {
        return engine.tensor(values, dims);
    }

    /// A shape.
    protected static int[] dims(int... dims) {
        return dims;
    }

    /// Compares element by element, relative to values above 1.
    protected static void assertClose(double[] expected, HostTensor actual, double tolerance) {
        assertEquals(expected.length, actual.shape().size(), "elements of " + actual);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual.get(i), tolerance * Math.max(1, Math.abs(expected[i])),
                    "element " + i + " of " + actual);
        }
    }

    /// Compares the value of an expression.
    protected final void assertClose(double[] expected, Tensor actual, double tolerance) {
        assertClose(expected, engine.evaluate(actual), tolerance);
    }

    /// Compares the only value of an expression.
    protected final void assertClose(double expected, Tensor actual, double tolerance) {
        assertClose(new double[] {expected}, actual, tolerance);
    }
}
