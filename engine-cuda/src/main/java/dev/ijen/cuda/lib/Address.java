package dev.ijen.cuda.lib;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;

/// A number that JCuda passes on as it is: an address on the device, or of memory off the heap.
final class Address extends Pointer {
    private Address(long address) {
        super(address);
    }

    /// Null for 0, as the libraries want it.
    static Pointer of(long address) {
        return address == 0 ? null : new Address(address);
    }

    /// A `float` off the heap.
    static Pointer f32(Arena arena, float v) {
        return of(arena.allocateFrom(ValueLayout.JAVA_FLOAT, v).address());
    }

    /// A `double` off the heap.
    static Pointer f64(Arena arena, double v) {
        return of(arena.allocateFrom(ValueLayout.JAVA_DOUBLE, v).address());
    }
}
