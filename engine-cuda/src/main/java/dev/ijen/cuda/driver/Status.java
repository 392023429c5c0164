package dev.ijen.cuda.driver;

import jcuda.driver.CUresult;

/// The driver's results by number.
final class Status {
    static final int OUT_OF_MEMORY = 2;

    private Status() {}

    /// Such as `CUDA_ERROR_OUT_OF_MEMORY`.
    static String name(int code) {
        return CUresult.stringFor(code);
    }

    /// After these a context gives nothing but the same error: a kernel went wrong, or the device did.
    static boolean sticky(int code) {
        return switch (code) {
            case CUresult.CUDA_ERROR_ECC_UNCORRECTABLE, CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                    CUresult.CUDA_ERROR_LAUNCH_TIMEOUT, CUresult.CUDA_ERROR_ASSERT,
                    CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR, CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
                    CUresult.CUDA_ERROR_MISALIGNED_ADDRESS, CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
                    CUresult.CUDA_ERROR_INVALID_PC, CUresult.CUDA_ERROR_LAUNCH_FAILED,
                    CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED -> true;
            default -> false;
        };
    }

    static String fix(int code) {
        return switch (code) {
            case CUresult.CUDA_ERROR_NO_DEVICE -> "start the container with --gpus all, or check CUDA_VISIBLE_DEVICES";
            case CUresult.CUDA_ERROR_INVALID_PTX, CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
                    CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU -> "use a newer driver (525 or later)";
            case CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE -> "another process holds the GPU for itself; see nvidia-smi";
            default -> "run 'ijen doctor'";
        };
    }
}
