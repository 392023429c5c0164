package dev.ijen.data;

import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Cuts a dataset into batches, epoch by epoch. What batch `b` of epoch `e` holds is a function of the dataset, the
/// seed and these two numbers, with and without prefetching, so that a run can go on from any place.
///
/// ```java
/// var loader = Loader.of(dataset, 64).shuffle(seed).transform(new RandomFlip(0.5)).prefetch(2);
/// try (var epoch = loader.epoch(0)) {
///     for (var batch : epoch) { … }
/// }
/// ```
///
/// Immutable; every `with`-like method gives another loader.
public final class Loader {
    private final Dataset dataset;
    private final int batchSize;
    private final Sampler sampler;
    private final long seed;
    private final boolean dropLast;
    private final int prefetch;
    private final List<Transform> transforms;

    private Loader(
            Dataset dataset,
            int batchSize,
            Sampler sampler,
            long seed,
            boolean dropLast,
            int prefetch,
            List<Transform> transforms) {
        this.dataset = dataset;
        this.batchSize = batchSize;
        this.sampler = sampler;
        this.seed = seed;
        this.dropLast = dropLast;
        this.prefetch = prefetch;
        this.transforms = List.copyOf(transforms);
    }

    /// All examples in the dataset's order, the last batch as small as it comes, nothing prefetched.
    ///
    /// @param batchSize at least 1
    public static Loader of(Dataset dataset, int batchSize) {
        if (batchSize < 1) {
            throw new IjenException("loader: bad batch size", "" + batchSize, "at least 1", "for example 64");
        }
        return new Loader(dataset, batchSize, Sampler.sequential(dataset.size()), 0, false, 0, List.of());
    }

    /// In another random order each epoch.
    public Loader shuffle(long newSeed) {
        return sampler(Sampler.shuffled(dataset.size()), newSeed);
    }

    /// In the order a sampler gives.
    public Loader sampler(Sampler newSampler, long newSeed) {
        return new Loader(dataset, batchSize, newSampler, newSeed, dropLast, prefetch, transforms);
    }

    /// Whether a last batch that is not full is left out.
    public Loader dropLast(boolean value) {
        return new Loader(dataset, batchSize, sampler, seed, value, prefetch, transforms);
    }

    /// How many batches a background thread prepares ahead; 0 for none.
    public Loader prefetch(int batches) {
        return new Loader(dataset, batchSize, sampler, seed, dropLast, Math.max(0, batches), transforms);
    }

    /// Adds transforms behind those there are.
    public Loader transform(Transform... more) {
        var all = new ArrayList<>(transforms);
        all.addAll(Arrays.asList(more));
        return new Loader(dataset, batchSize, sampler, seed, dropLast, prefetch, all);
    }

    /// The dataset.
    public Dataset dataset() {
        return dataset;
    }

    /// Examples in a full batch.
    public int batchSize() {
        return batchSize;
    }

    /// Batches in the first epoch (in every epoch, with the samplers there are).
    public int batches() {
        return batches(sampler.order(seed, 0).length);
    }

    private int batches(int examples) {
        return dropLast ? examples / batchSize : (int) (((long) examples + batchSize - 1) / batchSize);
    }

    /// What inputs are after the transforms.
    public List<ElementSpec> inputs() {
        var all = new ArrayList<>(dataset.inputs());
        for (Transform t : transforms) {
            all.set(0, t.output(all.getFirst()));
        }
        return List.copyOf(all);
    }

    /// What labels are after the transforms.
    public ElementSpec label() {
        var label = dataset.label();
        for (Transform t : transforms) {
            label = t.label(label);
        }
        return label;
    }

    /// The batches of an epoch. Close it unless it is read to its end.
    public Epoch epoch(long number) {
        return epoch(number, 0);
    }

    /// The batches of an epoch from `fromBatch` on, to go on where a run stopped.
    public Epoch epoch(long number, int fromBatch) {
        int[] order = sampler.order(seed, number);
        int end = batches(order.length);
        if (fromBatch < 0 || fromBatch > end) {
            throw new IjenException(
                    "loader: no such batch", "batch " + fromBatch, "0 to " + end,
                    "resume with the same data and batch size");
        }
        return prefetch == 0 ? new Plain(order, number, fromBatch, end) : new Ahead(order, number, fromBatch, end);
    }

    private Batch load(int[] order, long epoch, int index) {
        int from = index * batchSize;
        var batch = dataset.batch(Arrays.copyOfRange(order, from, Math.min(order.length, from + batchSize)));
        for (int i = 0; i < transforms.size(); i++) {
            batch = transforms.get(i).apply(batch, new Transform.Context(seed, epoch, i));
        }
        return batch;
    }

    /// The batches of one epoch. For one thread; may be iterated once.
    public abstract static sealed class Epoch implements Iterable<Batch>, AutoCloseable {
        private final int end;
        private int position;

        private Epoch(int from, int end) {
            this.position = from;
            this.end = end;
        }

        /// The number of the batch that comes next: where to go on after the batches so far.
        public final int position() {
            return position;
        }

        /// Whether there are more batches.
        public final boolean hasNext() {
            return position < end;
        }

        /// The next batch.
        ///
        /// @throws NoSuchElementException behind the last one
        public final Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            var batch = fetch(position);
            position++;
            if (!hasNext()) {
                close();
            }
            return batch;
        }

        @Override
        public final Iterator<Batch> iterator() {
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return Epoch.this.hasNext();
                }

                @Override
                public Batch next() {
                    return Epoch.this.next();
                }
            };
        }

        abstract Batch fetch(int index);

        @Override
        public abstract void close();
    }

    private final class Plain extends Epoch {
        private final int[] order;
        private final long number;

        private Plain(int[] order, long number, int from, int end) {
            super(from, end);
            this.order = order;
            this.number = number;
        }

        @Override
        Batch fetch(int index) {
            return load(order, number, index);
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    /// What the worker hands over: a batch or why there is none.
    private record Delivery(Batch batch, Throwable failure) {}

    private final class Ahead extends Epoch {
        private final ArrayBlockingQueue<Delivery> ready = new ArrayBlockingQueue<>(prefetch);
        private final Thread worker;
        private volatile boolean closed;

        private Ahead(int[] order, long number, int from, int end) {
            super(from, end);
            this.worker = Thread.ofPlatform().daemon().name("ijen-loader").start(() -> work(order, number, from, end));
        }

        private void work(int[] order, long number, int from, int end) {
            try {
                for (int i = from; i < end && !closed; i++) {
                    Delivery d;
                    try {
                        d = new Delivery(load(order, number, i), null);
                    } catch (Throwable e) {
                        d = new Delivery(null, e); // surfaces where the consumer asks for this batch
                    }
                    ready.put(d);
                    if (d.failure != null) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                // closed: whatever was prepared is dropped
            }
        }

        @Override
        Batch fetch(int index) {
            if (closed) {
                throw new IllegalStateException("the epoch is closed");
            }
            Delivery d;
            try {
                d = ready.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                close();
                throw new IjenException("loader: interrupted while waiting for batch " + index, e);
            }
            if (d.failure == null) {
                return d.batch;
            }
            close();
            switch (d.failure) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IjenException("loader: batch " + index + " failed", d.failure);
            }
        }

        @Override
        public void close() {
            closed = true;
            worker.interrupt();
            boolean interrupted = Thread.interrupted();
            try {
                // decoding one image takes milliseconds; a file system that hangs must not hang the program's end
                worker.join(TimeUnit.SECONDS.toMillis(10));
            } catch (InterruptedException e) {
                interrupted = true;
            }
            ready.clear();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
