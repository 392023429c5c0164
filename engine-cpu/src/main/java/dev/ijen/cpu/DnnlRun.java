package dev.ijen.cpu;

/// A oneDNN primitive with its arguments: memory objects at fixed addresses. [DnnlWorkers] makes and runs it.
final class DnnlRun {
    final long primitive;
    final long arguments;

    /// Scratch memory objects, one a worker; null if the primitive needs no scratch memory.
    final long[] scratch;

    private int count;

    DnnlRun(long primitive, long arguments, long[] scratch) {
        this.primitive = primitive;
        this.arguments = arguments;
        this.scratch = scratch;
    }

    /// Adds an argument; `name` is a `DNNL_ARG_…`.
    DnnlRun with(int name, long memory) {
        put(count++, name, memory);
        return this;
    }

    /// Number of arguments without scratch.
    int count() {
        return count;
    }

    /// Fills one `dnnl_exec_arg_t`.
    void put(int i, int name, long memory) {
        Mem.i32(arguments + 16L * i, name);
        Mem.i64(arguments + 16L * i + 8, memory);
    }
}
