package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.engine.Engine;
import dev.ijen.nn.Module;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.List;

/// What a training is about: which data, which network, what is minimised, what is measured. All else (the loop, checkpoints, resuming
/// to the same bits, limits, reports) is written once, in [Trainer], and knows tasks only by this interface.
///
/// A task is made from a configuration alone and holds nothing that is learnt: what it has to remember about the data is in the
/// [Preprocessor], so a trained model is used by the same task without its data.
interface Task {
    /// The task a configuration names.
    static Task of(TrainConfig config) {
        return switch (config.task().type()) {
            case AUTO -> new Examples(config);
            case LANGUAGE_MODEL -> new LanguageModel(config);
            case MASKED_LANGUAGE_MODEL -> new MaskedLanguageModel(config);
            case TRANSLATION -> new TranslationTask(config);
            case FORECAST -> new Forecast(config);
            case SEGMENTATION -> new SegmentationTask(config);
            case CTC -> new CtcTask(config);
            case GAN -> new GanTask(config);
            case VAE -> new VaeTask(config);
            case DIFFUSION -> new DiffusionTask(config);
        };
    }

    /// Reads and divides the data.
    DataParts load();

    /// What is known where the configuration declares shapes and no data is read; null if it does not declare enough.
    Problem declared();

    /// Numbers an output has for each place it predicts: classes, targets, symbols. Negative if only the weights tell.
    int outputs(Preprocessor pre);

    /// What the label of one example is.
    ElementSpec label(Preprocessor pre, int outputs);

    /// The network. What [#goals] and [#outputs] apply, and checkpoints hold.
    Module model(Engine engine, Problem problem);

    /// What is minimised in a step, in this order; one goal for most tasks. Losses of a later goal see the weights that earlier ones
    /// have moved. Goals of one name share an optimizer.
    List<Goal> goals(Engine engine, Module model, Problem problem);

    /// What evaluation looks at, F32 [N, …]: outputs, or numbers made of them on the device.
    ///
    /// @param x inputs as the dataset gives them
    /// @param y labels; null unless [#judgesWithLabels]
    Tensor outputs(Module model, Problem problem, Tensor x, Tensor y);

    /// Whether [#outputs] needs labels.
    default boolean judgesWithLabels() {
        return false;
    }

    /// How good outputs are.
    ///
    /// @param y what [#outputs] gave for all examples of `data`, one after the other
    Evaluation evaluate(Problem problem, Dataset data, double[] y);

    /// The names of the metrics [#evaluate] gives, that which chooses the best weights first.
    List<String> metrics(Preprocessor pre);

    /// What the network gives for an example: the shape layers are checked against, without batch. Null for any.
    Shape output(Problem problem);

    /// At an epoch's end, after its evaluation: whatever is worth looking at, such as samples. Must not draw from the engine's generator,
    /// or a resumed run would differ.
    ///
    /// @param folder of this step; does not exist yet
    default void show(Engine engine, Module model, Problem problem, Path folder) {
        // most tasks have nothing to show
    }
}
