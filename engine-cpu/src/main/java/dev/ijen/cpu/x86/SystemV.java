package dev.ijen.cpu.x86;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/// Calls of C functions on x86-64, by the System V ABI. Java makes some twenty classes for each signature that is linked, at every start
/// anew, so there are as few as can be: a whole number or a pointer is passed in the same register, or in the same 8 bytes of the stack,
/// whatever its type, and a function does not see what is passed beyond the arguments it has. So one signature does for all functions of
/// whole numbers and pointers, and one for those that take some floats, too, which have registers of their own. Of a narrow argument the
/// function only reads the low bits; of a narrow result only these count.
///
/// Source: System V Application Binary Interface, AMD64 Architecture Processor Supplement, 3.2.3 (Parameter Passing).
public final class SystemV {
    /// Most arguments of a function.
    private static final int MOST = 13;

    private SystemV() {}

    /// The function of that name of the system's own library.
    static MemorySegment function(String name) {
        return Linker.nativeLinker().defaultLookup().findOrThrow(name);
    }

    public static long call(MemorySegment f) {
        return call(f, 0, 0, 0, 0, 0, 0, 0);
    }

    public static long call(MemorySegment f, long a) {
        return call(f, a, 0, 0, 0, 0, 0, 0);
    }

    public static long call(MemorySegment f, long a, long b) {
        return call(f, a, b, 0, 0, 0, 0, 0);
    }

    public static long call(MemorySegment f, long a, long b, long c) {
        return call(f, a, b, c, 0, 0, 0, 0);
    }

    public static long call(MemorySegment f, long a, long b, long c, long d) {
        return call(f, a, b, c, d, 0, 0, 0);
    }

    public static long call(MemorySegment f, long a, long b, long c, long d, long e) {
        return call(f, a, b, c, d, e, 0, 0);
    }

    public static long call(MemorySegment f, long a, long b, long c, long d, long e, long g) {
        return call(f, a, b, c, d, e, g, 0);
    }

    public static long call(MemorySegment f, long a, long b, long c, long d, long e, long g, long h) {
        return call(f, a, b, c, d, e, g, h, 0, 0, 0, 0, 0, 0);
    }

    /// Calls a function of up to 13 whole numbers and pointers.
    public static long call(MemorySegment f, long a, long b, long c, long d, long e, long g, long h, long i, long j,
            long k, long l,
            long m, long n) {
        try {
            return (long) Whole.CALL.invokeExact(f, a, b, c, d, e, g, h, i, j, k, l, m, n);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// Calls a function of up to three whole numbers and pointers and two floats, wherever among them these stand.
    public static long callWithFloats(MemorySegment f, long a, long b, long c, float x, float y) {
        try {
            return (long) Mixed.CALL.invokeExact(f, a, b, c, x, y);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /// The same as [#call(MemorySegment, long)] for a function without a result that is short and never waits: the JVM's own threads may
    /// wait for it.
    public static void brief(MemorySegment f, long a) {
        brief(f, a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /// Of up to eleven arguments.
    static void brief(MemorySegment f, long a, long b, long c, long d, long e, long g, long h, long i, long j, long k,
            long l) {
        try {
            long _ = (long) Brief.CALL.invokeExact(f, a, b, c, d, e, g, h, i, j, k, l, 0L, 0L);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static AssertionError unexpected(Throwable t) {
        return new AssertionError("a call of a C function threw", t);
    }

    /// So many numbers of 64 bits, and then `more`.
    private static MemoryLayout[] numbers(int n, MemoryLayout... more) {
        var all = new MemoryLayout[n + more.length];
        Arrays.fill(all, 0, n, ValueLayout.JAVA_LONG);
        System.arraycopy(more, 0, all, n, more.length);
        return all;
    }

    @SuppressWarnings("restricted") // those who call know the functions
    private static MethodHandle link(FunctionDescriptor type, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(type, options);
    }

    /// Each is linked when it is first called.
    private static final class Whole {
        static final MethodHandle CALL = link(FunctionDescriptor.of(ValueLayout.JAVA_LONG, numbers(MOST)));
    }

    private static final class Mixed {
        static final MethodHandle CALL = link(FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, numbers(3, ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_FLOAT)));
    }

    private static final class Brief {
        // of the type above, so that most of what links that one links this
        static final MethodHandle CALL = link(FunctionDescriptor.of(ValueLayout.JAVA_LONG, numbers(MOST)),
                Linker.Option.critical(false));
    }
}
