package dev.ijen.cli;

import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Consumer;

/// Ctrl-C and SIGTERM. During work that can stop at a good point, the first asks it to, the second stops the process;
/// at any other time the first one does.
final class Interrupts {
    private volatile Consumer<String> listener;
    private volatile boolean requested;

    /// Work that stops at a good point begins; it ends with `close`.
    ///
    /// @param tell gets one line to show when the first signal comes
    Guard guard(Consumer<String> tell) {
        listener = tell;
        return () -> listener = null;
    }

    /// Ends the guarded time.
    interface Guard extends AutoCloseable {
        @Override
        void close();
    }

    /// True once a signal has come.
    boolean requested() {
        return requested;
    }

    /// A signal comes. True if the process should end at once. Each comes on a thread of its own.
    synchronized boolean signal() {
        var tell = listener;
        if (requested || tell == null) {
            return true;
        }
        requested = true;
        tell.accept("interrupted: finishing this step and saving a checkpoint; interrupt again to stop at once");
        return false;
    }

    /// From now on the process's signals come here.
    void install() {
        for (var name : new String[] {"INT", "TERM"}) {
            handle(name);
        }
    }

    /// `sun.misc.Signal`, the only way to see a second Ctrl-C, is a supported API that javac warns about without a way
    /// to say that it is meant; hence by reflection. Where it is missing, Ctrl-C does what Java does by itself.
    private void handle(String name) {
        try {
            var signalType = Class.forName("sun.misc.Signal");
            var handlerType = Class.forName("sun.misc.SignalHandler");
            var lookup = MethodHandles.lookup();
            var target = lookup.bind(this, "handled", MethodType.methodType(void.class, Object.class))
                    .asType(MethodType.methodType(void.class, signalType));
            var handler = MethodHandleProxies.asInterfaceInstance(handlerType, target);
            var signal = signalType.getConstructor(String.class).newInstance(name);
            signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            System.getLogger(Interrupts.class.getName()).log(System.Logger.Level.DEBUG, "no handler for SIG" + name, e);
        }
    }

    /// The JVM's handler of a signal, on a thread of its own.
    void handled(Object signal) {
        if (signal()) {
            System.err.println("interrupted by " + signal + ": stopped");
            Runtime.getRuntime().halt(Exit.INTERRUPTED);
        }
    }
}
