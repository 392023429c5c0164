package dev.ijen.cuda.call;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.tensor.DType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Who does a launch.
class KernelsTest {
    private record Only(Class<?> what, CudaKernel offer) implements Library {
        @Override
        public Optional<CudaKernel> offer(Launch launch) {
            return what.isInstance(launch.kernel()) ? Optional.of(offer) : Optional.empty();
        }

        @Override
        public void close() {}
    }

    @Test
    void librariesComeFirstInOrder() {
        var mine = new NothingCall();
        var first = new Only(Kernel.Softmax.class, mine);
        var second = new Only(Kernel.class, new NothingCall());
        try (var rig = new Rig(false, 75)) {
            var x = List.of(Check.random(DType.F32, 1, 2, 3));
            var softmax = Rig.launch(new Kernel.Softmax(DType.F32, 2, 3, false), x, x);
            var copy = Rig.launch(new Kernel.Copy(), x, x);
            assertSame(mine, Kernels.of(softmax, rig.kit(first, second)));
            assertSame(second.offer(), Kernels.of(copy, rig.kit(first, second)));
            assertInstanceOf(CopyCall.class, Kernels.of(copy, rig.kit(first)));
        }
    }
}
