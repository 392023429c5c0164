package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import java.util.ArrayList;
import java.util.List;

/// Finds the loops that a convolution can do on its way: those after it that work on its result element by element, where nobody else
/// needs that result. In plans that write no cell, which is to say in inference, because oneDNN's relu takes NaN to 0: training shall see it.
final class Epilogues {
    private final Plan plan;
    private final boolean any;

    Epilogues(Plan plan) {
        this.plan = plan;
        any = plan.externals().stream().noneMatch(Plan.External::written);
    }

    /// @param loop number of the launch that is done, too
    /// @param launch the convolution with the loop's other inputs after its own, and the loop's output
    record Found(int loop, Epilogue epilogue, Launch launch) {}

    /// What launch `i` can do besides; null for nothing.
    Found after(int i) {
        Launch l = plan.launches().get(i);
        if (!any || !(l
                .kernel() instanceof Kernel.Conv(var type, var pass, var window, int n, int c, int k, int groups))
                || pass != ConvPass.FORWARD) {
            return null;
        }
        Ref y = l.out().getFirst();
        int j = next(i, y);
        if (j < 0 || !(plan.launches().get(j).kernel() instanceof Kernel.Loop(var region))) {
            return null;
        }
        Launch loop = plan.launches().get(j);
        int first = l.in().size();
        var epilogue = EpilogueSteps.of(region, loop, y, k, first);
        if (epilogue == null) {
            return null;
        }
        int inPlace = y.equals(loop.out().getFirst()) ? -1 : loop.in().indexOf(loop.out().getFirst());
        epilogue = inPlace < 0 ? epilogue : epilogue.inPlace(first + inPlace);
        if (epilogue == null || !movable(i, j, loop, y)) {
            return null;
        }
        var in = new ArrayList<>(l.in());
        in.addAll(loop.in());
        return new Found(j, epilogue, new Launch(l.kernel(), List.copyOf(in), loop.out(), l.origin()));
    }

    /// The next launch that reads `y`; −1 if there is none before something else is written there.
    private int next(int i, Ref y) {
        for (int j = i + 1; j < plan.launches().size(); j++) {
            Launch l = plan.launches().get(j);
            if (l.in().contains(y)) {
                return j;
            }
            if (touches(l.in(), y) || touches(l.out(), y)) {
                return -1;
            }
        }
        return -1;
    }

    /// True if the loop may run as early as launch `i`, without `y` ever being written.
    private boolean movable(int i, int j, Launch loop, Ref y) {
        Ref out = loop.out().getFirst();
        if (touches(plan.launches().get(i).in(), out)) {
            return false;
        }
        for (Ref in : loop.in()) {
            if (!in.equals(y) && !in.equals(out) && Steady.overlap(in, out)) {
                return false;
            }
        }
        for (Launch between : plan.launches().subList(i + 1, j)) {
            boolean clear = !touches(between.in(), out) && !touches(between.out(), out)
                    && loop.in().stream().noneMatch(in -> touches(between.out(), in));
            if (!clear) {
                return false;
            }
        }
        return out.equals(y) || !read(j, y);
    }

    /// True if something after launch `j` may read what is in `y`.
    private boolean read(int j, Ref y) {
        if (Steady.overlap(plan.launches().get(j).out().getFirst(), y)) {
            return true;
        }
        for (Launch l : plan.launches().subList(j + 1, plan.launches().size())) {
            if (touches(l.in(), y)) {
                return true;
            }
            if (l.out().contains(y)) {
                return false;
            }
        }
        return touches(plan.results(), y);
    }

    private static boolean touches(List<Ref> refs, Ref r) {
        return refs.stream().anyMatch(x -> Steady.overlap(x, r));
    }
}
