package dev.ijen.cuda;

import dev.ijen.cuda.load.Discovery;
import dev.ijen.cuda.load.Driver;
import dev.ijen.cuda.load.Machine;
import dev.ijen.cuda.load.Report;
import dev.ijen.cuda.load.Tier;
import dev.ijen.spi.Backend;
import dev.ijen.spi.BackendProvider;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.stream.Collectors;

/// Says why CUDA devices can't be used. This version of Ijen looks for the NVIDIA driver, so that a user learns whether
/// the machine has one, and computes on the CPU.
public final class CudaProvider implements BackendProvider {
    private static final String USE_CPU = "use --device cpu (or auto)";

    private final Report report;

    /// For [java.util.ServiceLoader].
    public CudaProvider() {
        this(Discovery.find(Machine.here()));
    }

    CudaProvider(Report report) {
        this.report = report;
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    public Probe probe() {
        return switch (report.driver()) {
            case Driver.Found f -> new Probe.Unavailable(
                    "NVIDIA driver found (" + f + "), but this version of Ijen does not compute on CUDA yet" + rest(),
                    fix());
            case Driver.Missing(var why) -> new Probe.Unavailable(
                    "no NVIDIA driver found: " + why, USE_CPU + "; for a GPU, " + Tier.INSTALL_DRIVER);
        };
    }

    /// What else there is, for instance `; also found: NVIDIA H200, cuBLAS 12.6.4.1 (...); missing: cuDNN not found`.
    private String rest() {
        var found = new ArrayList<>(report.gpus());
        report.libraries().forEach(l -> found.add(l.toString()));
        var text = new StringBuilder();
        if (!found.isEmpty()) {
            text.append("; also found: ").append(String.join(", ", found));
        }
        if (!report.visible()) {
            text.append("; no GPU is visible (no /dev/nvidia0 or /dev/dxg)");
        }
        if (!report.missing().isEmpty()) {
            text.append("; missing: ")
                    .append(report.missing().stream().map(Report.Missing::toString).collect(Collectors.joining(", ")));
        }
        return text.toString();
    }

    private String fix() {
        var fixes = new ArrayList<String>();
        if (!report.visible()) {
            fixes.add("start the container with --gpus all");
        }
        report.missing().forEach(m -> fixes.add(m.fix()));
        if (!report.missing().isEmpty()) {
            fixes.add("or set IJEN_CUDA_PATH to the folder that has what is missing");
        }
        return fixes.isEmpty() ? USE_CPU : USE_CPU + "; for later versions: " + String.join(", ", fixes);
    }

    @Override
    public Backend open(int index, Options options) {
        throw new IjenException("cuda: no such device", "device " + index, "a device that the probe listed", USE_CPU);
    }
}
