package dev.ijen.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Threads that go through many short steps together, each with its part: none begins a step before all have ended the one before. They tell each other
/// directly how far they are, which takes half as long as to hand out each step's parts by the [Pool].
///
/// Part 0 leads. It does the parts of threads that have not come yet, so that it need not wait for any, and what comes as late as the end does nothing.
final class Lockstep {
    private static final int PAD = 16; // longs between slots, as in the pool
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SPINS = 20_000;
    private static final long UNKNOWN = -1;

    private final int parts;
    private final int steps;
    private final Part work;
    /// Steps that a part has ended.
    private final long[] ended;
    /// Whether a thread has come for a part.
    private final long[] present;
    /// The first step that it does itself.
    private final long[] first;
    private final Pool.Task task;

    /// A part of a step. Parts of a step do not see each other.
    interface Part {
        void run(int step, int part);
    }

    Lockstep(int parts, int steps, Part work) {
        this.parts = parts;
        this.steps = steps;
        this.work = work;
        ended = new long[(parts + 1) * PAD];
        present = new long[(parts + 1) * PAD];
        first = new long[(parts + 1) * PAD];
        task = (part, worker) -> {
            try {
                if (part == 0) {
                    lead();
                } else {
                    follow(part);
                }
            } finally {
                set(ended, part, Long.MAX_VALUE); // nobody waits for it, also if something was thrown
            }
        };
    }

    void run(Pool pool) {
        for (int p = 0; p < parts; p++) {
            set(ended, p, 0);
            set(present, p, 0);
            set(first, p, UNKNOWN);
        }
        pool.parallel(parts, task);
    }

    private void lead() {
        try {
            for (int s = 0; s < steps; s++) {
                for (int p = 1; p < parts; p++) {
                    if (get(first, p) == UNKNOWN && get(present, p) != 0) {
                        set(first, p, s);
                    }
                }
                work.run(s, 0);
                for (int p = 1; p < parts; p++) {
                    if (get(first, p) == UNKNOWN) {
                        work.run(s, p);
                    }
                }
                set(ended, 0, s + 1);
                await(0, s);
            }
        } finally {
            for (int p = 1; p < parts; p++) {
                if (get(first, p) == UNKNOWN) {
                    set(first, p, steps);
                }
            }
        }
    }

    private void follow(int part) {
        set(present, part, 1);
        for (int spins = 0; get(first, part) == UNKNOWN; spins++) {
            pause(spins);
        }
        for (int s = (int) get(first, part); s < steps; s++) {
            work.run(s, part);
            set(ended, part, s + 1);
            await(part, s);
        }
    }

    /// Until all others have ended step `s`: first the leader, who knows who takes part in it.
    private void await(int own, int s) {
        for (int p = 0; p < parts; p++) {
            if (p != own && (p == 0 || takesPart(p, s))) {
                for (int spins = 0; get(ended, p) <= s; spins++) {
                    pause(spins);
                }
            }
        }
    }

    private boolean takesPart(int part, int s) {
        long from = get(first, part);
        return from != UNKNOWN && from <= s;
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
