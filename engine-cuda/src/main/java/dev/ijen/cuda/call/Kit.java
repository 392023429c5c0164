package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Gpu;
import dev.ijen.cuda.driver.Modules;
import java.util.List;

/// What kernels are chosen from.
///
/// @param libraries asked first, in order
/// @param deterministic the same bits in every run; our own kernels give them always
public record Kit(Gpu gpu, Modules modules, List<Library> libraries, boolean deterministic) {}
