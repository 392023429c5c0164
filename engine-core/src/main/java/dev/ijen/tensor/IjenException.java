package dev.ijen.tensor;

/// An error a user can act on. The message has four parts, one a line:
///
/// ```
/// linear: shapes do not fit
///   got:      x[4, 2] · w[3, 2]
///   expected: x[N, in] · w[in, out] with equal 'in'
///   fix:      check the previous layer's output size
/// ```
public class IjenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// A message without the four parts.
    public IjenException(String what) {
        super(what);
    }

    /// A message without the four parts, and what caused it.
    public IjenException(String what, Throwable cause) {
        super(what, cause);
    }

    /// @param what the operation and what went wrong
    /// @param got what was given
    /// @param expected what would have been right
    /// @param fix what the user can do
    public IjenException(String what, String got, String expected, String fix) {
        super(block(what, got, expected, fix));
    }

    /// The four parts, and what caused it.
    public IjenException(String what, String got, String expected, String fix, Throwable cause) {
        super(block(what, got, expected, fix), cause);
    }

    private static String block(String what, String got, String expected, String fix) {
        return what + "\n  got:      " + got + "\n  expected: " + expected + "\n  fix:      " + fix;
    }
}
