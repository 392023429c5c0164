package dev.ijen.cuda.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Origin;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Fold;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is joined needs nothing of each other, and nothing that is ordered changes its order.
class JoiningTest {
    private static Region loop(int n, BinaryFn f) {
        var one = new int[] {1};
        return new Region(
                new int[] {n},
                List.of(new Instr.Load(0, DType.F32, one, 0), new Instr.Load(1, DType.F32, one, 0),
                        new Instr.Binary(f, DType.F32, 0, 1)),
                List.of(new Store(2, 0, DType.F32, one, 0, null)));
    }

    private static Region sum(int n) {
        return new Region(new int[] {n}, List.of(new Instr.Load(0, DType.F32, new int[] {1}, 0)),
                List.of(new Store(0, 0, DType.F32, new int[] {0}, 0, Fold.SUM)));
    }

    /// An array of n elements in the workspace, at 4 KiB times `at`.
    private static Ref ref(int at, int n) {
        return new Ref(0, 4096L * at, DType.F32, n);
    }

    private static Launch launch(Region r, List<Ref> in, Ref out) {
        return new Launch(new Kernel.Loop(r), in, List.of(out), new Origin("test", ""));
    }

    private static Launch difference(int n, int a, int b, int to) {
        return launch(loop(n, BinaryFn.SUB), List.of(ref(a, n), ref(b, n)), ref(to, n));
    }

    private static Launch total(int n, int a, int to) {
        return launch(sum(n), List.of(ref(a, n)), ref(to, 1));
    }

    /// The parameters of three layers, each updated when its gradient is there: the updates wait for the last one.
    @Test
    void updatesBetweenOtherWorkAreJoined() {
        var all = List.of(
                total(10, 1, 11), difference(10, 1, 11, 1), total(20, 2, 12), difference(20, 2, 12, 2),
                total(30, 3, 13), difference(30, 3, 13, 3));
        assertEquals(List.of(List.of(0), List.of(2), List.of(4), List.of(1, 3, 5)), Joining.of(all));
    }

    /// All gradients are there, but the first update's result is wanted before the second one's inputs are.
    @Test
    void whatIsWantedSoonIsDoneSoon() {
        var all = List.of(
                difference(10, 1, 11, 1), total(10, 1, 21), difference(20, 2, 12, 2), total(20, 2, 22));
        assertEquals(List.of(List.of(0, 2), List.of(1), List.of(3)), Joining.of(all));
    }

    @Test
    void aChainIsNotJoined() {
        var all = List.of(difference(10, 1, 2, 3), difference(10, 3, 2, 4), difference(10, 4, 2, 5));
        assertEquals(List.of(List.of(0), List.of(1), List.of(2)), Joining.of(all));
    }

    /// The second difference overwrites what the sum still reads, which in turn reads what the first one gives.
    @Test
    void memoryThatIsUsedAgainKeepsTheOrder() {
        var sum = launch(loop(10, BinaryFn.ADD), List.of(ref(3, 10), ref(6, 10)), ref(7, 10));
        var all = List.of(difference(10, 1, 2, 3), sum, difference(10, 4, 5, 6));
        assertEquals(List.of(List.of(0), List.of(1), List.of(2)), Joining.of(all));
    }

    @Test
    void foldsAndOtherFunctionsStayAlone() {
        var product = launch(loop(10, BinaryFn.MUL), List.of(ref(4, 10), ref(5, 10)), ref(6, 10));
        var all = List.of(total(10, 1, 2), total(10, 1, 3), product, difference(10, 4, 5, 7));
        assertEquals(4, Joining.of(all).size());
    }

    @Test
    void noOrderChangesThatMatters() {
        int joined = 0;
        for (int seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            var all = new ArrayList<Launch>();
            for (int i = 0; i < 30; i++) {
                int n = 1 + random.nextInt(1000);
                int a = random.nextInt(12);
                int b = random.nextInt(12);
                int to = random.nextInt(12);
                all.add(switch (random.nextInt(3)) {
                    case 0 -> total(n, a, to);
                    case 1 -> launch(loop(n, BinaryFn.MUL), List.of(ref(a, n), ref(b, n)), ref(to, n));
                    default -> difference(n, a, b, to);
                });
            }
            var groups = Joining.of(all);
            var place = new int[all.size()];
            for (int g = 0; g < groups.size(); g++) {
                for (int i : groups.get(g)) {
                    place[i] += 1 + g;
                }
                joined += groups.get(g).size() - 1;
            }
            assertEquals(all.size(), groups.stream().mapToInt(List::size).sum());
            for (int i = 0; i < all.size(); i++) {
                assertTrue(place[i] > 0, "launch " + i);
                for (int j = 0; j < i; j++) {
                    if (conflict(all.get(j), all.get(i))) {
                        assertTrue(place[j] < place[i], "seed " + seed + ": " + j + " before " + i + " in " + groups);
                    }
                }
            }
        }
        assertTrue(joined > 300, joined + " joined");
    }

    /// Arrays begin at multiples of 4 KiB and are shorter, so they meet if they begin at the same place.
    private static boolean conflict(Launch a, Launch b) {
        long to = a.out().getFirst().offset();
        long other = b.out().getFirst().offset();
        return to == other || b.in().stream().anyMatch(r -> r.offset() == to)
                || a.in().stream().anyMatch(r -> r.offset() == other);
    }
}
