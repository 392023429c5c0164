package dev.ijen.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// Threads that go through many short steps together, each with its part: none begins a step before all have ended the one before. They tell each other
/// directly how far they are, which takes half as long as to hand out each step's parts by the [Pool].
///
/// Part 0 leads. It does the parts that nobody has taken: those of threads that have not come yet, or that others have pushed off their processors.
final class Lockstep {
    private static final int PAD = 16; // longs between slots, as in the pool
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SPINS = 20_000;
    /// Looks at a part that was on time so far before it is taken over: where taken steps stand is the other thread's own cache line until then.
    private static final int PATIENCE = 64;

    private final int parts;
    private final int steps;
    private final Part work;
    /// Steps of a part that are ended.
    private final long[] ended;
    /// Steps of a part that somebody has taken.
    private final long[] taken;
    private final Pool.Task task;
    /// True once a part has failed: then nobody waits, because the pool begins no more tasks, which may be the leader's.
    private volatile boolean failed;

    /// A part of a step. Parts of a step do not see each other.
    interface Part {
        void run(int step, int part);
    }

    Lockstep(int parts, int steps, Part work) {
        this.parts = parts;
        this.steps = steps;
        this.work = work;
        ended = new long[(parts + 1) * PAD];
        taken = new long[(parts + 1) * PAD];
        task = (part, worker) -> {
            try {
                if (part == 0) {
                    lead();
                } else {
                    follow(part);
                }
            } catch (Throwable t) {
                failed = true;
                throw t;
            }
        };
    }

    void run(Pool pool) {
        for (int p = 0; p < parts; p++) {
            set(ended, p, 0);
            set(taken, p, 0);
        }
        failed = false;
        pool.parallel(parts, task);
    }

    private void lead() {
        var late = new boolean[parts];
        Arrays.fill(late, true);
        for (int s = 0; s < steps && !failed; s++) {
            work.run(s, 0);
            set(ended, 0, s + 1);
            for (int p = 1; p < parts; p++) {
                late[p] = await(p, s, late[p]);
            }
        }
    }

    /// Returns when a part of step `s` is ended: true if the leader has done it.
    private boolean await(int part, int s, boolean late) {
        for (int spins = late ? PATIENCE : 1; get(ended, part) <= s && !failed; spins++) {
            if (spins % PATIENCE == 0 && take(part, s)) {
                return true;
            }
            pause(spins);
        }
        return false;
    }

    private void follow(int part) {
        int spins = 0;
        for (long s = get(taken, part); s < steps && !failed; s = get(taken, part)) {
            if (!isOpen(s) || !take(part, (int) s)) {
                pause(spins++);
            } else {
                spins = 0;
            }
        }
    }

    /// True if all have ended the step before.
    private boolean isOpen(long step) {
        for (int p = 0; p < parts; p++) {
            if (get(ended, p) < step) {
                return false;
            }
        }
        return true;
    }

    /// Does a part of step `s` if nobody has taken it.
    private boolean take(int part, int s) {
        if (!SLOT.compareAndSet(taken, (part + 1) * PAD, (long) s, s + 1L)) {
            return false;
        }
        work.run(s, part);
        set(ended, part, s + 1);
        return true;
    }

    @SuppressWarnings("ThreadPriorityCheck") // giving way is the point, as in the pool
    private static void pause(int spins) {
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    private static long get(long[] slots, int part) {
        return (long) SLOT.getAcquire(slots, (part + 1) * PAD);
    }

    private static void set(long[] slots, int part, long value) {
        SLOT.setRelease(slots, (part + 1) * PAD, value);
    }
}
