package dev.ijen.cpu;

/// Runs numbered tasks on the backend's threads. Which thread takes which task never changes a result: work is cut into tasks
/// by problem size alone, never by the number of threads, so one thread and many give the same bits.
interface Pool extends AutoCloseable {
    /// Number of threads, the caller's included.
    int threads();

    /// Runs `task` for 0 … tasks − 1 and returns when all are done. `worker` is from 0 to [#threads] − 1 and names the thread's
    /// own part of scratch memory. If the pool is busy with another caller's work, runs everything on the caller as worker 0.
    /// The first exception of a task is thrown on.
    void parallel(int tasks, Task task);

    /// One numbered piece of work.
    interface Task {
        void run(int task, int worker);
    }

    @Override
    void close();
}
