package dev.ijen.graph;

import dev.ijen.spi.Plan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeSet;

/// Places blocks with known lifetimes in one workspace. Up to a few thousand, biggest first into the lowest gap that no
/// overlapping lifetime occupies; beyond, in order of time with a best-fit free list, which stays near linear.
final class Offsets {
    private static final int MANY = 4096;

    /// Memory of one tensor, or of several that take it over in place.
    static final class Block {
        final long size;
        /// First and last position in the schedule at which it is in use.
        final int from;

        int to;
        long offset = -1;

        Block(long bytes, int from) {
            this.size = Math.max(align(bytes), Plan.ALIGNMENT);
            this.from = from;
            this.to = from;
        }
    }

    private Offsets() {}

    static long align(long bytes) {
        return (bytes + Plan.ALIGNMENT - 1) / Plan.ALIGNMENT * Plan.ALIGNMENT;
    }

    /// Sets all offsets and gives the size of the workspace.
    static long place(List<Block> blocks) {
        return blocks.size() > MANY ? byTime(blocks) : bySize(blocks);
    }

    private static long bySize(List<Block> blocks) {
        var order = new ArrayList<>(blocks);
        order.sort(Comparator.comparingLong((Block b) -> -b.size).thenComparingInt(b -> b.from));
        var done = new ArrayList<Block>(); // sorted by offset
        long top = 0;
        for (var b : order) {
            long at = 0;
            for (var o : done) {
                if (o.to < b.from || b.to < o.from) {
                    continue;
                }
                if (at + b.size <= o.offset) {
                    break;
                }
                at = Math.max(at, o.offset + o.size);
            }
            b.offset = at;
            top = Math.max(top, at + b.size);
            int i = 0;
            while (i < done.size() && done.get(i).offset <= at) {
                i++;
            }
            done.add(i, b);
        }
        return top;
    }

    private record Gap(long offset, long size) {}

    private static long byTime(List<Block> blocks) {
        var order = new ArrayList<>(blocks);
        order.sort(Comparator.comparingInt((Block b) -> b.from).thenComparingLong(b -> -b.size));
        var live = new PriorityQueue<Block>(Comparator.comparingInt(b -> b.to));
        var bySize = new TreeSet<Gap>(Comparator.comparingLong(Gap::size).thenComparingLong(Gap::offset));
        var byOffset = new TreeSet<Gap>(Comparator.comparingLong(Gap::offset));
        long top = 0;
        for (var b : order) {
            while (!live.isEmpty() && live.peek().to < b.from) {
                var dead = live.poll();
                free(new Gap(dead.offset, dead.size), bySize, byOffset);
            }
            var fit = bySize.ceiling(new Gap(-1, b.size));
            if (fit == null) {
                b.offset = top;
                top += b.size;
            } else {
                bySize.remove(fit);
                byOffset.remove(fit);
                b.offset = fit.offset;
                if (fit.size > b.size) {
                    var rest = new Gap(fit.offset + b.size, fit.size - b.size);
                    bySize.add(rest);
                    byOffset.add(rest);
                }
            }
            live.add(b);
        }
        return top;
    }

    private static void free(Gap g, TreeSet<Gap> bySize, TreeSet<Gap> byOffset) {
        var merged = g;
        var below = byOffset.lower(g);
        if (below != null && below.offset + below.size == g.offset) {
            bySize.remove(below);
            byOffset.remove(below);
            merged = new Gap(below.offset, below.size + merged.size);
        }
        var above = byOffset.higher(g);
        if (above != null && g.offset + g.size == above.offset) {
            bySize.remove(above);
            byOffset.remove(above);
            merged = new Gap(merged.offset, merged.size + above.size);
        }
        bySize.add(merged);
        byOffset.add(merged);
    }
}
