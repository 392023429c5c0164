package dev.ijen.cuda.lib;

import dev.ijen.cuda.driver.CudaException;
import dev.ijen.cuda.driver.Gpu;
import dev.ijen.spi.Kernel.Conv;
import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import jcuda.driver.CUstream;
import jcuda.jcudnn.cudnnMathType;

/// Chooses cuDNN's algorithm for a convolution: of those it recommends for this GPU, the fastest one here, which is then remembered on disk.
final class ConvChooser {
    /// So many of the recommended ones are tried; the heuristics rarely put the best one later.
    private static final int TRIED = 4;

    private static final long MAX_WORKSPACE = 1L << 30;

    private final Dnn dnn;
    private final Gpu gpu;
    private final CUstream stream;
    private final Options options;
    private final Choices choices;

    ConvChooser(Dnn dnn, Gpu gpu, CUstream stream, Options options, Choices choices) {
        this.dnn = dnn;
        this.gpu = gpu;
        this.stream = stream;
        this.options = options;
        this.choices = choices;
    }

    /// Leaves the descriptors set to the algorithm's type of arithmetic.
    ///
    /// @return nothing if no algorithm works
    Optional<Algorithm> choose(Conv c, ConvShape shape, ConvDescriptors d, String name) {
        boolean fma = c.dtype() == DType.F32 && !options.tf32();
        d.math(
                fma ? cudnnMathType.CUDNN_FMA_MATH
                        : c.dtype() == DType.F32 ? cudnnMathType.CUDNN_DEFAULT_MATH // which includes TF32
                        : cudnnMathType.CUDNN_TENSOR_OP_MATH);
        long most = Math.min(MAX_WORKSPACE, gpu.freeBytes());
        var allowed = new LinkedHashSet<Algorithm>();
        boolean all = true; // none was left out for want of memory
        for (var a : ConvCalls.recommended(dnn.on(stream), c.pass(), d)) {
            int math = fma ? cudnnMathType.CUDNN_FMA_MATH : a.math();
            if (a.deterministic() || !options.deterministic()) {
                boolean fits = a.workspaceBytes() <= most;
                all &= fits || a.workspaceBytes() > MAX_WORKSPACE;
                if (fits) {
                    allowed.add(new Algorithm(a.number(), math, a.deterministic(), a.workspaceBytes()));
                }
            }
        }
        var key = name + (options.deterministic() ? " deterministic" : "") + (fma ? "" : " math any");
        var remembered = choices.get(key);
        if (remembered.isPresent()) {
            for (var a : allowed) {
                if (a.is(remembered.get())) {
                    var sized = sized(c, d, a, most);
                    if (sized.isPresent()) {
                        return sized;
                    }
                }
            }
        }
        var best = fastest(c, shape, d, List.copyOf(allowed), most);
        if (best.isEmpty()) {
            return Optional.empty();
        }
        var algorithm = best.get().algorithm();
        if (best.get().measured() && all) {
            choices.put(key, new Choices.Choice(algorithm.number(), algorithm.math()));
        }
        d.math(algorithm.math());
        return Optional.of(algorithm);
    }

    private record Best(Algorithm algorithm, boolean measured) {}

    /// The algorithm with the workspace that it needs with its type of arithmetic, to which the descriptors are set.
    private Optional<Algorithm> sized(Conv c, ConvDescriptors d, Algorithm a, long most) {
        d.math(a.math());
        var bytes = new long[1];
        return ConvCalls.workspace(dnn.on(stream), c.pass(), d, a.number(), bytes) == 0 && bytes[0] <= most
                ? Optional.of(new Algorithm(a.number(), a.math(), a.deterministic(), bytes[0]))
                : Optional.empty();
    }

    /// Runs the first few on memory of their own. Where there is no memory for that, the first is taken, unmeasured.
    private Optional<Best> fastest(Conv c, ConvShape shape, ConvDescriptors d, List<Algorithm> allowed, long most) {
        var tried = new ArrayList<Algorithm>();
        for (int i = 0; i < allowed.size() && tried.size() < TRIED; i++) {
            sized(c, d, allowed.get(i), most).ifPresent(tried::add);
        }
        if (tried.isEmpty()) {
            return Optional.empty();
        }
        long workspace = tried.stream().mapToLong(Algorithm::workspaceBytes).max().orElse(0);
        ConvTrial trial;
        try {
            trial = new ConvTrial(dnn, gpu, stream, c, shape, workspace);
        } catch (CudaException e) {
            if (e.isSticky() || gpu.isLost()) {
                throw e;
            }
            return Optional.of(new Best(tried.getFirst(), false));
        }
        try (trial) {
            Algorithm best = null;
            double least = Double.POSITIVE_INFINITY;
            for (var a : tried) {
                d.math(a.math());
                double milliseconds = trial.milliseconds(d, a);
                if (milliseconds < least) {
                    least = milliseconds;
                    best = a;
                }
            }
            return Optional.ofNullable(best).map(a -> new Best(a, true));
        }
    }
}
