package dev.ijen.cpu;

/// Passes over a block: out[i] = f(a[i], b[i], c[i]) for i below n. Operands that a function does not have are ignored, but
/// for c, where functions of fewer operands find a block to work in.
///
/// Addresses point to elements of compute type. An implementation may compute up to a whole vector more than n: blocks in
/// scratch memory have room for it, and blocks written in place have whole vectors only. It reads a vector before it writes
/// the same one, and goes forward, so `out` may be one of the operands.
@FunctionalInterface
interface Fn {
    void run(long a, long b, long c, long out, int n);
}
