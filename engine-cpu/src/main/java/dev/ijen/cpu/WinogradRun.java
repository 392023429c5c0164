package dev.ijen.cpu;

/// Products of points, bound to memory.
@FunctionalInterface
interface WinogradRun {
    /// On the calling thread.
    void run(int worker);
}
