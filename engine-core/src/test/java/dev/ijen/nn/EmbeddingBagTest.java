package dev.ijen.nn;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// As PyTorch 1.13's EmbeddingBag(4, 2, mode='mean', padding_idx=0).
class EmbeddingBagTest extends OnEngine {
    @Test
    void theMeanOfWhatDoesNotFillUp() {
        var bag = EmbeddingBag.of(engine, 4, 2, 0, 0.1);
        bag.weight().write(HostTensor.of(new float[] {9, 9, 1, 2, 3, 5, 7, 11}, 4, 2));
        var index = engine.tensor(HostTensor.of(new int[] {1, 2, 3, 3, 2, 0, 0, 0, 0, 0, 0, 0}, 3, 4));
        var y = bag.apply(index);
        assertClose(new double[] {4.5, 7.25, 3, 5, 0, 0}, y, 1e-6);
        var gradient = Gradient.of(y.mul(floats(dims(3, 2), 1, 10, 100, 1000, 1, 1)).sum(), List.of(bag.weight().get()))
                .getFirst();
        assertClose(new double[] {0, 0, 0.25, 2.5, 100.25, 1002.5, 0.5, 5}, gradient, 1e-6);
        assertTrue(assertThrows(ShapeException.class, () -> bag.apply(floats(dims(1, 2), 1, 2))).getMessage()
                .contains("whole numbers"));
        Module.close(bag);
    }
}
