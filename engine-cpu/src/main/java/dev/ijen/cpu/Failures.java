package dev.ijen.cpu;

import dev.ijen.spi.Plan;
import dev.ijen.tensor.IjenException;

/// Errors on their way to the user.
final class Failures {
    private Failures() {}

    /// `t` as something that may be thrown anywhere.
    static RuntimeException unchecked(Throwable t) {
        if (t instanceof Error e) {
            throw e;
        }
        return t instanceof RuntimeException r ? r : new IllegalStateException(t);
    }

    /// An error of a run, with the operation it happened in put before it.
    static IjenException in(Plan.Origin origin, RuntimeException e) {
        return new IjenException(origin + ": " + (e instanceof IjenException ? e.getMessage() : e.toString()), e);
    }

    /// Use of something closed.
    static IllegalStateException closed(String what) {
        return new IllegalStateException(what + " is closed");
    }
}
