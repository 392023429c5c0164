package dev.ijen.cli.bench;

import dev.ijen.engine.Engine;
import dev.ijen.train.Profile;
import java.util.List;
import java.util.function.IntFunction;

/// The benchmark's workloads, for who wants to look into one rather than to time it beside another engine.
public final class Workloads {
    /// Training steps that are measured, one by one, by `ijen bench training`.
    public static final List<String> TRAINING = List.of(
            "train/mlp-b64", "train/mlp-b512", "train/cnn-b64", "train/resnet18-b32", "train/lstm-b32",
            "train/gpt-b16");

    /// Answers to one example, by `ijen bench inference`.
    public static final List<String> INFERENCE = List.of(
            "infer/mlp-b1", "infer/cnn-b1", "infer/resnet18-b1", "infer/lstm-b1", "infer/gpt-b1");

    private Workloads() {}

    /// What a request names.
    ///
    /// @param workload such as `train/mlp-b64`
    /// @param precision what stands behind an `@`; null where there is none
    public record Named(String workload, String precision) {
        /// Of `train/mlp-b64` or `train/mlp-b64@bf16`.
        public static Named of(String text) {
            int at = text.indexOf('@');
            return at < 0 ? new Named(text, null) : new Named(text.substring(0, at), text.substring(at + 1));
        }
    }

    /// Where the time of a workload's steps goes.
    ///
    /// @param engine a fresh one, which keeps what the workload put on it until it is closed
    /// @param name such as `train/mlp-b64`
    /// @return times so many steps
    /// @throws IllegalArgumentException for a name that is none
    public static IntFunction<Profile> profile(Engine engine, String name) {
        var w = Workload.of(engine, name);
        var report = w.step().report(List.of());
        return steps -> Profile.of(engine, report, w.batch(), steps, _ -> w.step().run(), _ -> w.step().runTimed());
    }
}
