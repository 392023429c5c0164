package dev.ijen.cuda.ptx;

import dev.ijen.spi.Region;
import java.util.List;

/// A region as kernels. Immutable.
///
/// @param text PTX of one module; it depends on the region alone, and so do the names of its kernels
/// @param launches in the order in which they must run
/// @param scratchBytes size of the buffer that [Argument.Scratch] points into; what it holds before does not matter
public record RegionCode(String text, List<RegionLaunch> launches, long scratchBytes) {
    /// Prints the kernels of a region.
    ///
    /// @param multiprocessors of the device; only grids of kernels whose results do not depend on them follow it
    public static RegionCode of(Region region, int multiprocessors) {
        return Compiler.compile(region, multiprocessors);
    }
}
