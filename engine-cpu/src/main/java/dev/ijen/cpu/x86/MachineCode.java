package dev.ijen.cpu.x86;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
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
        MemorySegment at = Memory.map(size);
        if (at == null) {
            return null;
        }
        MemorySegment.copy(code, 0, at, ValueLayout.JAVA_BYTE, 0, code.length);
        return Memory.protect(at, size) ? new MachineCode(at) : null;
    }

    /// Links the call of what will be made.
    public static void ahead() {
        Objects.requireNonNull(Calls.FUNCTION);
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
        SystemV.brief(start, a, b, c, d, e, f, g, h, i, j, k);
    }

    /// The call of a function.
    @SuppressWarnings("restricted") // running what it has written is what this class is for
    private static final class Calls {
        /// Short and without waiting: the JVM's own threads may wait for it, and the heap's segment may be passed as it is.
        static final MethodHandle FUNCTION = Linker.nativeLinker().downcallHandle(
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG), Linker.Option.critical(true));
    }

    /// System calls. They are looked up where code is first made.
    private static final class Memory {
        private static final MemorySegment MMAP = SystemV.function("mmap");
        private static final MemorySegment MPROTECT = SystemV.function("mprotect");

        /// Fresh memory, or null.
        @SuppressWarnings("restricted") // it is as large as was asked for
        static MemorySegment map(long size) {
            long at = SystemV.call(MMAP, 0, size, READ_WRITE, PRIVATE_ANONYMOUS, NONE, 0);
            return at == -1 ? null : MemorySegment.ofAddress(at).reinterpret(size, Arena.global(), null);
        }

        /// Makes it code; false if that is not allowed here.
        static boolean protect(MemorySegment at, long size) {
            return (int) SystemV.call(MPROTECT, at.address(), size, READ_EXECUTE) == 0;
        }
    }
}
