package dev.ijen.train;

import dev.ijen.engine.Engine;
import dev.ijen.nn.Module;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.nio.file.Path;

/// A task whose model makes examples.
interface Generative extends Task {
    /// What is asked for.
    ///
    /// @param count examples
    /// @param prompt in words; empty for any
    /// @param seed of their randomness: the same seed gives the same examples
    /// @param steps of sampling; 0 for the configuration's
    /// @param guidance how much the prompt counts; negative for the configuration's
    record Wish(int count, String prompt, long seed, int steps, double guidance) {
        /// With the configuration's settings.
        static Wish of(int count, String prompt, long seed) {
            return new Wish(count, prompt, seed, 0, -1);
        }
    }

    /// Examples F32 [count, …] as the data has them. Draws nothing from the engine's generator.
    ///
    /// @throws dev.ijen.tensor.IjenException if the prompt is not understood
    HostTensor sample(Engine engine, Module model, Problem problem, Wish wish);

    /// Whether examples of a class can be asked for.
    default boolean isPrompted() {
        return false;
    }

    /// Examples of these classes, each asked for in one of the ways that describe its class, in turn.
    ///
    /// @param classes of each example; as many as `wish.count()`, whose prompt counts for nothing
    default HostTensor sample(Engine engine, Module model, Problem problem, Wish wish, int[] classes) {
        throw new IllegalStateException("no prompts");
    }

    /// Examples of the grid of an epoch.
    int shown();

    @Override
    default void show(Engine engine, Module model, Problem p, Path folder) {
        if (shown() > 0) {
            SampleGrid.write(folder, SampleGrid.of(sample(engine, model, p, Wish.of(shown(), "", 1))));
        }
    }

    /// Layers are checked by each network.
    @Override
    default Shape output(Problem problem) {
        return null;
    }
}
