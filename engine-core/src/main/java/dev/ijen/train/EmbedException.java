package dev.ijen.train;

import dev.ijen.tensor.IjenException;

/// Vectors that a model does not have: no such layer, no table, no examples.
public final class EmbedException extends IjenException {
    private static final long serialVersionUID = 1L;

    EmbedException(String what, String got, String expected, String fix) {
        super("embed: " + what, got, expected, fix);
    }
}
