package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import dev.ijen.cuda.ptx.Argument;
import dev.ijen.cuda.ptx.RegionCode;
import dev.ijen.cuda.ptx.RegionLaunch;
import dev.ijen.spi.Kernel;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// A fused loop nest: kernels printed for it.
///
/// @param entries one a launch
record RegionCall(RegionCode code, List<Entry> entries, Kit kit) implements CudaKernel {
    static RegionCall of(Kernel.Loop k, Kit kit) {
        return of(RegionCode.of(k.region(), kit.gpu().multiprocessors()), kit);
    }

    /// Several loops in as few launches as go; their inputs and outputs follow each other.
    static RegionCall of(List<Kernel.Loop> loops, int inputs, int outputs, Kit kit) {
        return of(RegionCode.ofAll(loops.stream().map(Kernel.Loop::region).toList(), inputs, outputs), kit);
    }

    private static RegionCall of(RegionCode code, Kit kit) {
        var modules = kit.modules();
        var module = modules.acquire(code.text());
        try {
            var entries = new ArrayList<Entry>();
            for (var l : code.launches()) {
                entries.add(new Entry(kit.gpu(), l.kernel(), modules.find(module, l.kernel())));
            }
            return new RegionCall(code, List.copyOf(entries), kit);
        } catch (RuntimeException e) {
            modules.release(code.text());
            throw e;
        }
    }

    @Override
    public long scratchBytes() {
        return code.scratchBytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var launches = new ArrayList<KernelLaunch>();
        for (int i = 0; i < entries.size(); i++) {
            var l = code.launches().get(i);
            var grid = new Grid(l.gridX(), l.gridY(), 1, l.blockX(), l.blockY());
            launches.add(entries.get(i).launch(grid, arguments(l, in, out, scratch), arena));
        }
        return Launches.of(launches);
    }

    private static Arguments arguments(RegionLaunch launch, long[] in, long[] out, long scratch) {
        var a = new Arguments();
        for (var argument : launch.arguments()) {
            a.pointer(switch (argument) {
                case Argument.Input i -> in[i.index()];
                case Argument.Output o -> out[o.index()];
                case Argument.Scratch s -> scratch + s.offset();
            });
        }
        return a;
    }

    @Override
    public void close() {
        kit.modules().release(code.text());
    }
}
