package dev.ijen.contract;

import dev.ijen.plain.PlainBackend;
import dev.ijen.spi.BackendProvider;

/// The interface, tried on plain loops.
class PlainBackendTest extends BackendContract {
    @Override
    protected BackendProvider provider() {
        return new PlainBackend.Provider();
    }
}
