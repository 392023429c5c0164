package dev.ijen.cpu;

import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan.Launch;

/// The kernel for a launch.
final class Kernels {
    private Kernels() {}

    static CpuKernel of(Launch launch, Pool pool, Native library) {
        int threads = pool.threads();
        Target code = library.target();
        return switch (launch.kernel()) {
            case Kernel.Loop k -> {
                var turned = TurnKernel.of(k.region(), code); // null without machine code, for one
                var copy = turned != null ? turned : ChannelsLast.of(k.region());
                yield copy != null ? copy : RegionKernel.of(k.region(), threads, code);
            }
            case Kernel.Fill k -> FillKernel.of(k, launch.out().getFirst().count());
            case Kernel.Copy _ -> new CopyKernel(launch.out().getFirst().bytes());
            case Kernel.MatMul k -> MatMulKernel.of(k, pool, library);
            case Kernel.Conv k -> ConvKernel.of(k, pool, library);
            case Kernel.Pool k -> PoolKernel.of(k, pool, code != null);
            case Kernel.Softmax k -> new SoftmaxKernel(k, threads, code);
            case Kernel.Attention k -> AttentionKernel.of(k, threads, code != null);
            case Kernel.CrossEntropy k -> new CrossEntropyKernel(k, threads, code);
            case Kernel.Gather k -> new GatherKernel(k);
            case Kernel.Scatter k -> new ScatterKernel(k);
            case Kernel.CumSum k -> new CumSumKernel(k);
            case Kernel.ArgReduce k -> new ArgReduceKernel(k);
            case Kernel.Recurrent k -> RecurrentKernel.of(k, code != null);
            case Kernel.ArgSort k -> new ArgSortKernel(k, threads);
        };
    }
}
