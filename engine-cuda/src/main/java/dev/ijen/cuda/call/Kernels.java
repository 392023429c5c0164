package dev.ijen.cuda.call;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import java.util.List;

/// How each launch of a plan is done on a GPU.
public final class Kernels {
    private Kernels() {}

    /// Chooses: the libraries first, then our own kernels.
    public static CudaKernel of(Launch launch, Kit kit) {
        for (var library : kit.libraries()) {
            var offered = library.offer(launch);
            if (offered.isPresent()) {
                return offered.get();
            }
        }
        return own(launch, kit);
    }

    /// The same for launches that [Joining] puts together: the inputs, and the outputs, of the second follow those of the first.
    public static CudaKernel of(List<Launch> launches, Kit kit) {
        var first = launches.getFirst();
        if (launches.size() == 1) {
            return of(first, kit);
        }
        var loops = launches.stream().map(l -> (Kernel.Loop) l.kernel()).toList();
        return RegionCall.of(loops, first.in().size(), first.out().size(), kit);
    }

    private static CudaKernel own(Launch launch, Kit kit) {
        long count = launch.out().stream().mapToLong(Ref::count).sum();
        long bytes = launch.out().stream().mapToLong(Ref::bytes).sum();
        var kernel = launch.kernel();
        if (count == 0 && !checks(kernel)) {
            return new NothingCall();
        }
        return switch (kernel) {
            case Kernel.Loop k -> RegionCall.of(k, kit);
            case Kernel.Fill k -> FillCall.of(k, bytes, kit);
            case Kernel.Copy k -> CopyCall.of(bytes, kit);
            case Kernel.MatMul k -> MatMulCall.of(k, kit);
            case Kernel.Conv k -> ConvCall.of(k, count, kit);
            case Kernel.Pool k -> PoolCall.of(k, count, kit);
            case Kernel.Softmax k -> SoftmaxCall.of(k, kit);
            case Kernel.Attention k -> AttentionCall.of(k, kit);
            case Kernel.Recurrent k -> RecurrentCall.of(k, kit);
            case Kernel.CrossEntropy k -> CrossEntropyCall.of(k, kit);
            case Kernel.Gather k -> GatherCall.of(k, kit);
            case Kernel.Scatter k -> ScatterCall.of(k, kit);
            case Kernel.CumSum k -> CumSumCall.of(k, kit);
            case Kernel.ArgReduce k -> ArgReduceCall.of(k, kit);
            case Kernel.ArgSort k -> ArgSortCall.of(k, kit);
        };
    }

    /// Whether there is something to be checked even if no elements come out of it.
    private static boolean checks(Kernel kernel) {
        return kernel instanceof Kernel.Gather g && g.count() > 0
                || kernel instanceof Kernel.Scatter s && s.count() > 0;
    }
}
