package dev.ijen.cuda;

import dev.ijen.cuda.call.Library;
import dev.ijen.cuda.driver.CudaException;
import dev.ijen.cuda.driver.Gpu;
import dev.ijen.cuda.lib.Libraries;
import dev.ijen.cuda.load.Tier;
import dev.ijen.cuda.run.CudaBackend;
import dev.ijen.spi.Backend;
import dev.ijen.spi.BackendProvider.Options;
import dev.ijen.spi.BackendProvider.Probe;
import dev.ijen.spi.DeviceInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// The GPUs, once JCuda is loaded. Apart from [CudaProvider], so that none of JCuda's classes is touched before its natives are in place.
final class CudaDevices {
    private final Tier.Usable tier;
    private final Path cache;

    /// @param cache where libraries keep what can be found out again
    CudaDevices(Tier.Usable tier, Path cache) {
        this.tier = tier;
        this.cache = cache;
    }

    /// Starts the driver and asks it what there is.
    Probe probe(String useCpu) {
        try {
            int n = Gpu.count();
            var devices = new ArrayList<DeviceInfo>();
            for (int i = 0; i < n; i++) {
                devices.add(info(i));
            }
            return n > 0 ? new Probe.Available(devices)
                    : new Probe.Unavailable(
                            "the NVIDIA driver (" + tier.driver() + ") gives no GPU",
                            useCpu + ", or check CUDA_VISIBLE_DEVICES");
        } catch (CudaException e) {
            return new Probe.Unavailable(
                    "the NVIDIA driver (" + tier.driver() + ") can't be started: " + got(e),
                    useCpu + ", or " + e.fix());
        }
    }

    private static String got(CudaException e) {
        return e.getMessage().lines().skip(1).findFirst().orElse(e.getMessage()).replace("got:", "").strip();
    }

    private DeviceInfo info(int index) {
        var p = Gpu.properties(index);
        var details = new LinkedHashMap<String, String>();
        int cuda = Gpu.driverVersion();
        details.put("driver", tier.driver() + ", runs CUDA " + cuda / 1000 + "." + cuda % 1000 / 10);
        details.put("compute capability", p.capability() / 10 + "." + p.capability() % 10);
        details.put("multiprocessors", Integer.toString(p.multiprocessors()));
        switch (tier) {
            case Tier.DriverOnly _ -> details.put("kernels", "our own for everything");
            case Tier.WithCublas t -> details.put("matrix products", t.cublas().toString());
            case Tier.WithCudnn t -> {
                details.put("matrix products", t.cublas().toString());
                details.put("convolution", t.cudnn().toString());
            }
        }
        var lacking = tier.lacking().stream().filter(l -> !l.startsWith("NVRTC")).toList(); // which only cuDNN knows, and does without
        if (!lacking.isEmpty()) {
            details.put("not used", String.join("; ", lacking));
        }
        return new DeviceInfo("cuda", index, p.name(), p.totalBytes(), details);
    }

    /// Opens a GPU.
    Backend open(int index, Options options) {
        boolean separate = "separate".equals(System.getProperty("ijen.cuda.memory"));
        return new CudaBackend(info(index), Gpu.open(index), options.deterministic(), separate,
                place -> libraries(place, options));
    }

    private List<Library> libraries(CudaBackend.LibraryPlace place, Options options) {
        if (!options.nativeLibraries()) {
            return List.of(); // our own kernels do everything
        }
        var how = new dev.ijen.cuda.lib.Options(options.deterministic(), options.tf32(), cache);
        return Libraries.open(tier, place.gpu(), place.stream(), how);
    }
}
