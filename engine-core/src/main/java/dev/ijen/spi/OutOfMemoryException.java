package dev.ijen.spi;

import dev.ijen.tensor.IjenException;

/// Device memory ran out.
public final class OutOfMemoryException extends IjenException {
    private static final long serialVersionUID = 1L;

    /// @param asked bytes that were asked for
    /// @param live bytes in use
    /// @param total bytes the device has, or the limit that was set
    public OutOfMemoryException(String device, long asked, long live, long total) {
        super(
                device + ": out of memory",
                "a request for %,d bytes with %,d in use".formatted(asked, live),
                "at most %,d bytes in all".formatted(total),
                "use a smaller batch, or gradient accumulation");
    }
}
