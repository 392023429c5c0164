package dev.ijen.train;

import dev.ijen.tensor.IjenException;

/// A training that failed while it ran.
public final class TrainException extends IjenException {
    private static final long serialVersionUID = 1L;

    TrainException(String what, String got, String expected, String fix) {
        super(what, got, expected, fix);
    }
}
