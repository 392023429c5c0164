package dev.ijen.cpu;

import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// A region prepared for loads or stores that run across memory: the last axis is cut so that a tile is about as wide along it
/// as along the axis that is contiguous in memory, and every cache line that a tile touches is used whole.
///
/// @param region the same points, perhaps with one axis more
/// @param order axes in the order in which they are to be visited, or null if there is nothing across memory
record Transposed(Region region, int[] order) {
    private static final int WIDE = 32;
    private static final int NARROW = 8;

    static Transposed of(Region region) {
        int[] space = region.space();
        int last = space.length - 1;
        int across = across(region);
        boolean folds = region.stores().stream().anyMatch(s -> s.fold() != null);
        if (across < 0 || folds) {
            return new Transposed(region, null);
        }
        int width = space[last];
        for (int c = WIDE; width > WIDE && c >= NARROW; c--) {
            if (width % c == 0) {
                return split(region, across, c);
            }
        }
        return new Transposed(region, null);
    }

    /// The axis along which a view is contiguous that is not along the last axis; −1 if there is none.
    private static int across(Region region) {
        int[] space = region.space();
        for (Store s : region.stores()) {
            int k = across(space, s.stride());
            if (k >= 0) {
                return k;
            }
        }
        for (Instr i : region.body()) {
            int k = i instanceof Instr.Load l ? across(space, l.stride()) : -1;
            if (k >= 0) {
                return k;
            }
        }
        return -1;
    }

    private static int across(int[] space, int[] stride) {
        int last = space.length - 1;
        if (Math.abs(stride[last]) <= 1) {
            return -1;
        }
        return IntStream.range(0, last).filter(k -> stride[k] == 1 && space[k] >= NARROW).findFirst().orElse(-1);
    }

    private static Transposed split(Region region, int across, int width) {
        int n = region.space().length;
        int[] space = Arrays.copyOf(region.space(), n + 1);
        space[n - 1] /= width;
        space[n] = width;
        List<Instr> body = region.body().stream().map(i -> split(i, width)).toList();
        List<Store> stores = region.stores().stream()
                .map(s -> new Store(s.value(), s.output(), s.stored(), split(s.stride(), width), s.offset(), null))
                .toList();
        int[] before = IntStream.range(0, n).filter(k -> k != across).toArray();
        int[] order = Arrays.copyOf(before, n + 1);
        order[n - 1] = across;
        order[n] = n;
        return new Transposed(new Region(space, body, stores), order);
    }

    private static Instr split(Instr i, int width) {
        return switch (i) {
            case Instr.Load l -> new Instr.Load(l.input(), l.stored(), split(l.stride(), width), l.offset());
            case Instr.Index x -> new Instr.Index(split(x.stride(), width), x.offset());
            case Instr.Random r -> new Instr.Random(r.state(), r.stream(), split(r.stride(), width), r.offset());
            case Instr.Imm _,Instr.Unary _,Instr.Binary _,Instr.Select _,Instr.Cast _ -> i;
        };
    }

    private static int[] split(int[] stride, int width) {
        int n = stride.length;
        int[] s = Arrays.copyOf(stride, n + 1);
        s[n - 1] = stride[n - 1] * width;
        s[n] = stride[n - 1];
        return s;
    }
}
