package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.spi.Plan.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Weights that stay the same from run to run: those that come, perhaps through other launches, from cells and constants alone that the plan
/// does not write. They are brought to their kernels' own form when a cell has changed, and not in every run.
///
/// @param kept launches whose kernels keep their weights
/// @param skipped true for launches that compute nothing but such weights
record Steady(List<Kept> kept, boolean[] skipped) {
    /// Launches that a weight may come through; those of real programs permute it, and that is all.
    private static final int LONGEST = 8;
    /// Most memory for weights in other forms, in bytes: each binding, of which there is one for each run under way, has its own.
    private static final long MOST = 256L << 20;

    /// @param launch number of the launch
    /// @param chain launches that compute its weights, in order
    /// @param externals where they come from
    record Kept(int launch, List<Integer> chain, List<Integer> externals) {}

    static Steady of(Plan plan, CpuKernel[] kernels) {
        var kept = new ArrayList<Kept>();
        long bytes = 0;
        for (int i = 0; i < kernels.length; i++) {
            if (kernels[i] instanceof Weighted w && bytes + w.weightBytes() <= MOST) {
                var chain = new TreeSet<Integer>();
                var externals = new TreeSet<Integer>();
                if (comesFrom(plan, plan.launches().get(i).in().get(Weighted.WEIGHTS), i, chain, externals)) {
                    kept.add(new Kept(i, List.copyOf(chain), List.copyOf(externals)));
                    bytes += w.weightBytes();
                }
            }
        }
        return new Steady(kept, skipped(plan, kernels, kept));
    }

    /// False if what `ref` holds before launch `before` may change by more than a cell's being written from outside.
    static boolean comesFrom(
            Plan plan, Ref ref, int before, TreeSet<Integer> chain, TreeSet<Integer> externals) {
        if (ref.memory() > 0) {
            var external = plan.externals().get(ref.memory() - 1);
            externals.add(ref.memory() - 1);
            return external.role() != Role.ARGUMENT && !external.written();
        }
        int writer = writer(plan, ref, before);
        int output = writer < 0 ? -1 : plan.launches().get(writer).out().indexOf(ref);
        if (output < 0 || !whole(plan.launches().get(writer), output)) {
            return false;
        }
        if (!chain.add(writer)) {
            return true;
        }
        return chain.size() <= LONGEST
                && plan.launches().get(writer).in().stream()
                        .allMatch(in -> comesFrom(plan, in, writer, chain, externals));
    }

    /// The last launch before `before` that writes some of `ref`; −1 if none does.
    private static int writer(Plan plan, Ref ref, int before) {
        for (int i = before - 1; i >= 0; i--) {
            if (writes(plan.launches().get(i), ref)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean writes(Launch launch, Ref ref) {
        return launch.out().stream().anyMatch(out -> overlap(out, ref));
    }

    /// True if a launch writes all of an output, and not only its part of something put together.
    static boolean whole(Launch l, int output) {
        if (!(l.kernel() instanceof Kernel.Loop(var region))) {
            return true;
        }
        return region.stores().stream().filter(s -> s.output() == output).mapToLong(s -> {
            long n = 1;
            for (int a = 0; a < s.stride().length; a++) {
                n *= s.stride()[a] == 0 ? 1 : region.space()[a];
            }
            return n;
        }).max().orElse(0) == l.out().get(output).count();
    }

    static boolean overlap(Ref a, Ref b) {
        return a.memory() == b.memory() && a.offset() < b.offset() + b.bytes() && b.offset() < a.offset() + a.bytes();
    }

    private static boolean[] skipped(Plan plan, CpuKernel[] kernels, List<Kept> kept) {
        var skipped = new boolean[plan.launches().size()];
        var keeps = new boolean[skipped.length];
        var chains = new TreeSet<Integer>();
        for (var k : kept) {
            keeps[k.launch] = !((Weighted) kernels[k.launch]).readsAgain();
            chains.addAll(k.chain);
        }
        for (int i : chains.descendingSet()) {
            skipped[i] = plan.launches().get(i).out().stream().noneMatch(out -> needed(plan, i, out, keeps, skipped));
        }
        return skipped;
    }

    /// True if what launch `i` writes to `out` is read by other than kept weights.
    private static boolean needed(Plan plan, int i, Ref out, boolean[] keeps, boolean[] skipped) {
        for (int j = i + 1; j < skipped.length; j++) {
            var in = plan.launches().get(j).in();
            for (int a = 0; a < in.size(); a++) {
                boolean kept = skipped[j] || keeps[j] && a == Weighted.WEIGHTS;
                if (!kept && reaches(plan, i, out, j, in.get(a))) {
                    return true;
                }
            }
        }
        return plan.results().stream().anyMatch(r -> reaches(plan, i, out, skipped.length, r));
    }

    /// True if some of `ref` before launch `j` may be what launch `i` wrote to `out`, and not what was written over it since.
    static boolean reaches(Plan plan, int i, Ref out, int j, Ref ref) {
        if (!overlap(out, ref)) {
            return false;
        }
        long from = Math.max(out.offset(), ref.offset());
        long to = Math.min(out.offset() + out.bytes(), ref.offset() + ref.bytes());
        return plan.launches().subList(i + 1, j).stream()
                .flatMap(l -> IntStream.range(0, l.out().size()).filter(k -> whole(l, k)).mapToObj(l.out()::get))
                .noneMatch(o -> o.memory() == out.memory() && o.offset() <= from && o.offset() + o.bytes() >= to);
    }
}
