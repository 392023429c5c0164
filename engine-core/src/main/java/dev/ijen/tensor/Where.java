package dev.ijen.tensor;

import java.util.function.Supplier;

/// Remembers the user's line for each tensor. Tensors that a gradient or a pass makes inherit the line of the tensor they
/// come from, which is also cheaper than walking the stack.
public final class Where {
    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final ThreadLocal<Where> INHERITED = ThreadLocal.withInitial(Where::new);

    private StackWalker.StackFrame frame;
    private boolean inherits;

    private Where() {}

    static StackWalker.StackFrame current() {
        var w = INHERITED.get();
        return w.inherits ? w.frame : WALKER.walk(s -> s.filter(Where::user).findFirst().orElse(null));
    }

    /// Runs `f` with all new tensors attributed to the line of `origin`.
    public static <T> T of(Tensor origin, Supplier<T> f) {
        return inherit(origin.frame(), f);
    }

    private static <T> T inherit(StackWalker.StackFrame line, Supplier<T> f) {
        var w = INHERITED.get();
        var frame = w.frame;
        boolean inherits = w.inherits;
        w.frame = line;
        w.inherits = true;
        try {
            return f.get();
        } finally {
            w.frame = frame;
            w.inherits = inherits;
        }
    }

    /// Runs `f` with all new tensors attributed to the user's line that called: one walk up the stack instead of one a tensor. For
    /// library code that builds many.
    public static <T> T here(Supplier<T> f) {
        return inherit(current(), f);
    }

    private static boolean user(StackWalker.StackFrame f) {
        var name = f.getClassName();
        if (!name.startsWith("dev.ijen.")) {
            return !name.startsWith("java.");
        }
        return false;
    }
}
