package dev.ijen.engine;

import dev.ijen.spi.Plan;
import dev.ijen.tensor.Tensor;
import java.util.List;

/// What a compiled program is and needs, known before it runs.
///
/// @param nodes operations after simplification
/// @param launches kernel invocations a run
/// @param flops floating-point operations of matrix products and convolutions, 2 a multiply-add
/// @param workspaceBytes intermediates, sharing memory by lifetime
/// @param naiveBytes intermediates if none shared memory
/// @param scratchBytes what the backend's kernels need besides
/// @param argumentBytes copies of the arguments on the device
/// @param constantBytes values captured by the step
/// @param cellBytes parameters and states the program uses
/// @param standingBytes what an inference step computes once and keeps until a cell is written, and the memory to compute it in
/// @param details of each launch
/// @param results the graph
public record ProgramReport(
        int nodes,
        int launches,
        long flops,
        long workspaceBytes,
        long naiveBytes,
        long scratchBytes,
        long argumentBytes,
        long constantBytes,
        long cellBytes,
        long standingBytes,
        List<LaunchInfo> details,
        List<Tensor> results) {

    /// What a step allocates besides parameters and states: workspace, scratch, arguments, constants, what stands between runs.
    public long bindingBytes() {
        return workspaceBytes + scratchBytes + argumentBytes + constantBytes + standingBytes;
    }

    /// Everything on the device while the program runs.
    public long totalBytes() {
        return bindingBytes() + cellBytes;
    }

    static long sum(Plan plan, Plan.Role role) {
        return plan.externals().stream()
                .filter(e -> e.role() == role)
                .mapToLong(Plan.External::bytes)
                .sum();
    }
}
