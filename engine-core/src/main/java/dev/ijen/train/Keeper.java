package dev.ijen.train;

import dev.ijen.tensor.HostTensor;
import dev.ijen.train.config.TrainConfig;
import java.util.Map;
import java.util.function.Consumer;

/// What is kept of a training while it runs: checkpoints on disk, and in memory what is not there yet.
final class Keeper {
    private final TrainConfig config;
    private final Learner learner;
    private final Checkpoints checkpoints;
    private final Map<String, String> metadata;
    private final Inputs inputs;
    private final Progress progress;
    private final Consumer<TrainEvent> tell;
    private long lastSave = System.nanoTime();
    private boolean unsaved;

    /// The best weights so far, where they are not on disk yet.
    private Snapshot pending;

    /// A checkpoint in memory.
    record Snapshot(
            long step, Map<String, HostTensor> weights, Map<String, HostTensor> states, Map<String, Object> progress) {}

    Keeper(TrainConfig config, Learner learner, Checkpoints checkpoints, Map<String, String> metadata,
            Inputs inputs, Progress progress, Consumer<TrainEvent> tell) {
        this.config = config;
        this.learner = learner;
        this.checkpoints = checkpoints;
        this.metadata = metadata;
        this.inputs = inputs;
        this.progress = progress;
        this.tell = tell;
    }

    Snapshot snapshot() {
        return new Snapshot(progress.step, learner.weights(), learner.states(), progress.toMap());
    }

    /// At an epoch's end: to disk, or where the last time was just now, only to memory. Short epochs would spend their time waiting
    /// for the disk otherwise.
    void keep(boolean best) {
        unsaved = !best;
        if (best) {
            pending = snapshot();
        }
        if ((System.nanoTime() - lastSave) / 1e9 >= config.training().checkpointSeconds()) {
            flush();
        }
    }

    /// Writes the weights as they are now, and what is not on disk yet.
    void save() {
        unsaved = true;
        flush();
    }

    /// Writes what is not on disk yet: the best weights first, which what follows refers to.
    void flush() {
        if (pending != null) {
            write(pending, true);
            pending = null;
        }
        if (unsaved) {
            write(snapshot(), false);
            unsaved = false;
        }
        lastSave = System.nanoTime();
    }

    /// The weights are spoilt, but the best ones before may be in memory only. The last checkpoint in words.
    String flushWithoutLast() {
        unsaved = false;
        flush();
        var last = checkpoints.find("last");
        return last == null ? "there is no checkpoint yet" : "the last good checkpoint is " + last;
    }

    private void write(Snapshot s, boolean best) {
        var path = checkpoints.save(
                s.step, s.weights, metadata, s.states, inputs.in(s.progress), best, config.training().keep());
        tell.accept(new TrainEvent.Checkpointed(path, s.step, best));
    }
}
