package dev.ijen.cli.bench;

import dev.ijen.engine.Engine;
import dev.ijen.train.Profile;
import java.util.List;

/// The benchmark's workloads, for who wants to look into one rather than to time it beside another engine.
public final class Workloads {
    private Workloads() {}

    /// Where the time of a workload's steps goes.
    ///
    /// @param engine a fresh one, which keeps what the workload put on it until it is closed
    /// @param name such as `train/mlp-b64`
    /// @throws IllegalArgumentException for a name that is none
    public static Profile profile(Engine engine, String name, int steps) {
        var w = Workload.of(engine, name);
        var report = w.step().report(List.of());
        return Profile.of(engine, report, w.batch(), steps, _ -> w.step().run(), _ -> w.step().runTimed());
    }
}
