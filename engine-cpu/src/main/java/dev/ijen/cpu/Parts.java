package dev.ijen.cpu;

import dev.ijen.cpu.PartValues.Place;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Launches of a batch that run part by part: a few images go through all of them on one thread before the next ones do, so that what one
/// launch writes is in the cache when the next reads it, and nobody waits between launches. Only in plans that write no cell. How a batch is
/// parted depends on sizes alone.
///
/// @param size images of a part
/// @param area bytes in which a thread keeps what no one else needs
record Parts(int size, int count, List<Part> launches, long area) {
    /// Less than this stays in a second-level cache, or nearly: then each launch may as well take the whole batch.
    private static final long MOST = 1 << 20;
    /// Enough to occupy threads.
    private static final int LEAST = 16;
    /// Multiply-adds of a part that are worth the calls.
    private static final long WORK = 1 << 20;

    /// One of the launches, for a part.
    ///
    /// @param index its number in the plan
    record Part(int index, CpuKernel kernel, Place[] in, Place[] out) {
        /// True if all parts on a thread work at the same addresses.
        boolean still() {
            return Stream.concat(Arrays.stream(in), Arrays.stream(out))
                    .allMatch(p -> p.inside() || p.advance() == 0);
        }
    }

    int first() {
        return launches.getFirst().index;
    }

    /// All there are.
    ///
    /// @param launches as they are run
    /// @param skip launches that are not run
    /// @param apart launches that are also run at other times
    static List<Parts> of(Plan plan, List<Launch> launches, Epilogue[] epilogues, boolean[] skip, Set<Integer> apart,
            Native library) {
        var found = new ArrayList<Parts>();
        int n = images(launches);
        if (n < LEAST || plan.externals().stream().anyMatch(Plan.External::written)) {
            return found;
        }
        var values = new PartValues(plan, launches, skip);
        for (int i = 0; i < launches.size(); i++) {
            if (skip[i]) {
                continue;
            }
            var one = apart.contains(i) ? null : OneByOne.of(launches.get(i), epilogues[i], n);
            one = one != null && steady(plan, one, i) ? null : one;
            if (one != null && values.add(i, one)) {
                continue;
            }
            add(found, values, n, library);
            values = new PartValues(plan, launches, skip);
            if (one != null && !values.add(i, one)) {
                values = new PartValues(plan, launches, skip);
            }
        }
        add(found, values, n, library);
        return found;
    }

    /// True if it may belong to what comes from weights alone, which is not computed in turn.
    private static boolean steady(Plan plan, OneByOne one, int index) {
        return IntStream.range(0, one.in().length).filter(i -> one.in()[i] != null && one.in()[i].advance() > 0)
                .allMatch(i -> Steady.comesFrom(plan, one.launch().in().get(i), index, new TreeSet<>(),
                        new TreeSet<>()));
    }

    /// Of the first convolution.
    private static int images(List<Launch> launches) {
        return launches.stream().map(Launch::kernel).filter(Kernel.Conv.class::isInstance)
                .mapToInt(k -> ((Kernel.Conv) k).n()).findFirst().orElse(0);
    }

    private static void add(List<Parts> found, PartValues values, int n, Native library) {
        long image = values.most();
        int size = 1;
        for (int d = 1; d <= n / LEAST; d++) {
            size = n % d == 0 && d * image <= MOST ? d : size;
        }
        boolean worth = values.launches().size() > 1 && n * image > MOST && size * values.work() >= WORK
                && values.place(size);
        if (!worth) {
            return;
        }
        var parts = new ArrayList<Part>();
        for (var v : values.launches()) {
            var launch = v.one().part(size);
            var kernel = launch.kernel() instanceof Kernel.Conv c
                    ? ConvKernel.alone(c, v.one().epilogue(), library)
                    : Kernels.of(launch, ThreadPool.NONE, library);
            if (kernel == null) {
                return;
            }
            parts.add(new Part(v.index(), kernel, v.in(), v.out()));
        }
        found.add(new Parts(size, n / size, parts, values.area()));
    }
}
