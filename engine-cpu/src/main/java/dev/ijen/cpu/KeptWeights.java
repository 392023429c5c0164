package dev.ijen.cpu;

import java.util.Arrays;
import java.util.List;

/// Weights of one binding in their kernels' own form. They are brought to it before the first run, and again after a cell they come from was
/// written: from the host, or by a run of any binding.
final class KeptWeights {
    private final Weighted.Kept[] kernels;
    private final CpuKernel.Bound[][] chains;
    private final CpuBuffer[][] sources;
    private final long[][] versions;

    /// @param memory the workspace and the externals
    KeptWeights(List<Steady.Kept> kept, CpuKernel.Bound[] bound, CpuBuffer[] memory) {
        int n = kept.size();
        kernels = new Weighted.Kept[n];
        chains = new CpuKernel.Bound[n][];
        sources = new CpuBuffer[n][];
        versions = new long[n][];
        for (int i = 0; i < n; i++) {
            var k = kept.get(i);
            kernels[i] = (Weighted.Kept) bound[k.launch()];
            chains[i] = k.chain().stream().map(j -> bound[j]).toArray(CpuKernel.Bound[]::new);
            sources[i] = k.externals().stream().map(j -> memory[j + 1]).toArray(CpuBuffer[]::new);
            versions[i] = new long[sources[i].length];
            Arrays.fill(versions[i], -1);
        }
    }

    /// To be called when the workspace holds nothing that is needed: before a run.
    void refresh() {
        for (int i = 0; i < kernels.length; i++) {
            if (isStale(i)) {
                for (var launch : chains[i]) {
                    launch.run();
                }
                kernels[i].refresh();
            }
        }
    }

    /// Takes the versions before the weights are read, so that a change meanwhile is seen the next time.
    private boolean isStale(int i) {
        boolean stale = false;
        for (int s = 0; s < sources[i].length; s++) {
            long version = sources[i][s].version();
            stale |= version != versions[i][s];
            versions[i][s] = version;
        }
        return stale;
    }
}
