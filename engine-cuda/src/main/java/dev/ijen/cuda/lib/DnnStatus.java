package dev.ijen.cuda.lib;

import dev.ijen.cuda.driver.CudaException;
import java.util.function.IntSupplier;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnStatus;

/// Calls of cuDNN, checked. Its numbers differ between 8 and 9, so it is asked for their names.
final class DnnStatus {
    private DnnStatus() {}

    static void check(String call, IntSupplier action) {
        int code = attempt(action);
        if (code != cudnnStatus.CUDNN_STATUS_SUCCESS) {
            throw failed(call, code);
        }
    }

    /// Where failure is an answer.
    ///
    /// @return cuDNN's number
    static int attempt(IntSupplier action) {
        try {
            return action.getAsInt();
        } catch (jcuda.CudaException e) {
            return code(e);
        }
    }

    /// JCuda's exceptions only have the name of the code, by cuDNN 8's numbers.
    static int code(jcuda.CudaException e) {
        return Codes.of(e, 32, cudnnStatus::stringFor);
    }

    static CudaException failed(String call, int code) {
        return CudaException.library("cuDNN", call, code, words(code), "run 'ijen doctor'");
    }

    static String words(int code) {
        var name = JCudnn.cudnnGetErrorString(code);
        var kind = name.replaceFirst("CUDNN_STATUS_", "");
        return name + meaning(kind);
    }

    private static String meaning(String kind) {
        if (kind.startsWith("NOT_SUPPORTED") || kind.startsWith("ARCH_MISMATCH")) {
            return ": this cuDNN can't do it on this GPU";
        }
        if (kind.startsWith("BAD_PARAM") || kind.startsWith("INVALID_VALUE")) {
            return ": a parameter is not valid";
        }
        if (kind.startsWith("NOT_INITIALIZED") || kind.startsWith("SUBLIBRARY")) {
            return ": a part of it could not be started";
        }
        if (kind.startsWith("ALLOC_FAILED")) {
            return ": it could not allocate memory";
        }
        return kind.startsWith("EXECUTION_FAILED") ? ": a kernel could not be run" : "";
    }
}
