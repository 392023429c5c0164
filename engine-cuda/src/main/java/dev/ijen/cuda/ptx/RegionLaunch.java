package dev.ijen.cuda.ptx;

import java.util.List;

/// One launch of a kernel of a region. Parameters are addresses only, 8 bytes each.
///
/// @param kernel name of the entry
/// @param arguments what the parameters point to, in order
public record RegionLaunch(String kernel, int gridX, int gridY, int blockX, int blockY, List<Argument> arguments) {}
