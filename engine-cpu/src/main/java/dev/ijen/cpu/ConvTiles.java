package dev.ijen.cpu;

import dev.ijen.cpu.x86.ConvTile;
import dev.ijen.cpu.x86.MachineCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How lines of outputs are cut into tiles, nearly alike in size: a small one at the end would keep the processor waiting for its few sums.
///
/// @param runs by length of a line
record ConvTiles(Map<Integer, List<Run>> runs) {
    /// Tiles of one size beside each other.
    record Run(int size, int count, MachineCode code) {}

    List<Run> line(int outputs) {
        return runs.get(outputs);
    }

    /// Null if machine code can't be made here.
    ///
    /// @param lengths of lines
    static ConvTiles of(ConvTile tile, List<ConvTile.Step> steps, int... lengths) {
        var runs = new HashMap<Integer, List<Run>>();
        for (int n : lengths) {
            var line = new ArrayList<Run>();
            for (var r : cut(n, tile.outputs(), tile.paired() ? 2 : 1)) {
                var code = tile.of(r[0], steps);
                if (code == null) {
                    return null;
                }
                line.add(new Run(r[0], r[1], code));
            }
            runs.put(n, line);
        }
        return new ConvTiles(runs);
    }

    /// Sizes and counts for `n` outputs: as few tiles of at most `most` as there can be, of whole units but for the last one.
    private static List<int[]> cut(int n, int most, int unit) {
        int units = Math.ceilDiv(n, unit);
        int tiles = Math.ceilDiv(units, most / unit);
        int small = units / tiles * unit;
        int larger = units % tiles;
        var sizes = new ArrayList<int[]>();
        add(sizes, small + unit, larger);
        add(sizes, small, tiles - larger);
        int over = units * unit - n;
        if (over > 0) {
            var last = sizes.getLast();
            last[1]--;
            add(sizes, last[0] - over, 1);
            sizes.removeIf(s -> s[1] == 0);
        }
        return sizes;
    }

    private static void add(List<int[]> sizes, int size, int count) {
        if (count > 0) {
            sizes.add(new int[] {size, count});
        }
    }
}
