package dev.ijen.cuda.lib;

import dev.ijen.cuda.call.CudaKernel;
import dev.ijen.cuda.driver.Addresses;
import dev.ijen.spi.Kernel.MatMul;
import dev.ijen.tensor.DType;
import java.lang.foreign.Arena;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasOperation;

/// A product by cuBLAS, which counts elements column by column: read so, row-major a [m, k], b [k, n], c [m, n] are aᵀ, bᵀ, cᵀ, and
/// c = a · b is cᵀ = bᵀ · aᵀ.
final class Product implements CudaKernel {
    /// Multiplications below which a call of cuBLAS takes longer than our kernel.
    private static final long FEW = 32_768;

    /// A limit of kernels inside some versions of cuBLAS: they count the batch by a grid's third dimension.
    private static final int MAX_BATCH = 65_535;

    private final Blas blas;
    private final MatMul m;
    private final int type;
    private final int compute;
    private final boolean inDouble;

    Product(Blas blas, MatMul m) {
        this.blas = blas;
        this.m = m;
        type = switch (m.dtype()) {
            case F32 -> cudaDataType.CUDA_R_32F;
            case F64 -> cudaDataType.CUDA_R_64F;
            case F16 -> cudaDataType.CUDA_R_16F;
            case BF16 -> cudaDataType.CUDA_R_16BF;
            case I32, I64, I8, U8, BOOL -> throw new IllegalArgumentException(m.toString());
        };
        inDouble = m.dtype() == DType.F64;
        compute = inDouble ? cublasComputeType.CUBLAS_COMPUTE_64F
                : blas.tf32() && m.dtype() == DType.F32 ? cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32
                : cublasComputeType.CUBLAS_COMPUTE_32F;
    }

    /// Whether cuBLAS does it, and better.
    static boolean suits(MatMul m, int capability) {
        boolean type = switch (m.dtype()) {
            case F32, F64, F16 -> true;
            case BF16 -> capability >= 80;
            case I32, I64, I8, U8, BOOL -> false;
        };
        return type && m.batch() <= MAX_BATCH && (double) m.batch() * m.m() * m.n() * m.k() >= FEW;
    }

    @Override
    public long scratchBytes() {
        return 0; // the handle has a workspace
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var a = Addresses.device(in[0]);
        var b = Addresses.device(in[1]);
        var c = Addresses.device(out[0]);
        var one = inDouble ? blas.scalars().oneF64 : blas.scalars().one;
        var zero = inDouble ? blas.scalars().zeroF64 : blas.scalars().zero;
        return stream -> enqueue(stream, a, b, c, one, zero);
    }

    private void enqueue(CUstream stream, Pointer a, Pointer b, Pointer c, Pointer one, Pointer zero) {
        var handle = blas.on(stream);
        int ta = m.ta() ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
        int tb = m.tb() ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
        int lda = m.ta() ? m.m() : m.k();
        int ldb = m.tb() ? m.k() : m.n();
        int code;
        try {
            code = m.batch() == 1
                    ? JCublas2.cublasGemmEx_new(
                            handle, tb, ta, m.n(), m.m(), m.k(), one, b, type, ldb, a, type, lda, zero, c, type, m.n(),
                            compute, cublasGemmAlgo.CUBLAS_GEMM_DEFAULT)
                    : JCublas2.cublasGemmStridedBatchedEx_new(
                            handle, tb, ta, m.n(), m.m(), m.k(), one, b, type, ldb, (long) m.k() * m.n(), a, type, lda,
                            (long) m.m() * m.k(), zero, c, type, m.n(), (long) m.m() * m.n(), m.batch(), compute,
                            cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
        } catch (jcuda.CudaException e) {
            code = BlasStatus.code(e);
        }
        if (code != 0) {
            throw BlasStatus.failed("product of " + this, code);
        }
    }

    /// Such as `4 × [128, 784] · [784, 512] F32`.
    @Override
    public String toString() {
        return (m.batch() == 1 ? "" : m.batch() + " × ") + "[" + m.m() + ", " + m.k() + "] · [" + m.k() + ", " + m.n()
                + "] " + m.dtype();
    }
}
