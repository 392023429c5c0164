package dev.ijen.cpu;

/// Pooling of one window over some neighbouring channels. Every mode is a function of its own, and is called through
/// this one place, so that the compiler treats each by itself: several in one method exceed its limits, and it then
/// puts vectors into objects.
interface Pooling {
    /// Pools one window.
    ///
    /// @param taps list of the window's elements ([Taps]), without padding
    /// @param count length of the list
    /// @param first the kernel's first input, at what the list counts from, or at the window's output if it is shaped
    ///     like y
    /// @param second its second input, likewise
    /// @param out its output, likewise
    /// @param channels number of channels
    void window(long taps, int count, long first, long second, long out, int channels);
}
