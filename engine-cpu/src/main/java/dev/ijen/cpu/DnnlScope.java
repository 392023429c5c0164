package dev.ijen.cpu;

import dev.ijen.tensor.DType;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// Owns oneDNN objects and destroys them, last first.
final class DnnlScope implements AutoCloseable {
    private record Owned(Dnnl.Kind kind, long handle) {}

    /// Null without arguments: to close one that threads share, all of them have to be stopped.
    private Arena arena;
    private final ArrayList<Owned> owned = new ArrayList<>();

    private long own(Dnnl.Kind kind, long handle) {
        if (handle != 0) {
            owned.add(new Owned(kind, handle));
        }
        return handle;
    }

    long stream() {
        return own(Dnnl.Kind.STREAM, Dnnl.stream());
    }

    long attributes(List<Dnnl.PostOp> ops) {
        return own(Dnnl.Kind.ATTRIBUTES, Dnnl.attributes(ops));
    }

    long strided(DType type, long[] dims, long[] strides) {
        return own(Dnnl.Kind.MEMORY_DESC, Dnnl.strided(type, dims, strides));
    }

    long any(DType type, long... dims) {
        return own(Dnnl.Kind.MEMORY_DESC, Dnnl.any(type, dims));
    }

    long part(long md, long[] dims, long[] offsets) {
        return own(Dnnl.Kind.MEMORY_DESC, Dnnl.part(md, dims, offsets));
    }

    long query(long pd, int what) {
        return own(Dnnl.Kind.MEMORY_DESC, Dnnl.query(pd, what));
    }

    long memory(long md, long address) {
        return own(Dnnl.Kind.MEMORY, Dnnl.memory(md, address));
    }

    /// Takes over a primitive descriptor.
    long descriptor(long pd) {
        return own(Dnnl.Kind.PRIMITIVE_DESC, pd);
    }

    long primitive(long pd) {
        return own(Dnnl.Kind.PRIMITIVE, Dnnl.primitive(pd));
    }

    /// Room for `dnnl_exec_arg_t[n]`.
    long arguments(int n) {
        if (arena == null) {
            arena = Arena.ofShared();
        }
        return arena.allocate(16L * n, 8).address();
    }

    @Override
    public void close() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            Dnnl.destroy(owned.get(i).kind(), owned.get(i).handle());
        }
        owned.clear();
        if (arena != null && arena.scope().isAlive()) {
            arena.close();
        }
    }
}
