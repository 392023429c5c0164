package dev.ijen.optim;

import dev.ijen.engine.Cells;
import dev.ijen.tensor.Shape;
import java.util.List;

/// What all optimizers can do beside their rule.
///
/// @param schedule the learning rate
/// @param weightDecay λ
/// @param vectorDecay whether λ also holds for parameters of one axis: biases, and scales of norms
/// @param clipNorm greatest global norm of the gradients, or infinity
/// @param clipValue greatest absolute value in a gradient, or infinity
/// @param accumulation how many calls make one update
/// @param frozen patterns of parameter names that do not move
/// @param groups patterns of parameter names with factors of their own; the last that matches holds
record Settings(
        Schedule schedule,
        double weightDecay,
        boolean vectorDecay,
        double clipNorm,
        double clipValue,
        int accumulation,
        List<String> frozen,
        List<Group> groups) {

    /// Parameters whose names match a pattern.
    ///
    /// @param pattern `*` stands for any characters
    /// @param rate factor on the learning rate
    /// @param decay factor on λ
    /// @param own whether `decay` stands for λ itself
    record Group(String pattern, double rate, double decay, boolean own) {}

    static Settings of(Schedule schedule) {
        var inf = Double.POSITIVE_INFINITY;
        return new Settings(schedule, 0, true, inf, inf, 1, List.of(), List.of());
    }

    Settings withDecay(double lambda, boolean vectors) {
        return new Settings(schedule, lambda, vectors, clipNorm, clipValue, accumulation, frozen, groups);
    }

    Settings withClip(double norm, double value) {
        return new Settings(schedule, weightDecay, vectorDecay, norm, value, accumulation, frozen, groups);
    }

    Settings withAccumulation(int calls) {
        return new Settings(schedule, weightDecay, vectorDecay, clipNorm, clipValue, calls, frozen, groups);
    }

    Settings withFrozen(List<String> patterns) {
        return new Settings(schedule, weightDecay, vectorDecay, clipNorm, clipValue, accumulation, patterns, groups);
    }

    Settings withGroups(List<Group> all) {
        return new Settings(schedule, weightDecay, vectorDecay, clipNorm, clipValue, accumulation, frozen, all);
    }

    boolean isFrozen(String name) {
        return Cells.matches(frozen, name);
    }

    double rateFactor(String name) {
        return group(name).rate;
    }

    double decay(String name, Shape shape) {
        var g = group(name);
        return vectorDecay || shape.rank() > 1 ? g.own ? g.decay : weightDecay * g.decay : 0;
    }

    private Group group(String name) {
        for (var g : groups.reversed()) {
            if (Cells.matches(g.pattern, name)) {
                return g;
            }
        }
        return new Group(name, 1, 1, false);
    }
}
