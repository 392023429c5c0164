package dev.ijen.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// Daemon threads that spin for a while after each piece of work, so that the next one starts in a fraction of a microsecond,
/// and then park.
///
/// Every worker owns a run of neighbouring tasks, the same one for the same number of tasks, so that consecutive launches find
/// their data in the same core's cache; who has finished helps the others. A slot holds the number of the job and of the tasks
/// left in it, in one word, so that a late worker can never take a task of a job it has not seen.
final class ThreadPool implements Pool {
    private static final long SPIN_NANOS = 50_000;
    private static final int PAD = 16; // longs between slots: two cache lines, because neighbours are prefetched in pairs
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    /// Runs everything on the caller, any number of which may come at once.
    static final Pool NONE = new ThreadPool(1);

    private final Worker[] workers;
    private final long[] slots;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final PaddedCount done = new PaddedCount();
    private int job;
    private int tasks;
    private Task task;
    private volatile Throwable failure;
    private volatile boolean closed;

    /// @param threads at least 1; the caller of [#parallel] counts as one
    ThreadPool(int threads) {
        slots = new long[(threads + 1) * PAD];
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            workers[i].start();
        }
    }

    @Override
    public int threads() {
        return workers.length + 1;
    }

    @Override
    public void parallel(int count, Task work) {
        if (count <= 1 || workers.length == 0 || closed || !busy.compareAndSet(false, true)) {
            for (int i = 0; i < count; i++) {
                work.run(i, 0);
            }
            return;
        }
        try {
            publish(count, work);
            int mine = take(0);
            await(count, mine);
            Throwable t = failure;
            if (t != null) {
                failure = null;
                throw Failures.unchecked(t);
            }
        } finally {
            task = null;
            busy.setRelease(false);
        }
    }

    private void publish(int count, Task work) {
        task = work;
        tasks = count;
        done.set(0);
        long tag = (long) ++job << 32;
        int n = threads();
        for (int w = n - 1; w >= 0; w--) {
            SLOT.setVolatile(slots, (w + 1) * PAD, tag | end(count, w) - end(count, w - 1));
        }
        for (Worker w : workers) {
            if (w.parked) {
                LockSupport.unpark(w);
            }
        }
    }

    /// One past the last task of worker `w`.
    private int end(int count, int w) {
        return (int) ((long) count * (w + 1) / threads());
    }

    /// Runs tasks, own ones first, until none is left to take; returns how many.
    private int take(int worker) {
        int ran = 0;
        int n = threads();
        for (int k = 0; k < n; k++) {
            int owner = worker + k < n ? worker + k : worker + k - n;
            int at = (owner + 1) * PAD;
            long s;
            while ((int) (s = (long) SLOT.getVolatile(slots, at)) != 0) {
                Task t = task;
                int end = end(tasks, owner);
                if (SLOT.compareAndSet(slots, at, s, s - 1)) {
                    run(t, end - (int) s, worker);
                    ran++;
                }
            }
        }
        return ran;
    }

    private void run(Task t, int index, int worker) {
        if (failure == null) {
            try {
                t.run(index, worker);
            } catch (Throwable e) {
                failure = e;
            }
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // giving way is the point, see below
    private void await(int count, int mine) {
        for (int spins = 0; done.get() + mine != count; spins++) {
            if (spins < 20_000) {
                Thread.onSpinWait();
            } else {
                Thread.yield(); // more threads than processors: let the one we wait for run
            }
        }
    }

    @Override
    public void close() {
        while (!busy.compareAndSet(false, true)) {
            Thread.onSpinWait();
        }
        closed = true;
        busy.set(false);
        boolean interrupted = false;
        for (Worker w : workers) {
            LockSupport.unpark(w);
            while (w.isAlive()) {
                try {
                    w.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Worker extends Thread {
        private final int index;
        private volatile boolean parked;

        Worker(int index) {
            super(null, null, "ijen-cpu-" + index, 0, false);
            this.index = index;
            setDaemon(true);
        }

        @Override
        public void run() {
            int at = (index + 1) * PAD;
            while (!closed) {
                if ((int) (long) SLOT.getVolatile(slots, at) == 0) {
                    rest(at);
                }
                int ran = take(index);
                if (ran > 0) {
                    done.add(ran);
                }
            }
        }

        /// Returns when there is work in the own slot, or the pool closes.
        private void rest(int at) {
            long since = 0;
            for (int spins = 1; !closed; spins++) {
                if ((int) (long) SLOT.getVolatile(slots, at) != 0) {
                    return;
                }
                Thread.onSpinWait();
                if (spins % 256 == 0) {
                    long now = System.nanoTime();
                    if (since == 0) {
                        since = now;
                    } else if (now - since > SPIN_NANOS) {
                        break;
                    }
                }
            }
            parked = true;
            while (!closed && (int) (long) SLOT.getVolatile(slots, at) == 0) {
                LockSupport.park(ThreadPool.this);
            }
            parked = false;
        }
    }

    /// A counter with a cache line of its own.
    private static final class PaddedCount {
        private final long[] v = new long[2 * PAD];

        long get() {
            return (long) SLOT.getVolatile(v, PAD);
        }

        void set(long to) {
            SLOT.setVolatile(v, PAD, to);
        }

        void add(long d) {
            long before = (long) SLOT.getAndAdd(v, PAD, d);
            assert before >= 0;
        }
    }
}
