package dev.ijen.cuda.call;

/// Lays out the parts of a kernel's scratch memory.
final class Layout {
    private static final int ALIGNMENT = 256;

    private long bytes;

    /// Room for one more part.
    ///
    /// @return its offset, a multiple of 256 bytes
    long part(long size) {
        long offset = bytes;
        bytes += (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        return offset;
    }

    /// All parts together.
    long bytes() {
        return bytes;
    }
}
