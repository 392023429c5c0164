package dev.ijen.tensor;

/// Shapes or element types do not fit an operation. Thrown at the call that builds the operation, so that the stack trace
/// points at the user's line.
public final class ShapeException extends IjenException {
    private static final long serialVersionUID = 1L;

    /// @param operation the operation's name
    /// @param got the shapes given
    /// @param expected the rule, with dimension names
    /// @param fix what to check
    public ShapeException(String operation, String got, String expected, String fix) {
        super(operation + ": shapes do not fit", got, expected, fix);
    }

    private ShapeException(String operation, DType got, String expected, String fix) {
        super(operation + ": element type not taken", got.toString(), expected, fix);
    }

    /// An element type an operation does not take.
    static ShapeException dtype(String operation, DType got, String expected, String fix) {
        return new ShapeException(operation, got, expected, fix);
    }
}
