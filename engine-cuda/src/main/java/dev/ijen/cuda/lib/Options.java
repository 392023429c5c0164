package dev.ijen.cuda.lib;

import java.nio.file.Path;

/// How libraries may compute.
///
/// @param deterministic the same bits in every run: only algorithms that promise it
/// @param tf32 products of F32 may be made of inputs with 10 bits of mantissa, on tensor cores
/// @param cache the folder that remembers which algorithms were fastest; see [dev.ijen.cuda.load.Machine#cache]
public record Options(boolean deterministic, boolean tf32, Path cache) {}
