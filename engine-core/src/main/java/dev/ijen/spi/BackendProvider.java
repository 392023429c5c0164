package dev.ijen.spi;

import java.util.List;

/// Finds and opens the devices of one backend; loaded by [java.util.ServiceLoader].
public interface BackendProvider {
    /// The backend's name in `--device`: `cpu`, `cuda`.
    String name();

    /// Providers with a higher priority are chosen first by `--device auto`.
    int priority();

    /// Looks for devices. Never throws, and is fast where there is nothing to find.
    Probe probe();

    /// Begins with what opening a device and a first plan load: called in a thread of its own, while options and data are read. It may do
    /// nothing, and what goes wrong is for the probe to tell.
    void ahead();

    /// Opens device `index`, which the probe must have listed.
    Backend open(int index, Options options);

    /// What a probe found.
    sealed interface Probe {
        /// Devices that can be opened, by index.
        record Available(List<DeviceInfo> devices) implements Probe {}

        /// Why there are none, and what would help.
        record Unavailable(String reason, String fix) implements Probe {}
    }

    /// How to open a device.
    ///
    /// @param threads CPU threads; 0 for as many as there are processors
    /// @param deterministic the same bits in every run even where that is slower
    /// @param nativeLibraries false to stay with Java code on the CPU
    /// @param tf32 whether products and convolutions of F32 may round their operands to TF32 (10 bits of fraction). Without it they
    ///     must not: F32 then means all 24 bits. It holds for the backend as a whole, so plans need not say it, but what a backend
    ///     keeps beyond its own life (chosen algorithms) must be kept apart by it.
    record Options(int threads, boolean deterministic, boolean nativeLibraries, boolean tf32) {
        /// Without TF32.
        public Options(int threads, boolean deterministic, boolean nativeLibraries) {
            this(threads, deterministic, nativeLibraries, false);
        }

        /// All processors, fastest algorithms, native libraries where they are found.
        public static Options defaults() {
            return new Options(0, false, true);
        }
    }
}
