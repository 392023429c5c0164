package dev.ijen.cuda;

import dev.ijen.cuda.load.Discovery;
import dev.ijen.cuda.load.Driver;
import dev.ijen.cuda.load.Loader;
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
    private final Machine machine;
    private Tier tier;
    private Probe probe;

    /// For [java.util.ServiceLoader].
    public CudaProvider() {
        this(Discovery.find(Machine.here()), Machine.here());
    }

    CudaProvider(Report report, Machine machine) {
        this.report = report;
        this.machine = machine;
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
    public synchronized Probe probe() {
        if (probe == null) {
            probe = switch (report.driver()) {
                case Driver.Missing(var why) -> new Probe.Unavailable(
                        "no NVIDIA driver found: " + why, USE_CPU + "; for a GPU, " + Tier.INSTALL_DRIVER);
                case Driver.Found _ -> loaded();
            };
        }
        return probe;
    }

    private Probe loaded() {
        tier = Loader.load(report, machine);
        return switch (tier) {
            case Tier.Unavailable(var reason, var fix) ->
                    new Probe.Unavailable(reason + rest(), USE_CPU + ", or " + fix);
            case Tier.Usable t -> switch (new CudaDevices(t, machine.cache()).probe(USE_CPU)) {
                case Probe.Available a -> a;
                case Probe.Unavailable(var reason, var fix) -> new Probe.Unavailable(reason + rest(), fix + more());
            };
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

    private String more() {
        return report.visible() ? "" : "; start the container with --gpus all";
    }

    @Override
    public void ahead() {
        // who has no GPU should not wait for what one needs
    }

    @Override
    public synchronized Backend open(int index, Options options) {
        if (!(probe() instanceof Probe.Available(var devices)) || index < 0 || index >= devices.size()) {
            throw new IjenException(
                    "cuda: no such device", "device " + index, "a device that the probe listed", USE_CPU);
        }
        return new CudaDevices((Tier.Usable) tier, machine.cache()).open(index, options);
    }
}
