package dev.ijen.cuda.call;

import dev.ijen.cuda.ptx.RegionCode;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.spi.Region;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which launches of a plan are done by one kernel: loops that differ in their length alone and need nothing of each other, such as an optimizer's
/// updates of all parameters. A network of a hundred layers has some hundreds of them, each of which takes the GPU less time than its launch.
public final class Joining {
    private record Loop(List<Region.Instr> body, List<Region.Store> stores, int inputs, int outputs) {}

    private final List<Launch> launches;
    /// When each launch is done; those that are done together have the same number.
    private final int[] place;

    private Joining(List<Launch> launches) {
        this.launches = launches;
        place = new int[launches.size()];
    }

    /// The launches by number, in an order that gives the same results as their own; those of one list are done together.
    public static List<List<Integer>> of(List<Launch> launches) {
        var sooner = new Joining(launches).groups();
        var later = new Joining(launches.reversed()).groups();
        if (sooner.size() <= later.size()) {
            return sooner;
        }
        int last = launches.size() - 1;
        return later.reversed().stream().map(g -> g.reversed().stream().map(i -> last - i).toList()).toList();
    }

    /// Each loop is done as soon as another like it, unless it needs what comes between them, or what comes between still needs what it overwrites.
    private List<List<Integer>> groups() {
        Map<Loop, List<Integer>> places = new HashMap<>();
        var groups = new ArrayList<List<Integer>>();
        for (int i = 0; i < launches.size(); i++) {
            place[i] = i;
            groups.add(new ArrayList<>());
            var loop = loop(launches.get(i));
            if (loop != null) {
                var open = places.computeIfAbsent(loop, _ -> new ArrayList<>());
                place[i] = open.isEmpty() ? i : first(open, after(i), i);
                if (place[i] == i) {
                    open.add(i);
                }
            }
            groups.get(place[i]).add(i);
        }
        groups.removeIf(List::isEmpty);
        return groups;
    }

    private static int first(List<Integer> open, int after, int otherwise) {
        return open.stream().filter(p -> p > after).findFirst().orElse(otherwise);
    }

    /// The latest place of what must be done before launch `i`; −1 if nothing must.
    private int after(int i) {
        int latest = -1;
        for (int j = 0; j < i; j++) {
            if (place[j] > latest && ordered(launches.get(j), launches.get(i))) {
                latest = place[j];
            }
        }
        return latest;
    }

    private static Loop loop(Launch l) {
        return l.kernel() instanceof Kernel.Loop(var r) && RegionCode.joinable(r) && r.points() > 0
                ? new Loop(r.body(), r.stores(), l.in().size(), l.out().size())
                : null;
    }

    /// Whether one writes what the other reads or writes.
    private static boolean ordered(Launch a, Launch b) {
        return meet(a.out(), b.in()) || meet(a.in(), b.out()) || meet(a.out(), b.out());
    }

    private static boolean meet(List<Ref> some, List<Ref> others) {
        for (var a : some) {
            for (var b : others) {
                if (a.memory() == b.memory()
                        && a.offset() < b.offset() + b.bytes()
                        && b.offset() < a.offset() + a.bytes()) {
                    return true;
                }
            }
        }
        return false;
    }
}
