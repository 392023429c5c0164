package dev.ijen.train;

import dev.ijen.data.Batch;
import dev.ijen.data.Loader;
import dev.ijen.engine.Engine;
import dev.ijen.engine.LaunchInfo;
import dev.ijen.engine.ProgramReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/// Where the time of training steps goes.
///
/// @param launches of a step, in order
/// @param nanos for each step that was timed, the time of each launch
/// @param stepNanos a step as it usually runs, not launch by launch; the median
/// @param batchSize examples a step
/// @param batchBytes of arguments that go to the device for a step
public record Profile(
        List<LaunchInfo> launches, List<long[]> nanos, long stepNanos, int batchSize, long batchBytes) {
    // the JVM interprets what has run some dozens of times only: a sum of two numbers then takes as long as a small product of matrices
    private static final int WARM_UP = 30;
    private static final int WARM_UP_A_STEP = 10;
    private static final long LEAST_NANOS = 1_500_000_000L; // of short steps many more
    private static final long MOST_NANOS = 4_000_000_000L;

    /// Copies the lists.
    public Profile {
        launches = List.copyOf(launches);
        nanos = List.copyOf(nanos);
    }

    static Profile of(Learner learner, Loader loader, ProgramReport report, int steps) {
        // the same few batches again and again: loading is not what is measured
        var batches = new ArrayList<Batch>();
        try (var epoch = loader.epoch(0)) {
            while (epoch.hasNext() && batches.size() < 4) {
                batches.add(epoch.next());
            }
        }
        var step = learner.step();
        return of(
                learner.engine(), report, loader.batchSize(), steps,
                i -> step.run(batches.get(i % batches.size())), i -> step.runTimed(batches.get(i % batches.size())));
    }

    /// Times steps in two ways by turns: whole, and launch by launch.
    ///
    /// @param run runs step i
    /// @param timed runs step i and gives the time of each of its launches, in the order of the report's details
    public static Profile of(
            Engine engine, ProgramReport report, int batchSize, int steps, IntConsumer run, IntFunction<long[]> timed) {
        long from = System.nanoTime();
        for (int i = 0;
                i < WARM_UP || System.nanoTime() - from < (i < WARM_UP_A_STEP * steps ? MOST_NANOS : LEAST_NANOS);
                i++) {
            run.accept(i);
            var _ = timed.apply(i); // only to warm up
        }
        var whole = new long[steps];
        var nanos = new ArrayList<long[]>();
        for (int i = 0; i < steps; i++) {
            engine.synchronize();
            long start = System.nanoTime();
            run.accept(i);
            engine.synchronize();
            whole[i] = System.nanoTime() - start;
            nanos.add(timed.apply(i));
        }
        Arrays.sort(whole);
        return new Profile(report.details(), nanos, whole[steps / 2], batchSize, report.argumentBytes());
    }

    /// Nanoseconds of a launch, the median over steps.
    public long median(int launch) {
        var all = nanos.stream().mapToLong(n -> n[launch]).sorted().toArray();
        return all[all.length / 2];
    }
}
