package dev.ijen.cuda.driver;

import dev.ijen.tensor.IjenException;

/// A call of NVIDIA's that failed.
public final class CudaException extends IjenException {
    private static final long serialVersionUID = 1L;

    /// The driver's number, or the library's.
    private final int code;
    private final boolean sticky;

    private CudaException(String what, String got, String expected, String fix, int code, boolean sticky) {
        super(what, got, expected, fix);
        this.code = code;
        this.sticky = sticky;
    }

    private CudaException(String text, int code, boolean sticky) {
        super(text);
        this.code = code;
        this.sticky = sticky;
    }

    /// A call of the driver.
    ///
    /// @param call its name, perhaps with what it was about
    static CudaException of(String call, int code) {
        boolean sticky = Status.sticky(code);
        return new CudaException(
                "cuda: " + call + " failed",
                Status.name(code) + " (" + code + ")",
                "success",
                sticky ? "the GPU's context is lost: close the engine and open a new one" : Status.fix(code),
                code,
                sticky);
    }

    /// A call of a library.
    public static CudaException library(String library, String call, int code, String name, String fix) {
        return new CudaException(library + ": " + call + " failed", name + " (" + code + ")", "success", fix, code,
                false);
    }

    /// Use of a context in which an earlier call failed for good.
    static CudaException dead(CudaException cause) {
        var e = new CudaException(
                "cuda: the GPU's context is lost",
                "an earlier error: " + cause.getMessage().lines().findFirst().orElse("") + ", "
                        + Status.name(cause.code),
                "a context without such an error",
                "close the engine and open a new one; in the same process that may need the process to end",
                cause.code,
                true);
        e.addSuppressed(cause);
        return e;
    }

    /// This error with the operation that was under way put before it.
    public CudaException in(String operation) {
        var e = new CudaException(operation + ": " + getMessage(), code, sticky);
        e.initCause(this);
        return e;
    }

    /// What may help.
    public String fix() {
        return Status.fix(code);
    }

    /// The driver's or library's number.
    public int code() {
        return code;
    }

    /// True if nothing more can be done in this context.
    public boolean isSticky() {
        return sticky;
    }
}
