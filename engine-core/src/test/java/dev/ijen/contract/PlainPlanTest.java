package dev.ijen.contract;

import dev.ijen.plain.PlainBackend;
import dev.ijen.spi.BackendProvider;

/// Plans, tried on plain loops.
class PlainPlanTest extends PlanContract {
    @Override
    protected BackendProvider provider() {
        return new PlainBackend.Provider();
    }
}
