package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import java.lang.foreign.Arena;

/// The same bytes elsewhere.
record CopyCall(Entry copy, long bytes) implements CudaKernel {
    static CopyCall of(long bytes, Kit kit) {
        return new CopyCall(Entry.of(kit, "move", "copy"), bytes);
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var grid = Grid.loop((bytes + 15) / 16, copy.gpu());
        return Launches.of(copy.launch(grid, new Arguments().pointer(out[0]).pointer(in[0]).i64(bytes), arena));
    }
}
