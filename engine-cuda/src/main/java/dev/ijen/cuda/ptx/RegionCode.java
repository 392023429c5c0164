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

    /// True if a region can share a launch with others: it has one axis, and nothing is folded.
    public static boolean joinable(Region r) {
        return r.space().length == 1 && r.stores().stream().allMatch(s -> s.fold() == null && s.stride()[0] != 0);
    }

    /// True if two regions can share a launch: they are equal but for the length of their only axis.
    public static boolean joinable(Region a, Region b) {
        return joinable(a) && joinable(b) && a.body().equals(b.body()) && a.stores().equals(b.stores());
    }

    /// Prints regions that are [#joinable] and independent of each other, such as the updates of all parameters, in as few launches
    /// as the size of a kernel's parameters allows. Inputs and outputs are numbered through: those of the second region follow those
    /// of the first.
    ///
    /// @param inputs how many each region has
    /// @param outputs how many each region has
    public static RegionCode ofAll(List<Region> regions, int inputs, int outputs) {
        for (var r : regions) {
            if (!joinable(regions.getFirst(), r)) {
                throw new IllegalArgumentException("regions that do not join: " + regions.getFirst() + " and " + r);
            }
        }
        return Compiler.compile(regions, inputs, outputs);
    }
}
