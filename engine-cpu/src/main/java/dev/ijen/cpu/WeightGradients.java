package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.DType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Finds recurrences whose gradients of the gates' sums are read by nothing but what makes gradients of weights and biases. They then are written as
/// these products read them ([Strips]), and need not be packed for each.
///
/// @param kernels of the plan's launches
record WeightGradients(Plan plan, CpuKernel[] kernels) {
    /// The kernels, by launch, that take the place of what was chosen for launch `i` and those that read its result; empty if that can't be.
    Map<Integer, CpuKernel> from(int i) {
        Launch l = plan.launches().get(i);
        if (!(kernels[i] instanceof RecurrentKernel r) || r.k().pass() != Kernel.RecurrentPass.GRADIENT
                || r.k().dtype() != DType.F32 || !(r.u() instanceof Micro32Code u)) {
            return Map.of();
        }
        var turns = Turns.of(u.target());
        Ref dxw = l.out().getFirst();
        int n = plan.launches().size();
        if (turns == null || plan.results().stream().anyMatch(o -> Steady.reaches(plan, i, dxw, n, o))) {
            return Map.of();
        }
        var strips = new Strips(r.k().t() * r.k().n(), CellMath.gates(r.k().cell()) * r.k().h(), u.strip());
        var found = new HashMap<Integer, CpuKernel>();
        found.put(i, new RecurrentKernel(r.k(), u, 0, strips));
        boolean product = false;
        for (int j = i + 1; j < n; j++) {
            Launch reader = plan.launches().get(j);
            if (!reads(i, dxw, j)) {
                continue;
            }
            var kernel = reader.in().getFirst().equals(dxw) ? of(reader, kernels[j], dxw, strips, u, turns) : null;
            if (kernel == null) {
                return Map.of();
            }
            product |= kernel instanceof StripsMatMul;
            found.put(j, kernel);
        }
        return product ? found : Map.of();
    }

    private boolean reads(int i, Ref dxw, int j) {
        return plan.launches().get(j).in().stream().anyMatch(in -> Steady.reaches(plan, i, dxw, j, in));
    }

    /// A launch that reads strips; null if there is none, or a faster one that does not.
    private static CpuKernel of(
            Launch l, CpuKernel chosen, Ref dxw, Strips strips, Micro32Code u, Turns turns) {
        return switch (l.kernel()) {
            case Kernel.MatMul m when m.ta() && !m.tb() && m.batch() == 1 && m.k() == strips.rows()
                    && m.m() == strips.columns() && !Steady.overlap(l.in().get(1), dxw)
                    && !(chosen instanceof SplitColumns) -> new StripsMatMul(m, u, turns);
            case Kernel.Loop(var region) when isSum(region, strips) && l.in().size() == 1 -> new StripsSum(strips);
            default -> null;
        };
    }

    /// True for sums over all rows.
    private static boolean isSum(Region region, Strips strips) {
        int[] space = {strips.rows(), strips.columns()};
        if (!Arrays.equals(region.space(), space) || region.body().size() != 1 || region.stores().size() != 1) {
            return false;
        }
        var store = region.stores().getFirst();
        return region.body().getFirst() instanceof Instr.Load load && load.stored() == DType.F32 && load.offset() == 0
                && Arrays.equals(load.stride(), new int[] {strips.columns(), 1})
                && store.fold() == Region.Fold.SUM && store.stored() == DType.F32 && store.offset() == 0
                && Arrays.equals(store.stride(), new int[] {0, 1});
    }
}
