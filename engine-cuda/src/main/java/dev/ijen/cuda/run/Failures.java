package dev.ijen.cuda.run;

import dev.ijen.cuda.driver.CudaException;
import dev.ijen.spi.Plan;
import dev.ijen.tensor.IjenException;

/// Errors on their way to the user.
final class Failures {
    private Failures() {}

    /// An error of preparing or running a launch, with the operation put before it.
    static RuntimeException in(Plan.Origin origin, RuntimeException e) {
        return switch (e) {
            case CudaException c -> c.in(origin.toString());
            case IjenException i -> new IjenException(origin + ": " + i.getMessage(), i);
            default -> new IjenException(origin + ": " + e, e);
        };
    }

    /// Use of something closed.
    static IllegalStateException closed(String what) {
        return new IllegalStateException(what + " is closed");
    }
}
