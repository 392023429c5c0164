package dev.ijen.cuda.lib;

import dev.ijen.cuda.call.CudaKernel;
import dev.ijen.cuda.call.Library;
import dev.ijen.cuda.driver.Gpu;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan.Launch;
import java.lang.foreign.Arena;
import java.util.Optional;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasPointerMode;
import jcuda.runtime.cudaStream_t;

/// Matrix products by cuBLAS: one handle and one workspace for a backend. Not safe for use by several threads at a time, and for one stream
/// at a time: what is in flight shares the workspace.
///
/// With one stream, a workspace of its own and no atomics, cuBLAS gives the same bits in every run on the same GPU.
public final class Blas implements Library {
    private static final long LARGE_WORKSPACE = 32L << 20;
    private static final long WORKSPACE = 4L << 20;

    /// Without atomics; JCuda has no name for it.
    private static final int ATOMICS_NOT_ALLOWED = 0;

    private final Gpu gpu;
    private final Arena arena = Arena.ofShared();
    private final cublasHandle handle = new cublasHandle();
    private final Block workspace;
    private final long workspaceBytes;
    private final boolean tf32;
    private final Scalars scalars = new Scalars(arena);
    private CUstream stream;
    private boolean created;
    private boolean closed;

    private Blas(Gpu gpu, Options options) {
        this.gpu = gpu;
        tf32 = options.tf32();
        workspaceBytes = gpu.capability() >= 90 ? LARGE_WORKSPACE : WORKSPACE; // what cuBLAS itself takes
        workspace = new Block(gpu, workspaceBytes);
    }

    /// Starts cuBLAS in the GPU's context.
    ///
    /// @param stream on which launches will be put
    public static Blas open(Gpu gpu, CUstream stream, Options options) {
        gpu.use();
        var blas = new Blas(gpu, options);
        try {
            blas.start(stream);
            return blas;
        } catch (RuntimeException e) {
            blas.close();
            throw e;
        }
    }

    private void start(CUstream first) {
        BlasStatus.check("cublasCreate", () -> JCublas2.cublasCreate(handle));
        created = true;
        BlasStatus.check(
                "cublasSetPointerMode",
                () -> JCublas2.cublasSetPointerMode(handle, cublasPointerMode.CUBLAS_POINTER_MODE_HOST));
        BlasStatus.check("cublasSetAtomicsMode", () -> JCublas2.cublasSetAtomicsMode(handle, ATOMICS_NOT_ALLOWED));
        // F32 means F32 by default; of 16 bits, no partial sum is kept in 16 bits
        BlasStatus.check(
                "cublasSetMathMode",
                () -> JCublas2.cublasSetMathMode(
                        handle,
                        cublasMath.CUBLAS_DEFAULT_MATH | cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION));
        use(first);
    }

    /// The handle, set to a stream.
    cublasHandle on(CUstream wanted) {
        if (closed) {
            throw new IllegalStateException("cuBLAS is closed");
        }
        if (wanted != stream && !wanted.equals(stream)) {
            use(wanted);
        }
        return handle;
    }

    private void use(CUstream next) {
        BlasStatus.check("cublasSetStream", () -> JCublas2.cublasSetStream(handle, new cudaStream_t(next)));
        // which has let go of the workspace; with one of cuBLAS's own, a captured graph would allocate
        BlasStatus.check("cublasSetWorkspace",
                () -> JCublas2.cublasSetWorkspace(handle, workspace.pointer(), workspaceBytes));
        stream = next;
    }

    boolean tf32() {
        return tf32;
    }

    Scalars scalars() {
        return scalars;
    }

    @Override
    public Optional<CudaKernel> offer(Launch launch) {
        return launch.kernel() instanceof Kernel.MatMul m && Product.suits(m, gpu.capability())
                ? Optional.of(new Product(this, m))
                : Optional.empty();
    }

    /// The GPU must have finished what was put on its streams.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (created && !gpu.isLost()) { // in a context that is lost its memory is gone, and asking cuBLAS to free it is of no use
                gpu.use();
                BlasStatus.check("cublasDestroy", () -> JCublas2.cublasDestroy(handle));
            }
        } finally {
            workspace.close();
            arena.close();
        }
    }
}
