package dev.ijen.cpu;

import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.spi.Backend;
import dev.ijen.spi.BackendProvider;
import dev.ijen.spi.DeviceInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;

/// Provides the CPU as device `cpu`, which is always there.
///
/// Start Java with `--add-modules jdk.incubator.vector --enable-native-access=dev.ijen.cpu`, and for speed with
/// `-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0`: fused elementwise work takes half the time then.
public final class CpuProvider implements BackendProvider {
    /// What was told last: the probe asks, and so does who opens the device.
    private static volatile Known latest;

    private record Known(int threads, Native library, DeviceInfo info) {}

    /// For [java.util.ServiceLoader].
    public CpuProvider() {}

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Probe probe() {
        int threads = threads(0);
        return new Probe.Available(List.of(info(threads, Native.load(true))));
    }

    @Override
    public void ahead() {
        probe();
        if (Native.load(true).machineCode().isEmpty()) {
            MachineCode.ahead();
        }
        var _ = F32Math.ints(); // its constants are the first vectors
    }

    @Override
    public Backend open(int index, Options options) {
        if (index != 0) {
            throw new IllegalArgumentException("cpu:" + index + "; there is only cpu:0");
        }
        int threads = threads(options.threads());
        Native library = Native.load(options.nativeLibraries());
        return new CpuBackend(info(threads, library), threads, library);
    }

    private static int threads(int asked) {
        return asked > 0 ? asked : Runtime.getRuntime().availableProcessors();
    }

    private static DeviceInfo info(int threads, Native library) {
        var known = latest;
        if (known == null || known.threads != threads || known.library != library) {
            known = new Known(threads, library, describe(threads, library));
            latest = known;
        }
        return known.info;
    }

    private static DeviceInfo describe(int threads, Native library) {
        var details = new LinkedHashMap<String, String>();
        int lanes = FloatVector.SPECIES_PREFERRED.length();
        details.put("vectors", lanes * 32 + " bits (" + lanes + " x f32)");
        details.put("threads", Integer.toString(threads));
        details.put("native library", library.present() ? library.version() : "none: " + library.reason());
        String code = library.machineCode();
        details.put("fused loops", code.isEmpty() ? "machine code for " + library.target() : "interpreted: " + code);
        boolean split = code.isEmpty() && SplitCode.here() != null;
        details.put("f32",
                split ? "large products on AMX, each float in three parts: no less exact" : "products in f32");
        boolean bf16 = library.present() && DnnlMatMul.multipliesBf16();
        details.put("tf32", "computed in f32: nothing is rounded");
        details.put("bf16", bf16 ? "products in bf16, sums in f32" : "kept in bf16, computed in f32: no faster");
        details.put("f16", "kept in f16, computed in f32: no faster");
        return new DeviceInfo("cpu", 0, processor(), memory(), details);
    }

    /// The processor's own name where the system tells it, else the architecture.
    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(l -> l.startsWith("model name"))
                    .findFirst()
                    .map(l -> l.substring(l.indexOf(':') + 1).strip())
                    .orElseGet(CpuProvider::architecture);
        } catch (IOException | UncheckedIOException e) {
            return architecture();
        }
    }

    private static String architecture() {
        return System.getProperty("os.arch");
    }

    /// Physical memory, or the container's share of it: the most that buffers may take.
    private static long memory() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os) {
            return os.getTotalMemorySize();
        }
        return Runtime.getRuntime().maxMemory();
    }
}
