package dev.ijen.cuda.lib;

import dev.ijen.cuda.call.Library;
import dev.ijen.cuda.driver.CudaException;
import dev.ijen.cuda.driver.Gpu;
import dev.ijen.cuda.load.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import jcuda.driver.CUstream;

/// The libraries of a tier, started.
public final class Libraries {
    private Libraries() {}

    /// Starts what the tier has. One that can't be started is left out, with a warning: our own kernels do its work.
    ///
    /// @param stream the one on which all launches will be put
    /// @return to be closed by the caller, before the stream
    public static List<Library> open(Tier.Usable tier, Gpu gpu, CUstream stream, Options options) {
        var opened = new ArrayList<Library>();
        switch (tier) {
            case Tier.DriverOnly _ -> {}
            case Tier.WithCublas _ -> start(opened, gpu, "cuBLAS", () -> Blas.open(gpu, stream, options));
            case Tier.WithCudnn _ -> {
                start(opened, gpu, "cuBLAS", () -> Blas.open(gpu, stream, options));
                start(opened, gpu, "cuDNN", () -> Dnn.open(gpu, stream, options));
            }
        }
        return List.copyOf(opened);
    }

    private static void start(List<Library> opened, Gpu gpu, String name, Supplier<Library> open) {
        try {
            opened.add(open.get());
        } catch (CudaException e) {
            if (e.isSticky() || gpu.isLost()) {
                opened.reversed().forEach(Library::close);
                throw e;
            }
            System.getLogger(Libraries.class.getName()).log(
                    System.Logger.Level.WARNING, "{0} is not used, our own kernels do its work: {1}", name,
                    e.getMessage());
        }
    }
}
