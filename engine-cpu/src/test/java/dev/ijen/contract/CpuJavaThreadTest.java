package dev.ijen.contract;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;

/// Equal bits at any number of threads, without native libraries, for the operations that use them.
class CpuJavaThreadTest extends ThreadContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }

    @Override
    protected EngineOptions options() {
        return EngineOptions.defaults().withNativeLibraries(false);
    }

    @Override
    protected boolean tried(String name) {
        return name.startsWith("matmul") || name.startsWith("conv") || name.contains("Pool")
                || name.startsWith("gelu/mlp");
    }
}
