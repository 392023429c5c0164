package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Opens engines for tests, closes them after each test, and fails the test if device memory is still alive then.
///
/// ```java
/// @RegisterExtension
/// final LiveBuffers engines = new LiveBuffers();
/// ```
public final class LiveBuffers implements AfterEachCallback {
    private final List<Engine> open = new ArrayList<>();

    /// An engine that is closed after the test.
    public Engine open(Device device) {
        return open(device, EngineOptions.defaults());
    }

    /// An engine that is closed after the test.
    public Engine open(Device device, EngineOptions options) {
        var e = Engine.open(device, options);
        open.add(e);
        return e;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        open.forEach(Engine::close);
        for (var e : open) {
            assertEquals(0, e.memory().buffers(),
                    () -> context.getDisplayName() + ": buffers alive after " + e + " was closed");
            assertEquals(0, e.memory().liveBytes(),
                    () -> context.getDisplayName() + ": bytes alive after " + e + " was closed");
        }
        open.clear();
    }
}
