package dev.ijen.engine;

import dev.ijen.spi.Backend;
import dev.ijen.spi.Backend.Buffer;
import dev.ijen.spi.OutOfMemoryException;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Who has the device's memory, and how much there may be in all.
final class MemoryAccount {
    private static final int NAMED = 4;

    private final Backend backend;
    private final long limit;
    private final Collection<AutoCloseable> open;

    /// @param limit most bytes; 0 for all the device has
    /// @param open cells' memory and steps
    MemoryAccount(Backend backend, long limit, Collection<AutoCloseable> open) {
        this.backend = backend;
        this.limit = limit;
        this.open = open;
    }

    /// The most bytes there may be.
    long most() {
        long free = backend.memory().liveBytes() + Math.max(0, backend.freeBytes());
        return limit > 0 ? Math.min(limit, free) : free;
    }

    /// Memory for `what`.
    ///
    /// @throws OutOfMemoryException naming what has the most
    Buffer allocate(long bytes, String what) {
        return within(bytes, what, () -> backend.allocate(bytes));
    }

    /// Something that allocates so many bytes in one piece.
    <T> T within(long bytes, String what, Supplier<T> allocation) {
        if (limit == 0) {
            return explained(what, allocation);
        }
        synchronized (this) { // between the check and the allocation nobody else may have the last bytes
            long live = backend.memory().liveBytes();
            if (bytes > limit - live) {
                throw explained(
                        what, new OutOfMemoryException(backend.info().name() + ", limited", bytes, live, limit));
            }
            return explained(what, allocation);
        }
    }

    private <T> T explained(String what, Supplier<T> allocation) {
        try {
            return allocation.get();
        } catch (OutOfMemoryException e) {
            throw explained(what, e);
        }
    }

    private OutOfMemoryException explained(String what, OutOfMemoryException e) {
        return new OutOfMemoryException(
                e.device(), e.asked(), e.live(), e.total(), " for " + what + largest(),
                "use a smaller network or batch, or allow more memory", e);
    }

    /// The same error, knowing a batch that would do.
    ///
    /// @param batch the greatest that would fit; 0 for none
    static OutOfMemoryException withBatch(OutOfMemoryException e, int batch, int of) {
        var got = e.getMessage().lines().filter(l -> l.strip().startsWith("got:")).findFirst().orElse("");
        int in = got.indexOf(" in use");
        return new OutOfMemoryException(
                e.device(), e.asked(), e.live(), e.total(), in < 0 ? "" : got.substring(in + " in use".length()),
                batch == 0
                        ? "not even a batch of 1 would fit: use a smaller model, or close what is not needed"
                        : "a batch of " + batch + " instead of " + of
                                + " would fit: with gradient accumulation the same update",
                e);
    }

    private String largest() {
        var all = owners();
        return all.isEmpty() ? ""
                : "; the most have " + all.entrySet().stream()
                        .limit(NAMED)
                        .map(o -> o.getKey() + " " + Bytes.text(o.getValue()))
                        .collect(Collectors.joining(", "));
    }

    /// Bytes by owner, the greatest first.
    Map<String, Long> owners() {
        record Owner(String name, long bytes) {}
        List<Owner> found;
        synchronized (open) {
            found = open.stream().map(c -> switch (c) {
                case HeldMemory m -> new Owner(m.what(), m.isClosed() ? 0 : m.buffer().bytes());
                case Step s -> new Owner(s.toString(), s.boundBytes());
                default -> new Owner("", 0);
            }).toList();
        }
        var named = new LinkedHashMap<String, Long>();
        found.stream().filter(o -> o.bytes > 0).sorted(Comparator.comparingLong(Owner::bytes).reversed())
                .forEach(o -> named.merge(o.name, o.bytes, Long::sum));
        return named;
    }
}
