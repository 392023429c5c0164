package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Finds products that a recurrence can do on its way: the input's with its weights, to which biases may be added, where nobody else needs the
/// result. It then is not written to memory and read again, by what may be another core.
///
/// @param launches as they are run: some write what a later one of the plan would
/// @param kernels of the plan's launches, as far as they are chosen: at least of those before
record Projections(Plan plan, List<Launch> launches, CpuKernel[] kernels) {
    /// Sequences from which the weights, which are read in each step, are used often enough. A number of threads must not matter.
    private static final int LEAST = 16;
    /// Most bytes of all weights together: they have to stay in the second-level cache.
    private static final long MOST = 512 << 10;

    /// @param launches those that need not be run
    /// @param launch the recurrence with what it needs for both
    record Found(List<Integer> launches, RecurrentKernel kernel, Launch launch) {}

    /// What launch `i` can do besides; null for nothing.
    Found before(int i) {
        Launch l = plan.launches().get(i);
        if (!(l.kernel() instanceof Kernel.Recurrent r) || r.pass() != Kernel.RecurrentPass.FORWARD
                || !(kernels[i] instanceof RecurrentKept(var steps)) || r.dtype() != DType.F32 || r.n() < LEAST) {
            return null;
        }
        int gates = CellMath.gates(r.cell()) * r.h();
        var done = new ArrayList<Integer>();
        Ref bias = null;
        int from = writer(i, l.in().getFirst());
        if (from >= 0 && plan.launches().get(from).kernel() instanceof Kernel.Loop(var region)) {
            bias = bias(region, plan.launches().get(from), r.t() * r.n(), gates);
            if (bias == null || !onlyFor(from, i)) {
                return null;
            }
            done.add(from);
            from = writer(from, plan.launches().get(from).in().get(bias(region).input() == 0 ? 1 : 0));
        }
        if (from < 0 || !onlyFor(from, done.isEmpty() ? i : done.getFirst())
                || !(plan.launches().get(from).kernel() instanceof Kernel.MatMul m)
                || kernels[from] instanceof SplitRows // faster, and by more than is gained here
                || m.ta() || !m.tb() || m.batch() != 1 || m.m() != r.t() * r.n() || m.n() != gates || m.k() == 0
                || (long) gates * (m.k() + r.h()) * Float.BYTES > MOST) {
            return null;
        }
        done.add(from);
        var product = plan.launches().get(from);
        var in = new ArrayList<>(l.in());
        in.set(0, product.in().getFirst());
        in.add(product.in().get(1));
        if (bias != null) {
            in.add(bias);
        }
        return lasts(from, i, product.in()) && (bias == null || lasts(done.getFirst(), i, List.of(bias)))
                && l.out().stream().noneMatch(o -> Steady.overlap(o, product.in().getFirst()))
                        ? new Found(done, new RecurrentKernel(steps.k(), steps.u(), m.k()),
                                new Launch(l.kernel(), List.copyOf(in), l.out(), l.origin()))
                        : null;
    }

    /// The launch before `i` that writes all of `ref` last; −1 if none does.
    private int writer(int i, Ref ref) {
        int j = i - 1;
        while (j >= 0 && plan.launches().get(j).out().stream().noneMatch(o -> Steady.overlap(o, ref))) {
            j--;
        }
        return j >= 0 && plan.launches().get(j).out().equals(List.of(ref)) ? j : -1;
    }

    /// True if nobody but launch `reader`, once, needs the one result of launch `i`.
    private boolean onlyFor(int i, int reader) {
        Ref y = plan.launches().get(i).out().getFirst();
        int n = plan.launches().size();
        return IntStream.range(i + 1, n)
                .allMatch(j -> plan.launches().get(j).in().stream().filter(r -> Steady.reaches(plan, i, y, j, r))
                        .count() == (j == reader ? 1 : 0))
                && plan.results().stream().noneMatch(r -> Steady.reaches(plan, i, y, n, r));
    }

    /// True if what is in `refs` before launch `from` is there before launch `i`.
    private boolean lasts(int from, int i, List<Ref> refs) {
        return Stream.concat(plan.launches().subList(from, i).stream(), launches.subList(from, i).stream())
                .flatMap(l -> l.out().stream())
                .noneMatch(o -> refs.stream().anyMatch(r -> Steady.overlap(o, r)));
    }

    /// What a loop adds to each of `rows` rows of `columns` numbers; null if that is not what it does.
    private static Ref bias(Region region, Launch l, int rows, int columns) {
        int[] dense = {columns, 1};
        var store = region.stores().getFirst();
        boolean sum = Arrays.equals(region.space(), new int[] {rows, columns}) && region.body().size() == 3
                && region.stores().size() == 1 && l.in().size() == 2
                && region.body().get(0) instanceof Instr.Load a && region.body().get(1) instanceof Instr.Load b
                && a.input() != b.input() && a.offset() == 0 && b.offset() == 0
                && region.body().get(2) instanceof Instr.Binary(var f, var of, int x, int y) && x != y
                && f == BinaryFn.ADD && of == DType.F32 && store.value() == 2
                && store.fold() == null && store.stored() == DType.F32 && store.offset() == 0
                && Arrays.equals(store.stride(), dense);
        if (!sum || bias(region) == null) {
            return null;
        }
        var other = (Instr.Load) region.body().get(region.body().indexOf(bias(region)) == 0 ? 1 : 0);
        return Arrays.equals(other.stride(), dense) && other.stored() == DType.F32
                && bias(region).stored() == DType.F32 ? l.in().get(bias(region).input()) : null;
    }

    /// The load of one row for all; null if there is none.
    private static Instr.Load bias(Region region) {
        return region.body().stream()
                .filter(i -> i instanceof Instr.Load l && Arrays.equals(l.stride(), new int[] {0, 1}))
                .map(Instr.Load.class::cast)
                .findFirst().orElse(null);
    }
}
