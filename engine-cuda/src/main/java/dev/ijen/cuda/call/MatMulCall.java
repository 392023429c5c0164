package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;
import java.lang.foreign.Arena;
import java.util.ArrayList;

/// Products of matrices in tiles of 64 × 64 or 128 × 128; a long sum over k is shared among blocks.
///
/// @param sum null where there is one split
record MatMulCall(Kernel.MatMul k, int side, int splits, Entry product, Entry sum) implements CudaKernel {
    static MatMulCall of(Kernel.MatMul k, Kit kit) {
        long large = tiles(k, 128);
        boolean wide = k.dtype() == DType.F32 || k.dtype() == DType.F16 || k.dtype() == DType.BF16;
        int side = wide && Math.min(k.m(), k.n()) > 64 && large >= 128 ? 128 : 64;
        int splits = Splits.of(tiles(k, side), k.k());
        String type = Names.of(k.dtype());
        return new MatMulCall(
                k,
                side,
                splits,
                Entry.of(kit, "matmul", (side == 128 ? "matmul_large" : "matmul") + type),
                splits == 1 ? null : Entry.of(kit, "matmul", "matmul_sum" + type));
    }

    private static long tiles(Kernel.MatMul k, int side) {
        return (long) k.batch() * Math.ceilDiv(k.m(), side) * Math.ceilDiv(k.n(), side);
    }

    private long each() {
        return (long) k.m() * k.n();
    }

    @Override
    public long scratchBytes() {
        return splits == 1 ? 0 : k.batch() * each() * splits * k.dtype().compute().bytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var launches = new ArrayList<KernelLaunch>();
        var grid = Grid.of(Math.toIntExact(tiles(k, side) * splits), 256);
        var a = new Arguments().pointer(in[0]).pointer(in[1]).pointer(out[0]).pointer(splits == 1 ? 0 : scratch);
        a.i32(k.m()).i32(k.n()).i32(k.k()).i32(k.ta() ? 1 : 0).i32(k.tb() ? 1 : 0).i32(splits);
        launches.add(product.launch(grid, a, arena));
        if (splits > 1) {
            launches.add(Splits.sum(sum, scratch, out[0], each(), k.batch() * each(), splits, arena));
        }
        return Launches.of(launches);
    }
}
