package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import java.lang.foreign.Arena;

/// The kernel that repeats 8 bytes, for a launch of its own and for others that begin with equal bytes.
record Filler(Entry entry) {
    static Filler of(Kit kit) {
        return new Filler(Entry.of(kit, "move", "fill"));
    }

    KernelLaunch launch(long to, long pattern, long bytes, Arena arena) {
        var grid = Grid.loop((bytes + 15) / 16, entry.gpu());
        return entry.launch(grid, new Arguments().pointer(to).i64(pattern).i64(bytes), arena);
    }
}
