package dev.ijen.cpu;

import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds loops of a plan that follow each other and go over the same rows, such as a layer norm's, to be run together ([RowsKernel]).
final class Rows {
    /// Points of a block in the widest loop: some arrays of it stay in the second-level cache.
    private static final int BLOCK = 16384;
    /// Most rows of a tile where there is a choice; fewer where rows are so few that threads would have none.
    private static final int TILE = 128;
    private static final int TILES = 16;
    /// Launches that may stand between two loops that go together, and are done after them: updates of small parameters, products of the same
    /// gradient.
    private static final int PASSED = 4;
    /// Most loops that go together, and most memory for them: each has blocks of its own for every thread.
    private static final int MOST = 8;

    private static final long MOST_BYTES = 32 << 20;
    /// Units for each thread, at least, unless a loop alone has hardly more tasks. It is only about speed: the bits are the same either
    /// way.
    private static final int SHARES = 4;
    /// Fewer rows are not worth it.
    private static final int LEAST = 16;

    private final List<Launch> plan;
    private final CpuKernel[] kernels;
    private final int threads;
    private final Target code;
    /// Loops as they are cut for some rows: each is asked for by several chains.
    private final Map<Long, Optional<RegionKernel>> cut = new HashMap<>();

    /// @param plan launches as they are to be run
    /// @param kernels of the launches; null, or nothing, for those that are not run in their place
    Rows(List<Launch> plan, CpuKernel[] kernels, int threads, Target code) {
        this.plan = plan;
        this.kernels = kernels;
        this.threads = threads;
        this.code = code;
    }

    /// @param launches their numbers
    /// @param launch all of their inputs and outputs
    record Found(List<Integer> launches, RowsKernel kernel, Launch launch) {}

    /// Loops that may take the same rows one after the other, as the first of them.
    private final class Chain {
        final int rows;
        final List<Integer> launches = new ArrayList<>();
        final List<RegionKernel> loops = new ArrayList<>();
        private long bytes;
        private final List<RowAccess> reads = new ArrayList<>();
        private final List<RowAccess> writes = new ArrayList<>();
        /// Of launches between that stay where they are.
        private final List<RowAccess> passedReads = new ArrayList<>();
        private final List<RowAccess> passedWrites = new ArrayList<>();

        Chain(int first, int rows) {
            this.rows = rows;
            int passed = 0;
            for (int i = first; i < kernels.length && passed <= PASSED && loops.size() < MOST; i++) {
                if (kernels[i] == null || kernels[i] instanceof Nothing) {
                    break;
                }
                if (!(kernels[i] instanceof RegionKernel k) || !add(i, k)) {
                    plan.get(i).in().forEach(r -> passedReads.add(RowAccess.of(r)));
                    plan.get(i).out().forEach(r -> passedWrites.add(RowAccess.of(r)));
                    passed++;
                }
            }
        }

        private boolean add(int i, RegionKernel kernel) {
            var k = cut.computeIfAbsent((long) i << 32 | rows, _ -> Optional.ofNullable(loop(kernel, rows)))
                    .orElse(null);
            if (k == null || bytes + k.scratchBytes() > MOST_BYTES) {
                return false;
            }
            Launch l = plan.get(i);
            var read = reads(k.region(), rows, l.in());
            var written = writes(k, rows, l.out());
            boolean free = written.stream().noneMatch(w -> disturbed(reads, w) || disturbed(writes, w))
                    && read.stream().noneMatch(r -> disturbed(writes, r));
            boolean early = !overlap(passedReads, written) && !overlap(passedWrites, written)
                    && !overlap(passedWrites, read);
            if (!free || !early) {
                return false;
            }
            launches.add(i);
            loops.add(k);
            bytes += k.scratchBytes();
            reads.addAll(read);
            writes.addAll(written);
            return true;
        }
    }

    /// The loops that go together with launch `first`; null if there are none.
    Found from(int first) {
        if (!(kernels[first] instanceof RegionKernel k)) {
            return null;
        }
        Chain most = null;
        int n = 1;
        for (int extent : k.region().space()) {
            n *= extent;
            if (n >= LEAST) {
                var chain = new Chain(first, n);
                boolean more = chain.loops.size() > 1 && chain.launches.getFirst() == first
                        && (most == null || chain.loops.size() > most.loops.size());
                most = more ? chain : most;
            }
        }
        return most == null ? null : found(most);
    }

    private static boolean disturbed(List<RowAccess> all, RowAccess later) {
        return all.stream().anyMatch(a -> a.disturbs(later));
    }

