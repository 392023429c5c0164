package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.engine.Parameter;
import dev.ijen.engine.Step;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Conv;
import dev.ijen.nn.Flatten;
import dev.ijen.nn.Linear;
import dev.ijen.nn.MaxPool;
import dev.ijen.nn.Module;
import dev.ijen.optim.Adam;
import dev.ijen.optim.Schedule;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a service asks of a library: many threads, any order of closing, no memory that grows. `-Dijen.soak=true` does it at length.
@Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LibrarySafetyTest {
    private static final boolean SOAK = Boolean.getBoolean("ijen.soak");
    private static final int THREADS = 32;

    private static Engine engine(int threads) {
        return Engine.open(Device.cpu(), EngineOptions.defaults().withSeed(3).withThreads(threads));
    }

    private static Chain network(Engine engine) {
        return Chain.of(
                Conv.d2(engine, 1, 4, 3),
                Tensor::relu,
                MaxPool.d2(2),
                new Flatten(),
                Linear.of(engine, 4 * 6 * 6, 32),
                Tensor::gelu,
                Linear.of(engine, 32, 10),
                x -> x.softmax(1));
    }

    private static HostTensor random(Random random, int... dims) {
        int n = 1;
        for (int d : dims) {
            n *= d;
        }
        var v = new float[n];
        for (int i = 0; i < n; i++) {
            v[i] = (float) random.nextGaussian();
        }
        return HostTensor.of(v, dims);
    }

    @Test
    void predictionsOfManyThreadsAreThoseOfOne() throws Exception {
        int each = SOAK ? 10_000 : 100;
        try (var engine = engine(4); var pool = Executors.newFixedThreadPool(THREADS)) {
            var model = network(engine);
            var f = engine.inference(model::apply);
            var random = new Random(1);
            var inputs = new ArrayList<HostTensor>();
            var serial = new ArrayList<HostTensor>();
            for (int i = 0; i < 64; i++) {
                inputs.add(random(random, i % 4 == 0 ? 16 : 1, 1, 14, 14));
                serial.add(f.run(inputs.getLast()).get(0));
            }
            var wrong = new AtomicLong();
            var tasks = new ArrayList<Callable<Integer>>();
            for (int t = 0; t < THREADS; t++) {
                int first = t;
                tasks.add(() -> {
                    for (int i = 0; i < each; i++) {
                        int k = (first * 7 + i) % inputs.size();
                        var got = f.call(inputs.get(k)).getFirst();
                        if (MemorySegment.mismatch(got.data(), 0, got.data().byteSize(), serial.get(k).data(), 0,
                                got.data().byteSize()) >= 0) {
                            wrong.incrementAndGet();
                        }
                    }
                    return each;
                });
            }
            long begun = System.nanoTime();
            int done = 0;
            for (var result : pool.invokeAll(tasks)) {
                done += result.get();
            }
            System.out.printf(
                    "%d threads: %,d predictions in %.1f s, %d with other bits than alone%n",
                    THREADS, done, (System.nanoTime() - begun) / 1e9, wrong.get());
            assertEquals(0, wrong.get());
        }
    }

    @Test
    void everyUseAfterCloseIsAClearError() {
        var engine = engine(2);
        var w = engine.parameter("w", HostTensor.of(new float[] {1, 2}, 2));
        var one = HostTensor.of(new float[] {1, 1}, 2);
        var step = engine.compile(x -> x.mul(w.get()).sum());
        var out = step.run(one);
        var expression = engine.tensor(new float[] {1, 2}, 2).mul(w.get());
        engine.close();
        engine.close();
        List<Callable<?>> uses = List.of(
                () -> step.run(one),
                () -> step.call(one),
                () -> step.runTimed(one),
                () -> step.report(List.of()),
                () -> out.item(),
                w::read,
                () -> {
                    w.write(one);
                    return null;
                },
                () -> engine.evaluate(expression),
                expression::toFloatArray,
                () -> engine.parameter("v", one),
                () -> engine.compile(x -> x),
                () -> {
                    engine.synchronize();
                    return null;
                });
        for (var use : uses) {
            var e = assertThrows(IjenException.class, use::call);
            assertTrue(e.getMessage().contains("close"), e.getMessage());
        }
        step.close();
        w.close();
        assertEquals(0, engine.memory().buffers());
    }

    @Test
    void closingWithWorkInFlightIsSafe() throws Exception {
        for (int round = 0; round < (SOAK ? 300 : 12); round++) {
            closeWhileBusy(round);
        }
    }

    private static void closeWhileBusy(int round) throws Exception {
        var engine = engine(3);
        var model = network(engine);
        var inference = engine.inference(model::apply);
        var trained = Linear.of(engine, 20, 5);
        var adam = Adam.of(Schedule.constant(1e-3));
        var training = engine.compile((x, y) -> {
            var loss = Loss.mse(trained.apply(x), y);
            adam.update(trained, loss);
            return loss;
        });
        var random = new Random(round);
        var x = random(random, 4, 1, 14, 14);
        var a = random(random, 8, 20);
        var b = random(random, 8, 5);
        var running = new CountDownLatch(6);
        var strange = new ConcurrentLinkedQueue<Throwable>();
        try (var pool = Executors.newFixedThreadPool(6)) {
            var all = new ArrayList<Future<?>>();
            List<Runnable> uses = List.of(
                    () -> inference.call(x),
                    () -> inference.call(random(new Random(), 1 + new Random().nextInt(20), 1, 14, 14)),
                    () -> training.run(a, b).item(),
                    () -> trained.weight().read(),
                    () -> engine.tensor(new float[] {1, 2, 3}, 3).mul(2).toFloatArray(),
                    () -> {
                        try (Parameter p = engine.parameter("p", a); Step s = engine.compile(t -> t.sum())) {
                            s.run(p.read());
                        }
                    });
            for (var use : uses) {
                all.add(pool.submit(() -> {
                    try {
                        use.run();
                        running.countDown();
                        while (true) {
                            use.run();
                        }
                    } catch (IjenException e) {
                        if (!e.getMessage().contains("close")) {
                            strange.add(e);
                        }
                    } catch (Throwable e) {
                        strange.add(e);
                    } finally {
                        running.countDown();
                    }
                }));
            }
            running.await();
            TimeUnit.MICROSECONDS.sleep(random.nextInt(3000));
            switch (round % 3) {
                case 0 -> {
                    inference.close();
                    Module.close(model);
                    engine.close();
                }
                case 1 -> {
                    var other = pool.submit(engine::close);
                    engine.close();
                    other.get();
                }
                default -> engine.close();
            }
            for (var f : all) {
                f.get();
            }
        }
        for (var e : strange) {
            throw new AssertionError("round " + round + ": not an error of use after close: " + e, e);
        }
        assertEquals(0, engine.memory().buffers(), "round " + round);
        assertEquals(0, engine.memory().liveBytes(), "round " + round);
    }
}
