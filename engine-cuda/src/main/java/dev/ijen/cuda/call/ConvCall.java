package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Window;
import java.lang.foreign.Arena;
import java.util.ArrayList;

/// Convolution as a product of matrices in tiles of 64 × 64, whose elements are looked up where they lie. The filter gradient's long sum over
/// all positions is shared among blocks.
///
/// @param tiles of all groups
/// @param each results of a group
/// @param sum null where there is one split
record ConvCall(Kernel.Conv k, long tiles, long each, int splits, Entry conv, Entry sum) implements CudaKernel {
    private static final int SIDE = 64;

    /// @param count elements of the result
    static CudaKernel of(Kernel.Conv k, long count, Kit kit) {
        if (DepthwiseCall.takes(k)) {
            return DepthwiseCall.of(k, count, kit);
        }
        int c = k.c() / k.groups();
        int f = k.k() / k.groups();
        int ins = k.n() * Window.product(k.window().in());
        int outs = k.n() * Window.product(k.window().out());
        int taps = Window.product(k.window().size());
        String type = Names.of(k.dtype());
        return switch (k.pass()) {
            case FORWARD -> of(k, outs, f, 1, Entry.of(kit, "conv", "conv_forward" + type), null);
            case INPUT_GRADIENT -> of(k, ins, c, 1, Entry.of(kit, "conv", "conv_input_gradient" + type), null);
            case FILTER_GRADIENT -> {
                int splits = Splits.of(tiles(k, f, taps * c), outs);
                var sum = splits == 1 ? null : Entry.of(kit, "matmul", "matmul_sum" + type);
                yield of(k, f, taps * c, splits, Entry.of(kit, "conv", "conv_filter_gradient" + type), sum);
            }
        };
    }

    private static ConvCall of(Kernel.Conv k, int rows, int columns, int splits, Entry conv, Entry sum) {
        return new ConvCall(k, tiles(k, rows, columns), (long) rows * columns, splits, conv, sum);
    }

    private static long tiles(Kernel.Conv k, int rows, int columns) {
        return (long) k.groups() * Math.ceilDiv(rows, SIDE) * Math.ceilDiv(columns, SIDE);
    }

    @Override
    public long scratchBytes() {
        return splits == 1 ? 0 : k.groups() * each * splits * k.dtype().compute().bytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var launches = new ArrayList<KernelLaunch>();
        var a = new Arguments().pointer(in[0]).pointer(in[1]).pointer(out[0]);
        boolean filters = k.pass() == Kernel.ConvPass.FILTER_GRADIENT;
        if (filters) {
            a.pointer(splits == 1 ? 0 : scratch);
        }
        a.i32(Windows.struct(k.window())).i32(k.n()).i32(k.c()).i32(k.k()).i32(k.groups());
        if (filters) {
            a.i32(splits);
        }
        launches.add(conv.launch(Grid.of(Math.toIntExact(tiles * splits), 256), a, arena));
        if (splits > 1) {
            launches.add(Splits.sum(sum, scratch, out[0], each, k.groups() * each, splits, arena));
        }
        return Launches.of(launches);
    }
}
