package dev.ijen.contract;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;

/// Random geometry on the CPU without native libraries.
class CpuJavaGeometryTest extends GeometryContract {
    @Override
    protected Device device() {
        return Device.cpu();
    }

    @Override
    protected EngineOptions options() {
        return EngineOptions.defaults().withNativeLibraries(false);
    }
}
