package dev.ijen.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.synth.Digits;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class LoaderTest {
    private static Dataset counting(int n) {
        var x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = i;
        }
        int[] labels = IntStream.range(0, n).map(i -> i % 2).toArray();
        return ArrayDataset.of(HostTensor.of(x, n, 1), HostTensor.of(labels, n), List.of("even", "odd"));
    }

    private static List<Integer> values(Loader loader, long epoch, int from) {
        var all = new ArrayList<Integer>();
        try (var e = loader.epoch(epoch, from)) {
            for (var b : e) {
                assertEquals(b.size(), b.input().shape().dim(0));
                float[] x = b.input().toFloatArray();
                for (int i = 0; i < x.length; i++) {
                    assertEquals(b.indices()[i], (int) x[i]);
                    all.add((int) x[i]);
                }
            }
        }
        return all;
    }

    private static long loaderThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("ijen-loader") && t.isAlive())
                .count();
    }

    @Test
    void everyExampleOnceAndAnotherOrderEachEpoch() {
        var loader = Loader.of(counting(103), 10).shuffle(5);
        assertEquals(11, loader.batches());
        var first = values(loader, 0, 0);
        assertEquals(IntStream.range(0, 103).boxed().toList(), first.stream().sorted().toList());
        assertNotEquals(first, values(loader, 1, 0));
        assertNotEquals(first, values(loader.shuffle(6), 0, 0));
        assertEquals(first, values(Loader.of(counting(103), 7).shuffle(5), 0, 0), "the order is not that of batches");
        assertEquals(10, loader.dropLast(true).batches());
        assertEquals(100, values(loader.dropLast(true), 0, 0).size());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 100})
    void prefetchingChangesNothing(int ahead) {
        var loader = Loader.of(counting(57), 4)
                .shuffle(3)
                .transform((b, c) -> b); // a transform runs on the worker
        for (long e = 0; e < 3; e++) {
            assertEquals(values(loader, e, 0), values(loader.prefetch(ahead), e, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void goesOnFromAnyBatch(int ahead) {
        var loader = Loader.of(counting(57), 4).shuffle(3).prefetch(ahead);
        var all = values(loader, 2, 0);
        for (int from = 0; from <= loader.batches(); from++) {
            assertEquals(all.subList(Math.min(57, from * 4), 57), values(loader, 2, from));
        }
        try (var e = loader.epoch(2)) {
            e.next();
            e.next();
            assertEquals(2, e.position());
        }
        assertThrows(IjenException.class, () -> loader.epoch(0, 16).close());
    }

    @Test
    void failuresOfTheWorkerSurface() {
        Transform broken = (b, c) -> {
            if (b.indices()[0] >= 8) {
                throw new IjenException("broken example");
            }
            return b;
        };
        var loader = Loader.of(counting(20), 4).transform(broken).prefetch(2);
        try (var e = loader.epoch(0)) {
            e.next();
            e.next();
            assertEquals("broken example", assertThrows(IjenException.class, e::next).getMessage());
        }
        Transform error = (b, c) -> {
            throw new StackOverflowError();
        };
        try (var e = Loader.of(counting(20), 4).transform(error).prefetch(1).epoch(0)) {
            assertThrows(StackOverflowError.class, e::next);
        }
        assertEquals(0, loaderThreads());
    }

    @Test
    void closingEndsTheWorker() throws InterruptedException {
        for (int i = 0; i < 50; i++) {
            var e = Loader.of(counting(1_000), 1).prefetch(3).epoch(0);
            for (int k = 0; k < i % 5; k++) {
                e.next();
            }
            e.close();
            e.close();
            assertThrows(IllegalStateException.class, e::next);
        }
        assertEquals(0, loaderThreads());
        var latch = new CountDownLatch(1);
        var slow = Loader.of(counting(10), 1)
                .transform((b, c) -> {
                    latch.countDown();
                    try {
                        Thread.sleep(20_000);
                    } catch (InterruptedException e) {
                        throw new IjenException("stopped", e);
                    }
                    return b;
                })
                .prefetch(1)
                .epoch(0);
        latch.await();
        slow.close();
        assertEquals(0, loaderThreads());
    }

    @Test
    void anInterruptedConsumerStops() throws InterruptedException {
        var loader = Loader.of(counting(10), 1)
                .transform((b, c) -> {
                    try {
                        Thread.sleep(20_000);
                    } catch (InterruptedException e) {
                        throw new IjenException("stopped", e);
                    }
                    return b;
                })
                .prefetch(1);
        var seen = new boolean[2];
        var consumer = Thread.ofPlatform().start(() -> {
            try (var e = loader.epoch(0)) {
                e.next();
            } catch (IjenException e) {
                seen[0] = e.getMessage().contains("interrupted");
                seen[1] = Thread.currentThread().isInterrupted();
            }
        });
        consumer.interrupt();
        consumer.join();
        assertTrue(seen[0] && seen[1]);
    }

    @Test
    void balancedSamplingEvensOutClasses() {
        var classes = new int[10_000];
        Arrays.fill(classes, 0, 260, 1);
        Arrays.fill(classes, 260, 1_000, 2);
        var sampler = Sampler.balanced(classes);
        int[] order = sampler.order(1, 0);
        var counts = new int[3];
        var times = new int[classes.length];
        for (int i : order) {
            counts[classes[i]]++;
            times[i]++;
        }
        for (int c : counts) {
            assertEquals(1.0 / 3, c / 10_000.0, 0.02 / 3);
        }
        // every example of a small class comes before any comes again
        for (int i = 0; i < 260; i++) {
            assertTrue(times[i] == 3333 / 260 || times[i] == 3333 / 260 + 1, "drawn " + times[i]);
        }
        assertFalse(Arrays.equals(order, sampler.order(1, 1)));
        assertArrayEquals(order, sampler.order(1, 0));
    }

    @Test
    void weightedSamplingMeetsItsShares() {
        int[] classes = IntStream.range(0, 1_000).map(i -> i % 4).toArray();
        int[] order = Sampler.weighted(classes, new double[] {0, 1, 2, 5}, 777).order(9, 3);
        var counts = new int[4];
        for (int i : order) {
            counts[classes[i]]++;
        }
        assertEquals(777, order.length);
        assertEquals(0, counts[0]);
        assertEquals(777 / 8.0, counts[1], 1);
        assertEquals(777 / 4.0, counts[2], 1);
        assertEquals(777 * 5 / 8.0, counts[3], 1);
        assertThrows(IjenException.class, () -> Sampler.weighted(classes, new double[] {1, -1, 0, 0}, 5));
        assertThrows(IjenException.class, () -> Sampler.weighted(new int[] {0, 0}, new double[] {1, 1}, 5));
        assertThrows(IjenException.class, () -> Sampler.weighted(classes, new double[4], 5));
    }

    @Test
    void augmentationDoesNotDependOnThreadsOrBatches() {
        var digits = Digits.dataset(64, 1);
        var loader = Loader.of(digits, 16)
                .shuffle(1)
                .transform(new RandomAffine(15, 0.1, 0.9, 1.1, 5, 0), new RandomFlip(0.5), new RandomCrop(24, 24, 2));
        var plain = images(loader, 3);
        assertEquals(plain.size(), 64);
        assertSame(plain, images(loader.prefetch(4), 3));
        assertSame(plain, images(Loader.of(digits, 5)
                .shuffle(1)
                .transform(new RandomAffine(15, 0.1, 0.9, 1.1, 5, 0), new RandomFlip(0.5), new RandomCrop(24, 24, 2)),
                3));
        assertFalse(Arrays.equals(plain.get(7), images(loader, 4).get(7)));
    }

    private static void assertSame(java.util.Map<Integer, float[]> a, java.util.Map<Integer, float[]> b) {
        assertEquals(a.keySet(), b.keySet());
        a.forEach((k, v) -> assertArrayEquals(v, b.get(k)));
    }

    private static java.util.Map<Integer, float[]> images(Loader loader, long epoch) {
        var all = new java.util.HashMap<Integer, float[]>();
        for (var b : loader.epoch(epoch)) {
            float[] x = b.input().toFloatArray();
            int row = x.length / b.size();
            for (int i = 0; i < b.size(); i++) {
                all.put(b.indices()[i], Arrays.copyOfRange(x, i * row, (i + 1) * row));
            }
        }
        return all;
    }
}
