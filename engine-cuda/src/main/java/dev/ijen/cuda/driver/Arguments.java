package dev.ijen.cuda.driver;

import java.util.Arrays;

/// The parameters of a kernel as it finds them: each at a multiple of its size.
public final class Arguments {
    private byte[] bytes = new byte[64];
    private int size;

    /// A device address.
    public Arguments pointer(long address) {
        return i64(address);
    }

    /// A `long long`, `u64`, or any 8 bytes.
    public Arguments i64(long v) {
        place(8);
        for (int i = 0; i < 8; i++) {
            bytes[size++] = (byte) (v >>> 8 * i);
        }
        return this;
    }

    /// An `int`.
    public Arguments i32(int v) {
        place(4);
        for (int i = 0; i < 4; i++) {
            bytes[size++] = (byte) (v >>> 8 * i);
        }
        return this;
    }

    /// A struct of `int`s by value, or several `int`s.
    public Arguments i32(int... struct) {
        for (int v : struct) {
            i32(v);
        }
        return this;
    }

    /// A `float`.
    public Arguments f32(float v) {
        return i32(Float.floatToRawIntBits(v));
    }

    private void place(int alignment) {
        size = (size + alignment - 1) / alignment * alignment;
        if (size + 8 > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }
}
