package dev.ijen.cuda.ptx;

/// What the address of a kernel parameter points to.
public sealed interface Argument {
    /// Input of the launch.
    record Input(int index) implements Argument {}

    /// Output of the launch.
    record Output(int index) implements Argument {}

    /// A place in the scratch buffer.
    ///
    /// @param offset in bytes
    record Scratch(long offset) implements Argument {}
}
