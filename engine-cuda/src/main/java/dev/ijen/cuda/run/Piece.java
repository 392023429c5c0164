package dev.ijen.cuda.run;

import dev.ijen.cuda.call.CudaKernel;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Origin;
import dev.ijen.spi.Plan.Ref;
import java.util.List;

/// Launches of a plan that one kernel does; most often one.
///
/// @param numbers theirs in the plan
record Piece(List<Launch> launches, List<Integer> numbers, CudaKernel kernel) {
    /// For errors: the first one's.
    Origin origin() {
        return launches.getFirst().origin();
    }

    List<Ref> in() {
        return launches.stream().flatMap(l -> l.in().stream()).toList();
    }

    List<Ref> out() {
        return launches.stream().flatMap(l -> l.out().stream()).toList();
    }

    /// Adds the kernel's time to that of its launches, in proportion to what they write; at least 1 ns each.
    void addTime(long took, long[] nanos) {
        long all = Math.max(1, out().stream().mapToLong(Ref::bytes).sum());
        for (int i = 0; i < launches.size(); i++) {
            long bytes = launches.size() == 1 ? all
                    : launches.get(i).out().stream().mapToLong(Ref::bytes).sum();
            nanos[numbers.get(i)] += Math.max(1, Math.round((double) took * bytes / all));
        }
    }
}
