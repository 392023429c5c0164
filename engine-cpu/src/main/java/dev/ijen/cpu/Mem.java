package dev.ijen.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Memory by absolute address. All kernels read and write through the one segment [#ALL], so that the compiler sees a constant
/// base and scope, and nothing is checked but the sign of an address. Who binds addresses answers for their being right.
///
/// The Vector API's own bounds check on each access is turned off with `-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0`; it is
/// a choice for the whole JVM and therefore left to whoever starts it.
final class Mem {
    /// The whole address space.
    @SuppressWarnings("restricted") // what a CPU backend is for; the launcher enables native access for this module
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// Byte order of everything in device memory.
    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    // unaligned layouts spare an alignment check on every access
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

    private Mem() {}

    static byte i8(long address) {
        return ALL.get(BYTE, address);
    }

    static void i8(long address, byte v) {
        ALL.set(BYTE, address, v);
    }

    static short i16(long address) {
        return ALL.get(SHORT, address);
    }

    static void i16(long address, short v) {
        ALL.set(SHORT, address, v);
    }

    static int i32(long address) {
        return ALL.get(INT, address);
    }

    static void i32(long address, int v) {
        ALL.set(INT, address, v);
    }

    static long i64(long address) {
        return ALL.get(LONG, address);
    }

    static void i64(long address, long v) {
        ALL.set(LONG, address, v);
    }

    static float f32(long address) {
        return ALL.get(FLOAT, address);
    }

    static void f32(long address, float v) {
        ALL.set(FLOAT, address, v);
    }

    static double f64(long address) {
        return ALL.get(DOUBLE, address);
    }

    static void f64(long address, double v) {
        ALL.set(DOUBLE, address, v);
    }

    /// So many floats in an array of their own: before loops are compiled, reading that is several times as quick as reading memory.
    static float[] floats(long address, int n) {
        var v = new float[n];
        MemorySegment.copy(ALL, FLOAT, address, v, 0, n);
        return v;
    }

    /// Writes the first n of an array.
    static void floats(float[] v, int n, long address) {
        MemorySegment.copy(v, 0, ALL, FLOAT, address, n);
    }

    /// Copies bytes; the ranges may overlap.
    static void copy(long from, long to, long bytes) {
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    /// Sets bytes to 0.
    static void zero(long address, long bytes) {
        Moves.zero(address, bytes);
    }

    /// `address` rounded up to a multiple of 64.
    static long align(long address) {
        return address + 63 & -64;
    }
}
