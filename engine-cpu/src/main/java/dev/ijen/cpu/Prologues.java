package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.tensor.DType;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Finds copies that a convolution can do on its way: those that bring its images' channels together, where nobody else needs the result.
///
/// @param launches the plan's, as they have become: some write where a later one's result belonged
record Prologues(Plan plan, List<Launch> launches) {
    /// The launch whose copy launch `i`, a convolution, may read the images before; −1 for none.
    ///
    /// @param out where the convolution's result goes
    int before(int i, Ref out) {
        Launch l = plan.launches().get(i);
        if (!(l.kernel() instanceof Kernel.Conv c) || c.pass() != ConvPass.FORWARD || c.dtype() != DType.F32) {
            return -1;
        }
        Ref x = l.in().getFirst();
        int copy = i - 1;
        while (copy >= 0 && plan.launches().get(copy).out().stream().noneMatch(o -> Steady.overlap(o, x))) {
            copy--;
        }
        if (copy < 0 || !plan.launches().get(copy).out().getFirst().equals(x)) {
            return -1;
        }
        Launch before = plan.launches().get(copy);
        boolean fits = before.kernel() instanceof Kernel.Loop(var region)
                && ChannelsLast.of(region) instanceof ChannelsLast(int images, int points, int channels)
                && images == c.n() && channels == c.c()
                && points == c.window().in().stream().mapToInt(Integer::intValue).reduce(1, (a, b) -> a * b);
        return fits && movable(copy, i, out) ? copy : -1;
    }

    private boolean movable(int copy, int i, Ref out) {
        Ref from = plan.launches().get(copy).in().getFirst();
        Ref to = plan.launches().get(copy).out().getFirst();
        boolean stays = Stream
                .concat(plan.launches().subList(copy, i + 1).stream(), launches.subList(copy, i + 1).stream())
                .flatMap(l -> l.out().stream())
                .noneMatch(o -> Steady.overlap(o, from)) && !Steady.overlap(out, from);
        boolean alone = IntStream.range(copy + 1, plan.launches().size()).filter(j -> j != i)
                .noneMatch(j -> plan.launches().get(j).in().stream()
                        .anyMatch(r -> Steady.reaches(plan, copy, to, j, r)));
        var others = plan.launches().get(i).in();
        return stays && alone && others.subList(1, others.size()).stream().noneMatch(r -> Steady.overlap(r, to))
                && plan.results().stream()
                        .noneMatch(r -> Steady.reaches(plan, copy, to, plan.launches().size(), r));
    }
}
