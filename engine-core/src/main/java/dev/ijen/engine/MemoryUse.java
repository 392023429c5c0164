package dev.ijen.engine;

/// Device memory in use.
///
/// @param buffers open buffers, workspaces included
/// @param liveBytes bytes in them
/// @param peakBytes the most there ever were
public record MemoryUse(long buffers, long liveBytes, long peakBytes) {}
