package dev.ijen.cuda.ptx;

import java.util.List;

/// One launch of a region's code.
///
/// @param arguments addresses, 8 bytes each
public record RegionLaunch(String kernel, int gridX, int gridY, int blockX, int blockY, List<Argument> arguments) {}
