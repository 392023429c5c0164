package dev.ijen.spi;

import dev.ijen.tensor.IjenException;

/// Device memory ran out.
public final class OutOfMemoryException extends IjenException {
    private static final long serialVersionUID = 1L;

    private final String device;
    private final long asked;
    private final long live;
    private final long total;

    /// @param asked bytes that were asked for
    /// @param live bytes in use
    /// @param total bytes the device has, or the limit that was set
    public OutOfMemoryException(String device, long asked, long live, long total) {
        this(device, asked, live, total, "", "use a smaller batch, or gradient accumulation", null);
    }

    /// The same with what is known above the backend.
    ///
    /// @param what the memory is for, and who has the most of it; may be empty
    public OutOfMemoryException(
            String device, long asked, long live, long total, String what, String fix, Throwable cause) {
        super(
                device + ": out of memory",
                "a request for %,d bytes with %,d in use".formatted(asked, live) + what,
                "at most %,d bytes in all".formatted(total),
                fix,
                cause);
        this.device = device;
        this.asked = asked;
        this.live = live;
        this.total = total;
    }

    /// The device's name.
    public String device() {
        return device;
    }

    /// Bytes that were asked for.
    public long asked() {
        return asked;
    }

    /// Bytes that were in use.
    public long live() {
        return live;
    }

    /// Bytes the device has, or the limit that was set.
    public long total() {
        return total;
    }
}