    private static boolean overlap(List<RowAccess> some, List<RowAccess> others) {
        return some.stream().anyMatch(a -> others.stream().anyMatch(a::overlaps));
    }

    /// The loop with tiles that are whole rows, or parts of a row, few enough for a block; null if it can't be cut so.
    private RegionKernel loop(RegionKernel k, int rows) {
        int lead = 1;
        int axes = 0;
        while (lead < rows && axes < k.region().space().length) {
            lead *= k.region().space()[axes++];
        }
        if (lead != rows || k.region().points() == 0) {
            return null;
        }
        int row = k.region().points() / rows;
        // a tile of single numbers has a thousand rows; folds would be done in another order if it were cut smaller
        boolean folds = k.region().stores().stream().anyMatch(s -> s.fold() != null);
        int vector = Math.min(Step.LANES, rows / (TILES / 2)); // for less there is no machine code
        int most = Math.clamp(Math.max(rows / TILES, vector), 1, TILE);
        boolean tall = !folds && k.nest().tile() / row > most;
        RegionKernel cut = tall ? RegionKernel.of(k.region(), row * most, threads, code) : k;
        Nest nest = cut.nest();
        boolean fits = nest.even() && (nest.tile() % row == 0 || row % (nest.tile() * nest.run()) == 0)
                && (nest.chunks == 1 || nest.groups == 1);
        return fits ? cut : null;
    }

    private static List<RowAccess> reads(Region region, int rows, List<Ref> in) {
        var all = new ArrayList<RowAccess>();
        for (var i : region.body()) {
            switch (i) {
                case Instr.Load l -> all.add(RowAccess.of(region, rows, in.get(l.input()), l.stride(), l.offset(),
                        l.stored().bytes(), false));
                case Instr.Random r -> all.add(RowAccess.of(in.get(r.state())));
                case Instr.Imm _,Instr.Index _,Instr.Unary _,Instr.Binary _,Instr.Select _,Instr.Cast _ -> {}
            }
        }
        return all;
    }

    private static List<RowAccess> writes(RegionKernel k, int rows, List<Ref> out) {
        var all = new ArrayList<RowAccess>();
        for (int i = 0; i < k.partials().length; i++) {
            var s = k.region().stores().get(i);
            all.add(RowAccess.of(k.region(), rows, out.get(s.output()), s.stride(), s.offset(), s.stored().bytes(),
                    k.partials()[i] >= 0));
        }
        return all;
    }

    private Found found(Chain chain) {
        int rows = chain.rows;
        int widest = 1;
        int unit = 1;
        int step = 1;
        int most = 1;
        long work = 0;
        for (var k : chain.loops) {
            Nest nest = k.nest();
            int row = k.region().points() / rows;
            widest = Math.max(widest, row);
            step = common(step, Math.max(1, nest.tile() / row));
            unit = common(unit, nest.inner == 1 ? 1 : Math.max(1, nest.tile() * nest.run() / row));
            most = Math.max(most, nest.tasks);
            work += nest.work;
        }
        unit = common(unit, step);
        int units = rows / unit;
        if (rows % unit != 0 || units < Math.min(most / 2, SHARES * threads)) {
            return null;
        }
        // the most rows that fit, of those that cut a unit evenly; or a unit of more of them
        int block = step;
        for (int b = step; b <= unit && b <= Math.max(step, BLOCK / widest); b += step) {
            block = unit % b == 0 ? b : block;
        }
        int tasks = Math.min(units, Nest.wish(work));
        while (block == unit && units % 2 == 0 && units / 2 >= tasks && 2 * block <= BLOCK / widest) {
            unit *= 2;
            block *= 2;
            units /= 2;
        }
        return found(chain, block, unit, tasks);
    }

    private Found found(Chain chain, int block, int unit, int tasks) {
        var all = chain.launches.stream().map(i -> plan.get(i)).toList();
        var kernel = new RowsKernel(
                chain.loops, all.stream().mapToInt(l -> l.in().size()).toArray(),
                all.stream().mapToInt(l -> l.out().size()).toArray(), chain.rows, block, unit, tasks);
        List<Ref> in = all.stream().flatMap(l -> l.in().stream()).toList();
        List<Ref> out = all.stream().flatMap(l -> l.out().stream()).toList();
        return new Found(chain.launches, kernel,
                new Launch(all.getFirst().kernel(), in, out, all.getFirst().origin()));
    }

    /// The least common multiple.
    private static int common(int a, int b) {
        int x = a;
        int y = b;
        while (y != 0) {
            int z = x % y;
            x = y;
            y = z;
        }
        return a / x * b;
    }
}
