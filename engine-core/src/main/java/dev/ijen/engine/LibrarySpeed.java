package dev.ijen.engine;

/// What a backend's library reaches when it is called alone, with its own threads: the yardstick for the backend's use of it.
/// Found by [java.util.ServiceLoader].
public interface LibrarySpeed {
    /// Which library; empty if it cannot be used here.
    String library();

    /// Seconds of one matrix product a [m, k] · b [k, n] of F32, all row-major: the median of repetitions.
    ///
    /// @param threads that the library may use
    /// @param budget seconds to spend
    /// @return NaN if the library cannot be used
    double matmulSeconds(int m, int n, int k, int threads, double budget);
}
