package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.kernels.emulator.Emulator.What;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Linear;
import dev.ijen.optim.AdamW;
import dev.ijen.optim.Schedule;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// How many launches a step takes.
class CudaLaunchesTest {
    private static final int LAYERS = 6;

    /// The updates of all weights and biases, whatever their sizes, are one launch where they wait for the norm of all gradients. (Without clipping each is
    /// made as soon as its gradient is there, whose memory the next one then takes.)
    @Test
    void updatesOfAllParametersAreOne() {
        var emulator = Emulator.fresh();
        try (var engine = Engine.open(Device.cuda(0))) {
            var model = Chain.of(
                    Linear.of(engine, 9, 8), Tensor::relu, Linear.of(engine, 8, 7), Tensor::relu,
                    Linear.of(engine, 7, 6), Tensor::relu, Linear.of(engine, 6, 5), Tensor::relu,
                    Linear.of(engine, 5, 4), Tensor::relu, Linear.of(engine, 4, 3));
            var adam = AdamW.of(Schedule.constant(0.01), 0.01).withClipNorm(1);
            var step = engine.compile((x, y) -> {
                var loss = Loss.crossEntropy(model.apply(x), y);
                adam.update(model, loss);
                return loss;
            });
            var x = HostTensor.of(new float[18], 2, 9);
            var y = HostTensor.of(new int[] {0, 2}, 2);
            step.run(x, y);
            long before = emulator.get(What.LAUNCH_CALLS);
            int planned = step.runTimed(x, y).length;
            long launches = emulator.get(What.LAUNCH_CALLS) - before;
            assertEquals(2 * LAYERS - 1, planned - launches, planned + " launches planned, " + launches + " made");
        }
        assertEquals("", emulator.report());
    }
}
