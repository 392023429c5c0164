package dev.ijen.cuda.ptx;

import dev.ijen.spi.Region;
import java.util.List;

/// A fused region as PTX.
///
/// @param text one module
/// @param launches in order
/// @param scratchBytes device memory that launches hand on to each other
public record RegionCode(String text, List<RegionLaunch> launches, long scratchBytes) {
    /// Prints the region.
    ///
    /// @param multiprocessors of the GPU it will run on
    public static RegionCode of(Region region, int multiprocessors) {
        throw new IllegalStateException("not merged yet: PTX of " + region + " for " + multiprocessors);
    }
}
