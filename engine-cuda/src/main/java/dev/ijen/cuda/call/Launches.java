package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.KernelLaunch;
import java.util.List;
import jcuda.driver.CUstream;

/// Launches one after the other.
final class Launches implements CudaKernel.Bound {
    private final KernelLaunch[] launches;

    private Launches(KernelLaunch[] launches) {
        this.launches = launches;
    }

    static Launches of(KernelLaunch... launches) {
        return new Launches(launches.clone());
    }

    static Launches of(List<KernelLaunch> launches) {
        return new Launches(launches.toArray(KernelLaunch[]::new));
    }

    @Override
    public void enqueue(CUstream stream) {
        for (var launch : launches) {
            launch.enqueue(stream);
        }
    }
}
