package dev.ijen.engine;

import dev.ijen.tensor.Precision;

/// How an engine is opened.
///
/// @param threads CPU threads; 0 for as many as there are processors
/// @param deterministic the same bits in every run even where that is slower
/// @param nativeLibraries false to stay with Java code on the CPU
/// @param seed of initial values and of randomness in programs
/// @param precision in which types steps compute what is written in F32
/// @param memoryLimit most bytes on the device; 0 for all it has
public record EngineOptions(
        int threads,
        boolean deterministic,
        boolean nativeLibraries,
        long seed,
        Precision precision,
        long memoryLimit) {
    /// All processors, fastest algorithms, seed 0, F32.
    public static EngineOptions defaults() {
        return new EngineOptions(0, false, true, 0, Precision.F32, 0);
    }

    /// With another number of threads.
    public EngineOptions withThreads(int n) {
        return new EngineOptions(n, deterministic, nativeLibraries, seed, precision, memoryLimit);
    }

    /// With or without bit-equal runs where that is slower.
    public EngineOptions withDeterministic(boolean on) {
        return new EngineOptions(threads, on, nativeLibraries, seed, precision, memoryLimit);
    }

    /// With or without native libraries.
    public EngineOptions withNativeLibraries(boolean on) {
        return new EngineOptions(threads, deterministic, on, seed, precision, memoryLimit);
    }

    /// With another seed.
    public EngineOptions withSeed(long s) {
        return new EngineOptions(threads, deterministic, nativeLibraries, s, precision, memoryLimit);
    }

    /// With another precision.
    public EngineOptions withPrecision(Precision p) {
        return new EngineOptions(threads, deterministic, nativeLibraries, seed, p, memoryLimit);
    }

    /// With at most so many bytes on the device; 0 for all it has.
    public EngineOptions withMemoryLimit(long bytes) {
        return new EngineOptions(threads, deterministic, nativeLibraries, seed, precision, bytes);
    }
}
