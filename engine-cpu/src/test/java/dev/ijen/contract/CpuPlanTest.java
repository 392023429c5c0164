package dev.ijen.contract;

import dev.ijen.cpu.CpuProvider;
import dev.ijen.spi.BackendProvider;

/// Plans, tried on the CPU backend.
class CpuPlanTest extends PlanContract {
    @Override
    protected BackendProvider provider() {
        return new CpuProvider();
    }
}
