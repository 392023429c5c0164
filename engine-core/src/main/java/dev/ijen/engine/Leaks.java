package dev.ijen.engine;

import java.lang.ref.Cleaner;

/// Reports device memory that nobody can close any more, with the line it was made at. Only reports: freeing is not left to the
/// garbage collector, which knows nothing of a device's memory.
final class Leaks {
    private static final Cleaner CLEANER = Cleaner.create();

    private Leaks() {}

    /// Runs `lost` when nothing refers to `owner` any more, which `lost` itself must not do.
    static void watch(Object owner, Runnable lost) {
        CLEANER.register(owner, lost);
    }

    static void report(String what, StackWalker.StackFrame where, String kept, String fix) {
        System.getLogger(Leaks.class.getName()).log(
                System.Logger.Level.WARNING,
                "{0}, made at {1}, was never closed: {2}. {3}",
                what,
                where == null ? "a line of Ijen's own" : where.toStackTraceElement().toString(),
                kept,
                fix);
    }
}
