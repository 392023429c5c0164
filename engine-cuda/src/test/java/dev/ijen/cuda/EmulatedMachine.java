package dev.ijen.cuda;

import dev.ijen.cuda.load.Discovery;
import dev.ijen.cuda.load.Loader;
import dev.ijen.cuda.load.Machine;
import dev.ijen.cuda.load.Tier;
import dev.ijen.kernels.emulator.Emulator;
import java.nio.file.Path;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/// Before the first test of a JVM: puts the emulated driver where `IJEN_CUDA_PATH` points, and loads JCuda by our own loader, as a user's
/// program would. Where there is no g++ to build it, tests that need it are skipped and say so.
public final class EmulatedMachine implements LauncherSessionListener {
    /// For JUnit, which finds this class as a service.
    public EmulatedMachine() {}

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        var folder = System.getenv("IJEN_CUDA_PATH");
        if (folder != null && Emulator.install(Path.of(folder))) {
            var machine = Machine.here();
            if (Loader.load(Discovery.find(machine), machine) instanceof Tier.Unavailable(var reason, var fix)) {
                throw new IllegalStateException(reason + "; " + fix);
            }
        }
    }
}
