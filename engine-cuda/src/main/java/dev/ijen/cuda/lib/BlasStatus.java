package dev.ijen.cuda.lib;

import dev.ijen.cuda.driver.CudaException;
import java.util.function.IntSupplier;
import jcuda.jcublas.cublasStatus;

/// Calls of cuBLAS, checked.
final class BlasStatus {
    private BlasStatus() {}

    static void check(String call, IntSupplier action) {
        int code;
        try {
            code = action.getAsInt();
        } catch (jcuda.CudaException e) {
            code = code(e);
        }
        if (code != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw failed(call, code);
        }
    }

    /// JCuda's exceptions only have the name of the code.
    static int code(jcuda.CudaException e) {
        return Codes.of(e, 32, cublasStatus::stringFor);
    }

    static CudaException failed(String call, int code) {
        return CudaException.library("cuBLAS", call, code, words(code), fix(code));
    }

    private static String words(int code) {
        var meaning = switch (code) {
            case cublasStatus.CUBLAS_STATUS_NOT_INITIALIZED -> "it has not started, or has been closed";
            case cublasStatus.CUBLAS_STATUS_ALLOC_FAILED -> "it could not allocate memory";
            case cublasStatus.CUBLAS_STATUS_INVALID_VALUE -> "a parameter is not valid";
            case cublasStatus.CUBLAS_STATUS_ARCH_MISMATCH -> "this GPU can't do it";
            case cublasStatus.CUBLAS_STATUS_MAPPING_ERROR -> "memory could not be reached";
            case cublasStatus.CUBLAS_STATUS_EXECUTION_FAILED -> "a kernel could not be run";
            case cublasStatus.CUBLAS_STATUS_INTERNAL_ERROR -> "it went wrong inside";
            case cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED -> "this cuBLAS can't do it";
            default -> "unknown";
        };
        return cublasStatus.stringFor(code) + ": " + meaning;
    }

    private static String fix(int code) {
        return switch (code) {
            case cublasStatus.CUBLAS_STATUS_NOT_INITIALIZED, cublasStatus.CUBLAS_STATUS_ALLOC_FAILED ->
                    "free GPU memory: use a smaller batch, or end other programs (see nvidia-smi)";
            case cublasStatus.CUBLAS_STATUS_ARCH_MISMATCH, cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED ->
                    "install a cuBLAS that fits the GPU; see 'ijen doctor'";
            default -> "run 'ijen doctor'";
        };
    }
}
