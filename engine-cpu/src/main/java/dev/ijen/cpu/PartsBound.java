package dev.ijen.cpu;

import dev.ijen.cpu.Parts.Part;
import dev.ijen.cpu.PartValues.Place;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/// Launches that run part by part, bound to memory: each thread takes neighbouring parts through all of them.
final class PartsBound {
    private final Parts parts;
    private final Pool pool;
    private final int groups;
    private final CpuKernel.Bound[][][] bound; // group, launch, part within the group or the only one
    private final Pool.Task group = this::group;

    /// Bytes of a thread.
    static long threadBytes(Parts parts, Map<Integer, Long> weights) {
        long scratch = 0;
        for (var p : parts.launches()) {
            scratch = Math.max(scratch, scratch(p, weights.containsKey(p.index())));
        }
        return Mem.align(parts.area()) + Mem.align(scratch);
    }

    private static long scratch(Part p, boolean kept) {
        return p.kernel().scratchBytes() - (kept ? ((Weighted) p.kernel()).weightBytes() : 0);
    }

    /// @param weights where launches keep their weights
    /// @param memory addresses of the workspace and the externals
    PartsBound(Parts parts, Map<Integer, Long> weights, long scratch, Pool pool, long... memory) {
        this.parts = parts;
        this.pool = pool;
        groups = Math.min(pool.threads(), parts.count());
        bound = new CpuKernel.Bound[groups][parts.launches().size()][0];
        try {
            bind(weights, scratch, memory);
        } catch (RuntimeException | Error e) {
            for (var g : bound) {
                Arrays.stream(g).forEach(CpuBound::closeAll);
            }
            throw e;
        }
    }

    private void bind(Map<Integer, Long> weights, long scratch, long... memory) {
        long bytes = threadBytes(parts, weights);
        for (int g = 0; g < groups; g++) {
            long area = scratch + g * bytes;
            long own = area + Mem.align(parts.area());
            int from = from(g);
            for (int i = 0; i < bound[g].length; i++) {
                var p = parts.launches().get(i);
                IntFunction<CpuKernel.Bound> one = part -> {
                    long[] in = addresses(p.in(), area, part, memory);
                    long[] out = addresses(p.out(), area, part, memory);
                    return weights.containsKey(p.index())
                            ? ((Weighted) p.kernel()).keep(in, out, own, weights.get(p.index()), ThreadPool.NONE)
                            : p.kernel().bind(in, out, own, ThreadPool.NONE);
                };
                bound[g][i] = new CpuKernel.Bound[p.still() ? 1 : from(g + 1) - from];
                Arrays.setAll(bound[g][i], k -> one.apply(from + k));
            }
        }
    }

    private int from(int group) {
        return group * parts.count() / groups;
    }

    private static long[] addresses(Place[] places, long area, int part, long... memory) {
        return Arrays.stream(places).mapToLong(p -> p.inside() ? area + p.at()
                : memory[p.ref().memory()] + p.ref().offset() + part * p.advance()).toArray();
    }

    /// What stands for each launch in the plan: the first one runs them all.
    Map<Integer, CpuKernel.Bound> launches() {
        var m = new HashMap<Integer, CpuKernel.Bound>();
        for (int i = 0; i < parts.launches().size(); i++) {
            m.put(parts.launches().get(i).index(), new One(i));
        }
        return m;
    }

    private void group(int g, int worker) {
        int count = from(g + 1) - from(g);
        for (int k = 0; k < count; k++) {
            for (var launch : bound[g]) {
                launch[launch.length == 1 ? 0 : k].run();
            }
        }
    }

    private final class One implements Weighted.Kept {
        private final int launch;

        One(int launch) {
            this.launch = launch;
        }

        @Override
        public void refresh() {
            ((Weighted.Kept) bound[0][launch][0]).refresh();
        }

        @Override
        public void run() {
            if (launch == 0) {
                pool.parallel(groups, group);
            }
        }

        @Override
        public void close() {
            for (var g : bound) {
                CpuBound.closeAll(g[launch]);
            }
        }
    }
}
