package dev.ijen.cuda.driver;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/// Addresses as numbers, which JCuda hides.
public final class Addresses {
    private Addresses() {}

    /// A device pointer that tells its number; for calls that return one.
    public static final class Device extends CUdeviceptr {
        /// Null, until a call sets it.
        public Device() {}

        /// The address.
        public long address() {
            return getNativePointer() + getByteOffset();
        }
    }

    /// Pinned memory; for calls that return some.
    public static final class Host extends Pointer {
        /// Null, until a call sets it.
        public Host() {}

        private Host(long address) {
            super(address);
        }

        /// The address.
        public long address() {
            return getNativePointer() + getByteOffset();
        }
    }

    /// A device address for a call.
    public static CUdeviceptr device(long address) {
        return new CUdeviceptr().withByteOffset(address);
    }

    /// Memory off the heap for a call.
    public static Pointer host(MemorySegment memory) {
        return new Host(memory.address());
    }
}
