package dev.ijen.cpu;

/// A kernel one of whose inputs, the weights, is brought to a form of the kernel's own before it is used: that need not be done again while the
/// weights stay as they are.
interface Weighted extends CpuKernel {
    /// Number of the input that is weights.
    int WEIGHTS = 1;

    /// Bytes of the weights in the kernel's own form, which [#scratchBytes] contains.
    long weightBytes();

    /// True if a run may read the weights as they were given, and not only in the kernel's own form.
    default boolean readsAgain() {
        return false;
    }

    /// Binds with memory for the weights that belongs to this binding alone; scratch then needs to hold so much less.
    Kept keep(long[] in, long[] out, long scratch, long weights, Pool pool);

    /// Everything in scratch: the weights are brought over in every run.
    @Override
    default Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        var kept = keep(in, out, scratch + weightBytes(), scratch, pool);
        return new Bound() {
            @Override
            public void run() {
                kept.refresh();
                kept.run();
            }

            @Override
            public void close() {
                kept.close();
            }
        };
    }

    /// A kernel bound to memory of which a part is its own.
    interface Kept extends Bound {
        /// Brings the weights as they are now to the kernel's own form, which runs use until the next call.
        void refresh();
    }
}
