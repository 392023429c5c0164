package dev.ijen.tensor;

import java.util.StringJoiner;
import java.util.function.Supplier;

/// Remembers the user's line and the layer for each tensor. Tensors that a gradient or a pass makes inherit those of the
/// tensor they come from, which is also cheaper than walking the stack.
public final class Where {
    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final ThreadLocal<Where> INHERITED = ThreadLocal.withInitial(Where::new);

    private StackWalker.StackFrame frame;
    private boolean inherits;
    private String layer = "";
    private boolean gradient;

    /// Where a tensor comes from.
    ///
    /// @param frame the user's line; null if unknown
    /// @param layer dotted name of the layer; empty outside of layers
    /// @param gradient whether it is part of a gradient
    record Place(StackWalker.StackFrame frame, String layer, boolean gradient) {
        static final Place UNKNOWN = new Place(null, "", false);

        @Override
        public String toString() {
            var parts = new StringJoiner(" ");
            if (frame != null) {
                parts.add(frame.getFileName() + ":" + frame.getLineNumber());
            }
            if (!layer.isEmpty()) {
                parts.add(frame == null ? "layer " + layer : "in layer " + layer);
            }
            if (gradient) {
                parts.add("(gradient)");
            }
            return parts.toString();
        }
    }

    private Where() {}

    static Place current() {
        var w = INHERITED.get();
        return new Place(caller(), w.layer, w.gradient);
    }

    /// The user's line that called: the nearest one outside of Ijen. Null where there is none, or within [#nowhere].
    public static StackWalker.StackFrame caller() {
        var w = INHERITED.get();
        return w.inherits ? w.frame : line();
    }

    private static StackWalker.StackFrame line() {
        return WALKER.walk(s -> s.filter(Where::user).findFirst().orElse(null));
    }

    /// Runs `f` with all new tensors attributed to the line and layer of `origin`.
    public static <T> T of(Tensor origin, Supplier<T> f) {
        return inherit(origin.place(), f);
    }

    /// [#of] for what the gradient of `origin` is made of.
    static <T> T gradient(Tensor origin, Supplier<T> f) {
        var p = origin.place();
        return inherit(new Place(p.frame, p.layer, true), f);
    }

    private static <T> T inherit(Place place, Supplier<T> f) {
        var w = INHERITED.get();
        var frame = w.frame;
        boolean inherits = w.inherits;
        var layer = w.layer;
        boolean gradient = w.gradient;
        w.frame = place.frame;
        w.inherits = true;
        w.layer = place.layer;
        w.gradient = place.gradient;
        try {
            return f.get();
        } finally {
            w.frame = frame;
            w.inherits = inherits;
            w.layer = layer;
            w.gradient = gradient;
        }
    }

    /// Runs `f` with all new tensors attributed to a layer inside the one that is being applied.
    ///
    /// @param name the layer's name within its block
    public static <T> T layer(String name, Supplier<T> f) {
        var w = INHERITED.get();
        var outer = w.layer;
        w.layer = outer.isEmpty() || name.isEmpty() ? outer + name : outer + "." + name;
        try {
            return f.get();
        } finally {
            w.layer = outer;
        }
    }

    /// Runs `f` with all new tensors attributed to the user's line that called: one walk up the stack instead of one a tensor. For
    /// library code that builds many.
    public static <T> T here(Supplier<T> f) {
        return inherit(current(), f);
    }

    /// Runs `f` with new tensors attributed to no line: for programs that no line of a user builds, such as those of a command, where the nearest
    /// line outside of Ijen is one of the command line's parser.
    public static <T> T nowhere(Supplier<T> f) {
        return inherit(Place.UNKNOWN, f);
    }

    private static boolean user(StackWalker.StackFrame f) {
        var name = f.getClassName();
        return !name.startsWith("dev.ijen.") && !name.startsWith("java.") && !name.startsWith("jdk.");
    }
}
