package dev.ijen.train;

import dev.ijen.data.Batch;
import dev.ijen.data.Loader;
import dev.ijen.engine.LaunchInfo;
import dev.ijen.engine.ProgramReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
    private static final long WARM_UP_NANOS = 4_000_000_000L;

    /// Copies the lists.
    public Profile {
        launches = List.copyOf(launches);
        nanos = List.copyOf(nanos);
    }

    static Profile of(Learner learner, Loader loader, ProgramReport report, int steps) {
        var step = learner.step();
        // the same few batches again and again: loading is not what is measured
        var batches = new ArrayList<Batch>();
        try (var epoch = loader.epoch(0)) {
            while (epoch.hasNext() && batches.size() < 4) {
                batches.add(epoch.next());
            }
        }
        long from = System.nanoTime();
        for (int i = 0; i < WARM_UP || i < WARM_UP_A_STEP * steps && System.nanoTime() - from < WARM_UP_NANOS; i++) {
            step.run(batches.get(i % batches.size()));
            step.runTimed(batches.get(i % batches.size()));
        }
        var whole = new long[steps];
        var nanos = new ArrayList<long[]>();
        for (int i = 0; i < steps; i++) {
            var batch = batches.get(i % batches.size());
            learner.engine().synchronize();
            long start = System.nanoTime();
            step.run(batch);
            learner.engine().synchronize();
            whole[i] = System.nanoTime() - start;
            nanos.add(step.runTimed(batch));
        }
        Arrays.sort(whole);
        return new Profile(
                report.details(), nanos, whole[steps / 2], loader.batchSize(), report.argumentBytes());
    }

    /// Nanoseconds of a launch, the median over steps.
    public long median(int launch) {
        var all = nanos.stream().mapToLong(n -> n[launch]).sorted().toArray();
        return all[all.length / 2];
    }
}
