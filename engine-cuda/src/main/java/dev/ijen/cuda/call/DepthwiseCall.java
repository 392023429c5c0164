package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.spi.Window;
import java.lang.foreign.Arena;
import java.util.ArrayList;

/// Convolution with one channel of x a group, without products of matrices: a thread an element of the result; for the filter gradient a block up to
/// 32 filters, 9 taps and a share of all positions.
///
/// @param count elements of the result
/// @param blocks of the filter gradient, without splits
/// @param sum null where there is one split
record DepthwiseCall(Kernel.Conv k, long count, int blocks, int splits, Entry conv, Entry sum) implements CudaKernel {
    private static final int FILTERS = 32;
    private static final int ROWS = 8;
    private static final int TAPS = 9;
    /// With more filters a channel, the columns of a product of matrices are worth a tile.
    private static final int MOST = 8;

    /// Whether a convolution should be done so.
    static boolean takes(Kernel.Conv k) {
        return k.groups() > 1 && k.groups() == k.c() && k.k() / k.c() <= MOST;
    }

    static DepthwiseCall of(Kernel.Conv k, long count, Kit kit) {
        String type = Names.of(k.dtype());
        String name = switch (k.pass()) {
            case FORWARD -> "depthwise_forward";
            case INPUT_GRADIENT -> "depthwise_input_gradient";
            case FILTER_GRADIENT -> "depthwise_filter_gradient";
        };
        var conv = Entry.of(kit, "depthwise", name + type);
        if (k.pass() != ConvPass.FILTER_GRADIENT) {
            return new DepthwiseCall(k, count, 0, 1, conv, null);
        }
        int blocks = Math.ceilDiv(k.k(), FILTERS) * Math.ceilDiv(Window.product(k.window().size()), TAPS);
        int splits = Splits.of(blocks, k.n() * Window.product(k.window().out()));
        var sum = splits == 1 ? null : Entry.of(kit, "matmul", "matmul_sum" + type);
        return new DepthwiseCall(k, count, blocks, splits, conv, sum);
    }

    @Override
    public long scratchBytes() {
        return splits == 1 ? 0 : count * splits * k.dtype().compute().bytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var launches = new ArrayList<KernelLaunch>();
        var a = new Arguments().pointer(in[0]).pointer(in[1]).pointer(out[0]);
        boolean filters = k.pass() == ConvPass.FILTER_GRADIENT;
        if (filters) {
            a.pointer(splits == 1 ? 0 : scratch);
        }
        a.i32(Windows.struct(k.window())).i32(k.n()).i32(k.c()).i32(k.k()).i32(k.groups());
        if (filters) {
            launches.add(conv.launch(new Grid(blocks * splits, 1, 1, FILTERS, ROWS), a.i32(splits), arena));
        } else {
            launches.add(conv.launch(Grid.loop(count, conv.gpu()), a, arena));
        }
        if (splits > 1) {
            launches.add(Splits.sum(sum, scratch, out[0], count, count, splits, arena));
        }
        return Launches.of(launches);
    }
}
