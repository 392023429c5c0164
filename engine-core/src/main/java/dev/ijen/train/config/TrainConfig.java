package dev.ijen.train.config;

import dev.ijen.tensor.Precision;

/// Everything a training is: the same configuration, data and seed give the same weights.
///
/// @param name of the run
/// @param seed of weights, order, augmentation and dropout
/// @param precision in which types it computes
/// @param task what it is about
/// @param data which data
/// @param model the network
/// @param init where first weights come from
/// @param lora adapters
/// @param optimizer how weights move
/// @param schedule how the learning rate goes
/// @param training how long, and what is kept
/// @param augmentation random changes of images
public record TrainConfig(
        @Key(doc = "name of the run and its folder", or = "run") String name,
        @Key(doc = "seed of first weights, order, augmentation and dropout", or = "0") long seed,
        @Key(doc = "f32, tf32 (faster products where the device has it), or mixed: bf16, f16",
                or = "f32") Precision precision,
        @Key(doc = "what the training is about, and settings of that") TaskConfig task,
        @Key(doc = "which data, how it is read, divided and prepared") DataConfig data,
        @Key(doc = "the network") ModelConfig model,
        @Key(doc = "where first weights come from: transfer learning") InitConfig init,
        @Key(doc = "low-rank adapters beside linear layers: only they are trained") LoraConfig lora,
        @Key(doc = "how weights move") OptimizerConfig optimizer,
        @Key(doc = "how the learning rate goes") ScheduleConfig schedule,
        @Key(doc = "how long, by what measure, and what is kept") TrainingConfig training,
        @Key(doc = "random changes of training images") AugmentationConfig augmentation) {

    /// With another name.
    public TrainConfig withName(String n) {
        return new TrainConfig(n, seed, precision, task, data, model, init, lora, optimizer, schedule, training,
                augmentation);
    }

    /// With another seed.
    public TrainConfig withSeed(long s) {
        return new TrainConfig(name, s, precision, task, data, model, init, lora, optimizer, schedule, training,
                augmentation);
    }

    /// With another precision.
    public TrainConfig withPrecision(Precision p) {
        return new TrainConfig(name, seed, p, task, data, model, init, lora, optimizer, schedule, training,
                augmentation);
    }

    /// With another file or folder of data.
    public TrainConfig withDataPath(String path) {
        return withData(data.withPath(path));
    }

    /// With other data.
    public TrainConfig withData(DataConfig d) {
        return new TrainConfig(name, seed, precision, task, d, model, init, lora, optimizer, schedule, training,
                augmentation);
    }

    /// With another limit of steps; 0 for none.
    public TrainConfig withMaxSteps(long steps) {
        var t = training;
        return withTraining(new TrainingConfig(
                t.epochs(), t.batchSize(), t.evalBatchSize(), steps, t.maxTime(), t.loss(), t.labelSmoothing(),
                t.classWeights(),
                t.monitor(), t.patience(), t.minDelta(), t.logEvery(), t.checkpointEvery(),
                t.checkpointSeconds(), t.keep(), t.ema(), t.gapWarning(),
                t.prefetch(), t.nonFinite(), t.recompute()));
    }

    /// With another limit of time; 0 for none.
    public TrainConfig withMaxTime(double seconds) {
        var t = training;
        return withTraining(new TrainingConfig(
                t.epochs(), t.batchSize(), t.evalBatchSize(), t.maxSteps(), seconds, t.loss(), t.labelSmoothing(),
                t.classWeights(),
                t.monitor(), t.patience(), t.minDelta(), t.logEvery(), t.checkpointEvery(),
                t.checkpointSeconds(), t.keep(), t.ema(), t.gapWarning(),
                t.prefetch(), t.nonFinite(), t.recompute()));
    }

    /// With another number of epochs.
    public TrainConfig withEpochs(int epochs) {
        var t = training;
        return withTraining(new TrainingConfig(
                epochs, t.batchSize(), t.evalBatchSize(), t.maxSteps(), t.maxTime(), t.loss(), t.labelSmoothing(),
                t.classWeights(),
                t.monitor(), t.patience(), t.minDelta(), t.logEvery(), t.checkpointEvery(),
                t.checkpointSeconds(), t.keep(), t.ema(), t.gapWarning(),
                t.prefetch(), t.nonFinite(), t.recompute()));
    }

    /// With another answer to losses and gradients that are no numbers.
    public TrainConfig withNonFinite(TrainingConfig.NonFinite policy) {
        var t = training;
        return withTraining(new TrainingConfig(
                t.epochs(), t.batchSize(), t.evalBatchSize(), t.maxSteps(), t.maxTime(), t.loss(), t.labelSmoothing(),
                t.classWeights(),
                t.monitor(), t.patience(), t.minDelta(), t.logEvery(), t.checkpointEvery(),
                t.checkpointSeconds(), t.keep(), t.ema(), t.gapWarning(),
                t.prefetch(), policy, t.recompute()));
    }

    /// With other first weights.
    public TrainConfig withInit(InitConfig i) {
        return new TrainConfig(name, seed, precision, task, data, model, i, lora, optimizer, schedule, training,
                augmentation);
    }

    /// With other adapters.
    public TrainConfig withLora(LoraConfig l) {
        return new TrainConfig(name, seed, precision, task, data, model, init, l, optimizer, schedule, training,
                augmentation);
    }

    /// With another network.
    public TrainConfig withModel(ModelConfig m) {
        return new TrainConfig(name, seed, precision, task, data, m, init, lora, optimizer, schedule, training,
                augmentation);
    }

    /// With other weights that stay as they are, besides those there are.
    public TrainConfig withFrozen(java.util.List<String> patterns) {
        return new TrainConfig(name, seed, precision, task, data, model, init, lora, optimizer.withFrozen(patterns),
                schedule, training, augmentation);
    }

    private TrainConfig withTraining(TrainingConfig t) {
        return new TrainConfig(name, seed, precision, task, data, model, init, lora, optimizer, schedule, t,
                augmentation);
    }
}
