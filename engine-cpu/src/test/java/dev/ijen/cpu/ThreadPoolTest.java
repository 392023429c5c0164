package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ThreadPoolTest {
    /// Each task runs once, by a worker there is, in jobs that follow each other at once and after a rest.
    @Test
    void everyTaskOnce() {
        for (int threads : new int[] {1, 2, 3, 8}) {
            try (var pool = new ThreadPool(threads)) {
                assertEquals(threads, pool.threads());
                for (int job = 0; job < 3000; job++) {
                    int tasks = job % 37;
                    var ran = new AtomicIntegerArray(tasks);
                    pool.parallel(tasks, (t, w) -> {
                        assertTrue(w >= 0 && w < threads);
                        ran.incrementAndGet(t);
                    });
                    for (int t = 0; t < tasks; t++) {
                        assertEquals(1, ran.get(t), "job " + job + " task " + t + " of " + tasks);
                    }
                    if (job % 300 == 0) {
                        LockSupport.parkNanos(2_000_000); // long enough for workers to park
                    }
                }
            }
        }
    }

    /// No two tasks use the same worker's memory at a time.
    @Test
    void workersAreDistinct() {
        try (var pool = new ThreadPool(4)) {
            var inUse = new AtomicIntegerArray(4);
            for (int job = 0; job < 300; job++) {
                pool.parallel(16, (t, w) -> {
                    assertEquals(1, inUse.incrementAndGet(w));
                    Thread.onSpinWait();
                    assertEquals(0, inUse.decrementAndGet(w));
                });
            }
        }
    }

    @Test
    void nestedWorkIsDoneByTheCaller() {
        try (var pool = new ThreadPool(3)) {
            var inner = new AtomicInteger();
            pool.parallel(6, (t, w) -> {
                Thread me = Thread.currentThread();
                pool.parallel(5, (u, v) -> {
                    assertSame(me, Thread.currentThread());
                    assertEquals(0, v);
                    inner.incrementAndGet();
                });
            });
            assertEquals(30, inner.get());
        }
    }

    @Test
    void firstFailureIsThrownAndThePoolLives() {
        try (var pool = new ThreadPool(2)) {
            for (int round = 0; round < 50; round++) {
                int bad = round % 8;
                var e = assertThrows(IllegalStateException.class, () -> pool.parallel(8, (t, w) -> {
                    if (t == bad) {
                        throw new IllegalStateException("task " + t);
                    }
                }));
                assertEquals("task " + bad, e.getMessage());
                assertThrows(StackOverflowError.class, () -> pool.parallel(2, (t, w) -> {
                    throw new StackOverflowError();
                }));
                var ran = new AtomicInteger();
                pool.parallel(8, (t, w) -> ran.incrementAndGet());
                assertEquals(8, ran.get());
            }
        }
    }

    /// Several callers at a time: who finds the pool busy works alone.
    @Test
    void callersShareThePool() throws InterruptedException {
        try (var pool = new ThreadPool(2)) {
            var total = new AtomicInteger();
            var callers = new ArrayList<Thread>();
            for (int c = 0; c < 4; c++) {
                callers.add(Thread.ofPlatform().start(() -> {
                    for (int job = 0; job < 500; job++) {
                        pool.parallel(7, (t, w) -> total.incrementAndGet());
                    }
                }));
            }
            for (Thread c : callers) {
                c.join();
            }
            assertEquals(4 * 500 * 7, total.get());
        }
    }

    @Test
    void closingEndsTheThreads() {
        var threads = new ArrayList<Thread>();
        var pool = new ThreadPool(3);
        pool.parallel(3, (t, w) -> {
            synchronized (threads) {
                threads.add(Thread.currentThread());
            }
            LockSupport.parkNanos(1_000_000);
        });
        pool.close();
        pool.close();
        for (Thread t : threads) {
            assertEquals(t.equals(Thread.currentThread()), t.isAlive());
            assertTrue(t.equals(Thread.currentThread()) || t.isDaemon() && t.getName().startsWith("ijen-cpu-"));
        }
        var ran = new AtomicInteger();
        pool.parallel(4, (t, w) -> ran.addAndGet(w + 1));
        assertEquals(4, ran.get(), "on the caller alone");
        assertFalse(threads.isEmpty());
    }
}
