package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Each part of each step is done once, and none before all of the step before.
class LockstepTest {
    private static final int STEPS = 300;

    private static void check(ThreadPool pool, int parts) {
        var done = new AtomicIntegerArray(STEPS * parts);
        var early = new AtomicInteger();
        var steps = new Lockstep(parts, STEPS, (s, p) -> {
            for (int q = 0; s > 0 && q < parts; q++) {
                early.addAndGet(done.get((s - 1) * parts + q) == 1 ? 0 : 1);
            }
            done.incrementAndGet(s * parts + p);
        });
        for (int run = 0; run < 20; run++) {
            for (int i = 0; i < STEPS * parts; i++) {
                done.set(i, 0);
            }
            steps.run(pool);
            for (int i = 0; i < STEPS * parts; i++) {
                assertEquals(1, done.get(i), parts + " parts, step " + i / parts + ", part " + i % parts);
            }
            assertEquals(0, early.get(), "before the others had ended a step");
        }
    }

    @Test
    @Timeout(60)
    void onAnyNumberOfThreads() {
        for (int threads = 1; threads <= 4; threads++) {
            try (var pool = new ThreadPool(threads)) {
                for (int parts = 1; parts <= threads; parts++) {
                    check(pool, parts);
                }
            }
        }
    }

    /// Where the pool is busy, one thread does everything: the leader must not wait for parts that come after it.
    @Test
    @Timeout(60)
    void whereOthersUseThePool() {
        try (var pool = new ThreadPool(2)) {
            pool.parallel(2, (t, worker) -> {
                if (t == 0) {
                    check(pool, 2);
                }
            });
        }
    }

    @Test
    @Timeout(60)
    void nobodyWaitsForAPartThatFails() {
        try (var pool = new ThreadPool(2)) {
            for (int bad = 0; bad < 2; bad++) {
                int part = bad;
                var steps = new Lockstep(2, STEPS, (s, p) -> {
                    if (s == STEPS / 2 && p == part) {
                        throw new IllegalStateException("part " + p);
                    }
                });
                assertEquals("part " + bad,
                        assertThrows(IllegalStateException.class, () -> steps.run(pool)).getMessage());
            }
            check(pool, 2);
        }
    }

    /// A part may fail before the leader has begun, who then never does.
    @Test
    @Timeout(60)
    void nobodyWaitsForALeaderThatNeverBegins() {
        try (var pool = new ThreadPool(3)) {
            for (int run = 0; run < 2000; run++) {
                var steps = new Lockstep(3, STEPS, (s, p) -> {
                    if (p == 1) {
                        throw new IllegalStateException("part 1");
                    }
                });
                assertThrows(IllegalStateException.class, () -> steps.run(pool));
            }
            check(pool, 3);
        }
    }
}
