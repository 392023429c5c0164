package dev.ijen.cuda.ptx;

/// An address a kernel takes.
public sealed interface Argument {
    /// Launch input `index`.
    record Input(int index) implements Argument {}

    /// Launch output `index`.
    record Output(int index) implements Argument {}

    /// Scratch memory from an offset on.
    record Scratch(long offset) implements Argument {}
}
