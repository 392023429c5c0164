package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/// Moves elements of 1, 2, 4 or 8 bytes without looking at them.
final class Moves {
    private static final VectorSpecies<Byte> B = ByteVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = F32Math.ints();
    private static final VectorSpecies<Long> J = F32Wide.longs();
    private static final int BYTES = B.length();
    private static final int PART = 4; // vectors
    static final Cold BLOCKS = new Cold(20);
    static final Cold REPEAT = new Cold(20);

    private Moves() {}

    /// Puts n elements that lie `step` bytes apart side by side. Writes up to a vector more.
    static void gather(int size, long from, long step, long to, int n) {
        if (step == size) {
            blocks(from, to, (long) n * size);
        } else if (step == 0) {
            fill(size, from, to, n);
        } else {
            switch (size) {
                case 1 -> gather1(from, step, to, n);
                case 2 -> gather2(from, step, to, n);
                case 4 -> gather4(from, step, to, n);
                default -> gather8(from, step, to, n);
            }
        }
    }

    /// Puts n neighbours `step` bytes apart, and nothing else.
    static void scatter(int size, long from, long to, long step, int n) {
        if (step == size) {
            copy(from, to, (long) n * size);
        } else {
            switch (size) {
                case 1 -> scatter1(from, to, step, n);
                case 2 -> scatter2(from, to, step, n);
                case 4 -> scatter4(from, to, step, n);
                default -> scatter8(from, to, step, n);
            }
        }
    }

    /// Copies exactly so many bytes; the ranges do not overlap.
    static void copy(long from, long to, long bytes) {
        long whole = bytes & -BYTES;
        if (whole > 0) {
            blocks(from, to, whole);
        }
        long i = whole;
        for (; i + 8 <= bytes; i += 8) {
            Mem.i64(to + i, Mem.i64(from + i));
        }
        for (; i + 4 <= bytes; i += 4) {
            Mem.i32(to + i, Mem.i32(from + i));
        }
        for (; i < bytes; i++) {
            Mem.i8(to + i, Mem.i8(from + i));
        }
    }

    /// Sets exactly so many bytes to 0.
    static void zero(long to, long bytes) {
        repeat(0, to, bytes);
    }

    /// Sets exactly so many bytes to those of `bits`, over and over.
    static void repeat(long bits, long to, long bytes) {
        long whole = bytes & -BYTES;
        if (REPEAT.over()) {
            repeatVector(bits, to, 0, whole);
        } else {
            repeatCold(bits, to, whole);
        }
        for (long i = whole; i < bytes; i++) {
            Mem.i8(to + i, (byte) (bits >>> (i & 7) * 8));
        }
    }

    private static void repeatVector(long bits, long to, long i, long end) {
        for (; i < end; i += BYTES) {
            LongVector.broadcast(J, bits).intoMemorySegment(ALL, to + i, ORDER);
        }
    }

    private static void repeatCold(long bits, long to, long whole) {
        long done = 0;
        if (REPEAT.part() && whole > 0) {
            done = Math.min(whole, (long) PART * BYTES);
            long begun = System.nanoTime();
            repeatVector(bits, to, 0, done);
            REPEAT.end(begun, (int) (done / BYTES) + 1);
        }
        for (long i = done; i < whole; i += 8) {
            Mem.i64(to + i, bits);
        }
    }

    private static void blocks(long from, long to, long bytes) {
        if (BLOCKS.over()) {
            blocks(from, to, 0, bytes);
        } else {
            blocksCold(from, to, bytes);
        }
    }

    private static void blocks(long from, long to, long i, long bytes) {
        for (; i < bytes; i += BYTES) {
            ByteVector.fromMemorySegment(B, ALL, from + i, ORDER).intoMemorySegment(ALL, to + i, ORDER);
        }
    }

    private static void blocksCold(long from, long to, long bytes) {
        long done = 0;
        if (BLOCKS.part() && bytes > 0) {
            done = Math.min(bytes, (long) PART * BYTES);
            long begun = System.nanoTime();
            blocks(from, to, 0, done);
            BLOCKS.end(begun, (int) (done / BYTES) + 1);
        }
        if (done < bytes) {
            Mem.copy(from + done, to + done, bytes - done);
        }
    }

    /// Repeats one element n times. Writes up to a vector more.
    private static void fill(int size, long from, long to, int n) {
        switch (size) {
            case 1 -> fill1(Mem.i8(from), to, n);
            case 2 -> fill4((Mem.i16(from) & 0xffff) * 0x10001, to, (n + 1) / 2);
            case 4 -> fill4(Mem.i32(from), to, n);
            default -> fill8(Mem.i64(from), to, n);
        }
    }

    private static void fill1(byte v, long to, int n) {
        if (Cold.few(n)) {
            for (int i = 0; i < n; i++) {
                Mem.i8(to + i, v);
            }
            return;
        }
        for (int i = 0; i < n; i += BYTES) {
            ByteVector.broadcast(B, v).intoMemorySegment(ALL, to + i, ORDER);
        }
    }

    /// Repeats the bits of an int or a float.
    static void fill4(int v, long to, int n) {
        if (Cold.few(n)) {
            for (int i = 0; i < n; i++) {
                Mem.i32(to + 4L * i, v);
            }
            return;
        }
        for (int i = 0; i < n; i += I.length()) {
            IntVector.broadcast(I, v).intoMemorySegment(ALL, to + 4L * i, ORDER);
        }
    }

    /// Repeats the bits of a long or a double.
    static void fill8(long v, long to, int n) {
        for (int i = 0; i < n; i += J.length()) {
            LongVector.broadcast(J, v).intoMemorySegment(ALL, to + 8L * i, ORDER);
        }
    }

    private static void gather1(long from, long step, long to, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i8(to + i, Mem.i8(from + i * step));
        }
    }

    private static void gather2(long from, long step, long to, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i16(to + 2L * i, Mem.i16(from + i * step));
        }
    }

    private static void gather4(long from, long step, long to, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i32(to + 4L * i, Mem.i32(from + i * step));
        }
    }

    private static void gather8(long from, long step, long to, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i64(to + 8L * i, Mem.i64(from + i * step));
        }
    }

    private static void scatter1(long from, long to, long step, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i8(to + i * step, Mem.i8(from + i));
        }
    }

    private static void scatter2(long from, long to, long step, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i16(to + i * step, Mem.i16(from + 2L * i));
        }
    }

    private static void scatter4(long from, long to, long step, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i32(to + i * step, Mem.i32(from + 4L * i));
        }
    }

    private static void scatter8(long from, long to, long step, int n) {
        for (int i = 0; i < n; i++) {
            Mem.i64(to + i * step, Mem.i64(from + 8L * i));
        }
    }
}
