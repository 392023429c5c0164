package dev.ijen.cuda.lib;

import dev.ijen.cuda.driver.Addresses;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;

/// The factors that libraries take by address: 0 and 1, off the heap, of the type in which they compute.
final class Scalars {
    final Pointer zero;
    final Pointer one;
    final Pointer zeroF64;
    final Pointer oneF64;

    Scalars(Arena arena) {
        zero = Addresses.host(arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0));
        one = Addresses.host(arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1));
        zeroF64 = Addresses.host(arena.allocateFrom(ValueLayout.JAVA_DOUBLE, 0));
        oneF64 = Addresses.host(arena.allocateFrom(ValueLayout.JAVA_DOUBLE, 1));
    }
}
