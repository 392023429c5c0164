package dev.ijen.spi;

import dev.ijen.tensor.IjenException;

/// Errors that a kernel finds in its data, in the same words on every backend.
public final class RunErrors {
    private RunErrors() {}

    /// An index of a gather or scatter that names no row.
    ///
    /// @param position in the index
    /// @param rows of the table
    public static IjenException index(int position, int index, int rows) {
        return new IjenException(
                "index out of range",
                "index " + index + " at position " + position,
                "0 to " + (rows - 1),
                "check the vocabulary or the class count against the data");
    }

    /// A label of a cross-entropy that is no class.
    ///
    /// @param classes number of classes
    public static IjenException label(int row, int label, int classes) {
        return new IjenException(
                "label out of range",
                "label " + label + " in row " + row,
                "0 to " + (classes - 1) + ", or a negative number for rows that do not count",
                "check that the model has as many outputs as the data has classes");
    }
}
