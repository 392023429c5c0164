package dev.ijen.contract;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;
import dev.ijen.tensor.DType;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The op table on our own kernels with threads and blocks in reversed order, on streams that run no sooner than something waits for them.
/// In F32 where a row has it: the source of a kernel is the same for all types, and so is the order of its threads.
class CudaReversedOpsTest extends OpContract {
    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.backward();

    @Override
    protected Device device() {
        return Device.cuda(0);
    }

    @Override
    protected EngineOptions options() {
        return EngineOptions.defaults().withNativeLibraries(false);
    }

    @Override
    protected Set<DType> types(OpCase row) {
        return row.types().contains(DType.F32) ? Set.of(DType.F32) : row.types();
    }
}
