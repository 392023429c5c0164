package dev.ijen.cuda.lib;

import dev.ijen.cuda.call.CudaKernel;
import dev.ijen.cuda.call.Library;
import dev.ijen.cuda.driver.CudaException;
import dev.ijen.cuda.driver.Gpu;
import dev.ijen.spi.Kernel.Conv;
import dev.ijen.spi.Plan.Launch;
import java.lang.foreign.Arena;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import jcuda.driver.CUstream;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;

/// Convolutions by cuDNN: one handle for a backend, not safe for use by several threads at a time. An offer may run the convolution to see which
/// algorithm is fastest, on the stream given to [#open], which must not be captured meanwhile.
///
/// Pooling is not cuDNN's: its gradient goes to another element than ours among equal ones, and padding can win. Nor are convolutions in
/// F64, with padding that differs between the sides, or with fewer multiplications than are worth a call.
public final class Dnn implements Library {
    private static final System.Logger LOG = System.getLogger(Dnn.class.getName());

    private final Gpu gpu;
    private final Arena arena = Arena.ofShared();
    private final Scalars scalars = new Scalars(arena);
    private final cudnnHandle handle = new cudnnHandle();
    private final ConvChooser chooser;
    private final Set<String> refused = new HashSet<>();
    private CUstream stream;
    private boolean created;
    private boolean closed;

    private Dnn(Gpu gpu, CUstream stream, Options options) {
        this.gpu = gpu;
        var choices = Choices.of(
                options.cache(), gpu.properties().name(), JCudnn.cudnnGetVersion(), Gpu.driverVersion());
        chooser = new ConvChooser(this, gpu, stream, options, choices);
    }

    /// Starts cuDNN in the GPU's context.
    ///
    /// @param stream on which launches will be put
    public static Dnn open(Gpu gpu, CUstream stream, Options options) {
        gpu.use();
        var dnn = new Dnn(gpu, stream, options);
        try {
            DnnStatus.check("cudnnCreate", () -> JCudnn.cudnnCreate(dnn.handle));
            dnn.created = true;
            dnn.use(stream);
            return dnn;
        } catch (RuntimeException e) {
            dnn.close();
            throw e;
        }
    }

    /// The handle, set to a stream.
    cudnnHandle on(CUstream wanted) {
        if (closed) {
            throw new IllegalStateException("cuDNN is closed");
        }
        if (!wanted.equals(stream)) {
            use(wanted);
        }
        return handle;
    }

    private void use(CUstream next) {
        DnnStatus.check("cudnnSetStream", () -> JCudnn.cudnnSetStream(handle, new cudaStream_t(next)));
        stream = next;
    }

    Scalars scalars() {
        return scalars;
    }

    @Override
    public Optional<CudaKernel> offer(Launch launch) {
        return launch.kernel() instanceof Conv c && suits(c) ? ConvShape.of(c).flatMap(s -> offer(c, s))
                : Optional.empty();
    }

    private boolean suits(Conv c) {
        return switch (c.dtype()) {
            case F32, F16 -> true;
            case BF16 -> gpu.capability() >= 80;
            case F64, I32, I64, I8, U8, BOOL -> false;
        };
    }

    private Optional<CudaKernel> offer(Conv c, ConvShape shape) {
        gpu.use();
        var name = c.pass() + " " + c.dtype() + " " + shape;
        ConvDescriptors descriptors = null;
        boolean kept = false;
        try {
            descriptors = new ConvDescriptors(shape, c.dtype());
            var best = chooser.choose(c, shape, descriptors, name);
            if (best.isEmpty()) {
                note(name, "none of its algorithms can be used");
                return Optional.empty();
            }
            kept = true;
            return Optional.of(new Convolution(this, c.pass(), descriptors, best.get(), name));
        } catch (CudaException e) {
            if (e.isSticky() || gpu.isLost()) {
                throw e;
            }
            note(name, e.getMessage());
            return Optional.empty();
        } finally {
            if (descriptors != null && !kept) {
                descriptors.close();
            }
        }
    }

    private void note(String name, String why) {
        if (refused.add(name)) {
            LOG.log(System.Logger.Level.INFO, "cuDNN does not do {0}, our own kernel does: {1}", name, why);
        }
    }

    /// The GPU must have finished what was put on its streams.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (created && !gpu.isLost()) {
                gpu.use();
                DnnStatus.check("cudnnDestroy", () -> JCudnn.cudnnDestroy(handle));
            }
        } finally {
            arena.close();
        }
    }
}
