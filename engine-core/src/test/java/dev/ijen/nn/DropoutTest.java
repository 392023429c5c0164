package dev.ijen.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rate, scale, and when the mask changes.
class DropoutTest extends OnEngine {
    private static HostTensor ones(int n) {
        var v = new float[n];
        Arrays.fill(v, 1);
        return HostTensor.of(v, n);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 0.75})
    void theRateIsWithinHalfAPercent(double rate) {
        var dropout = Dropout.of(engine, rate);
        var y = engine.program(in -> List.of(dropout.apply(in.getFirst()))).run(ones(1_000_000)).toFloatArray(0);
        int dropped = 0;
        for (float v : y) {
            dropped += v == 0 ? 1 : 0;
            assertEquals(v == 0 ? 0 : 1 / (1 - rate), v, 1e-6);
        }
        assertEquals(rate, dropped / 1e6, 0.005);
    }

    @Test
    void inUseItIsTheIdentity() {
        var dropout = Dropout.of(engine, 0.5);
        var x = floats(dims(3), 1, 2, 3);
        assertEquals(x, dropout.apply(x), "outside of steps");
        assertArrayEquals(ones(100).toFloatArray(), engine.inference(dropout::apply).run(ones(100)).toFloatArray(0));
    }

    @Test
    void theMaskIsNewInEachRunAndTheSameInTheGradient() {
        var dropout = Dropout.of(engine, 0.5);
        var step = engine.program(in -> {
            var y = dropout.apply(in.getFirst());
            return List.of(y, Gradient.of(y.sum(), in.getFirst()), dropout.apply(in.getFirst()));
        });
        var first = step.run(ones(1000));
        var y = first.toFloatArray(0);
        assertArrayEquals(y, first.toFloatArray(1));
        assertFalse(Arrays.equals(y, first.toFloatArray(2)), "another use has another mask");
        assertFalse(Arrays.equals(y, step.run(ones(1000)).toFloatArray(0)), "another run has another mask");
    }

    @Test
    void nothingIsDroppedAtRateZero() {
        var dropout = Dropout.of(engine, 0);
        assertArrayEquals(ones(10).toFloatArray(),
                engine.program(in -> List.of(dropout.apply(in.getFirst()))).run(ones(10)).toFloatArray(0));
        assertThrows(IjenException.class, () -> Dropout.of(engine, 1));
        assertThrows(IjenException.class, () -> Dropout.of(engine, -0.1));
    }
}
