package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;
import java.lang.foreign.Arena;
import java.util.ArrayList;

/// Products of matrices in tiles of 64 × 64 or 128 × 128; a long sum over k is shared among blocks. F16 and BF16 go through tensor cores where there
/// are some (compute capability 8.0).
///
/// @param tensorCores whether the product is of family `mma`, whose kernels know by name what is transposed
/// @param sum null where there is one split
record MatMulCall(Kernel.MatMul k, boolean tensorCores, int side, int splits, Entry product, Entry sum)
        implements
        CudaKernel {
    private static final int SMALL = 64;
    private static final int LARGE = 128;
    /// With as many large tiles a GPU is busy; else small ones make more blocks.
    private static final int ENOUGH = 128;

    static MatMulCall of(Kernel.MatMul k, Kit kit) {
        boolean half = k.dtype() == DType.F16 || k.dtype() == DType.BF16;
        boolean tensorCores = half && kit.gpu().capability() >= 80;
        boolean large = (half || k.dtype() == DType.F32)
                && Math.min(k.m(), k.n()) > SMALL
                && tiles(k, LARGE) >= ENOUGH;
        int side = large ? LARGE : SMALL;
        int splits = Splits.of(tiles(k, side), k.k());
        String type = Names.of(k.dtype());
        String name = (large ? "_large" : "") + type;
        return new MatMulCall(
                k,
                tensorCores,
                side,
                splits,
                tensorCores
                        ? Entry.of(kit, "mma", "mma" + name + (k.ta() ? "_t" : "_n") + (k.tb() ? "t" : "n"))
                        : Entry.of(kit, "matmul", "matmul" + name),
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
        var grid = Grid.of(Math.toIntExact(tiles(k, side) * splits), tensorCores ? 2 * side : 256);
        var a = new Arguments().pointer(in[0]).pointer(in[1]).pointer(out[0]).pointer(splits == 1 ? 0 : scratch);
        a.i32(k.m()).i32(k.n()).i32(k.k());
        if (!tensorCores) {
            a.i32(k.ta() ? 1 : 0).i32(k.tb() ? 1 : 0);
        }
        launches.add(product.launch(grid, a.i32(splits), arena));
        if (splits > 1) {
            launches.add(Splits.sum(sum, scratch, out[0], each(), k.batch() * each(), splits, arena));
        }
        return Launches.of(launches);
    }
}
