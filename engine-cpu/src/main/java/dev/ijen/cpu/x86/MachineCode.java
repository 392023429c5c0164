package dev.ijen.cpu.x86;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A function in memory of its own that may be executed, and no longer be written to.
///
/// Equal code is kept once and for the life of the JVM, up to a limit; beyond it there is none.
public final class MachineCode {
    /// Most memory for code, in bytes.
    private static final long LIMIT = 64 << 20;

    private static final long PAGE = 4096;
    private static final int READ_WRITE = 1 | 2;
    private static final int READ_EXECUTE = 1 | 4;
    private static final int PRIVATE_ANONYMOUS = 0x02 | 0x20;
    private static final int NONE = -1;

    private static final Map<ByteBuffer, MachineCode> KEPT = new ConcurrentHashMap<>();
    private static final AtomicLong BYTES = new AtomicLong();

    private final MemorySegment start;

    private MachineCode(MemorySegment start) {
        this.start = start;
    }

    /// The function, ready to run, or null if the system does not let memory be executed or too much is in use.
    ///
    /// @param code of a function of two arguments, a pointer to numbers of 64 bits and a number of 64 bits, by the System V ABI
    static MachineCode of(byte[] code) {
        return KEPT.computeIfAbsent(ByteBuffer.wrap(code), _ -> make(code));
    }

    /// Why there is no machine code here; empty if there is.
    public static String reason() {
        return Tried.REASON;
    }

    /// A function that only returns is made to see whether the system allows it. AVX2 is the least that is asked for.
    private static final class Tried {
        static final String REASON = Target.best() != null && of(new byte[] {(byte) 0xc3}) == null
                ? "the system does not let memory be made executable"
                : Target.best() == null ? Target.AVX2.reason() : "";
    }

    private static MachineCode make(byte[] code) {
        long size = (code.length + PAGE - 1) / PAGE * PAGE;
        if (BYTES.addAndGet(size) > LIMIT) {
            BYTES.addAndGet(-size);
            return null;
        }
        MemorySegment at = Calls.map(size);
        if (at == null) {
            return null;
        }
        MemorySegment.copy(code, 0, at, ValueLayout.JAVA_BYTE, 0, code.length);
        return Calls.protect(at, size) ? new MachineCode(at) : null;
    }

    /// Runs it.
    ///
    /// @param pointers a segment on the heap
    public void run(MemorySegment pointers, long n) {
        try {
            Calls.FUNCTION.invokeExact(start, pointers, n);
        } catch (Throwable t) {
            throw new AssertionError(t); // it throws nothing
        }
    }

    /// Runs a function of eleven numbers.
    public void run(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k) {
        try {
            Calls.NUMBERS.invokeExact(start, a, b, c, d, e, f, g, h, i, j, k);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /// System calls, and the call of a function. They are looked up where code is first made.
    @SuppressWarnings("restricted") // running what it has written is what this class is for
    private static final class Calls {
        private static final Linker LINKER = Linker.nativeLinker();
        /// Short and without waiting: the JVM's own threads may wait for it, and the heap's segment may be passed as it is.
        static final MethodHandle FUNCTION = LINKER.downcallHandle(
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG), Linker.Option.critical(true));

        static final MethodHandle NUMBERS = LINKER.downcallHandle(
                FunctionDescriptor.ofVoid(
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
                Linker.Option.critical(false));

        private static final MethodHandle MMAP = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("mmap"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));

        private static final MethodHandle MPROTECT = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("mprotect"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

        /// Fresh memory, or null.
        static MemorySegment map(long size) {
            try {
                long at = (long) MMAP.invokeExact(0L, size, READ_WRITE, PRIVATE_ANONYMOUS, NONE, 0L);
                return at == -1 ? null : MemorySegment.ofAddress(at).reinterpret(size, Arena.global(), null);
            } catch (Throwable t) {
                throw new AssertionError(t);
            }
        }

        /// Makes it code; false if that is not allowed here.
        static boolean protect(MemorySegment at, long size) {
            try {
                return (int) MPROTECT.invokeExact(at.address(), size, READ_EXECUTE) == 0;
            } catch (Throwable t) {
                throw new AssertionError(t);
            }
        }
    }
}
