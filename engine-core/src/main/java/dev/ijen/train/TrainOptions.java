package dev.ijen.train;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Where and how a training runs; what it is stands in its configuration.
///
/// @param device which device
/// @param engine threads and the like; seed and precision are the configuration's
/// @param out the run directory; null for `runs/` and the run's name. One that holds something is never touched: a number is
///     added to the name
/// @param listeners who is told what happens
/// @param interrupted asked after every step; true ends the training after saving a checkpoint
/// @param maxTime most seconds of this sitting; null for those of the configuration, 0 for no limit
/// @param maxSteps most steps in all, of a run that is resumed; null for those of its configuration
/// @param detectAnomaly whether every step is waited for, and the operation named that first gave NaN or infinity
public record TrainOptions(
        Device device, EngineOptions engine, Path out, List<TrainListener> listeners, BooleanSupplier interrupted,
        Double maxTime, Integer maxSteps, boolean detectAnomaly) {
    /// Copies the list.
    public TrainOptions {
        listeners = List.copyOf(listeners);
    }

    /// The best device, no listeners.
    public static TrainOptions defaults() {
        return new TrainOptions(Device.auto(), EngineOptions.defaults(), null, List.of(), () -> false, null, null,
                false);
    }

    /// On another device.
    public TrainOptions withDevice(Device d) {
        return new TrainOptions(d, engine, out, listeners, interrupted, maxTime, maxSteps, detectAnomaly);
    }

    /// With other threads and the like.
    public TrainOptions withEngine(EngineOptions e) {
        return new TrainOptions(device, e, out, listeners, interrupted, maxTime, maxSteps, detectAnomaly);
    }

    /// With a chosen run directory.
    public TrainOptions withOut(Path directory) {
        return new TrainOptions(device, engine, directory, listeners, interrupted, maxTime, maxSteps, detectAnomaly);
    }

    /// With one more listener.
    public TrainOptions withListener(TrainListener l) {
        var all = new ArrayList<>(listeners);
        all.add(l);
        return new TrainOptions(device, engine, out, all, interrupted, maxTime, maxSteps, detectAnomaly);
    }

    /// With something that can ask for the end.
    public TrainOptions withInterrupted(BooleanSupplier asked) {
        return new TrainOptions(device, engine, out, listeners, asked, maxTime, maxSteps, detectAnomaly);
    }

    /// With another limit of this sitting's time, in seconds; 0 for none.
    public TrainOptions withMaxTime(Double seconds) {
        return new TrainOptions(device, engine, out, listeners, interrupted, seconds, maxSteps, detectAnomaly);
    }

    /// With another limit of steps, those before counted, of a run that is resumed.
    public TrainOptions withMaxSteps(Integer steps) {
        return new TrainOptions(device, engine, out, listeners, interrupted, maxTime, steps, detectAnomaly);
    }

    /// With or without a search for the operation that first gives NaN or infinity.
    public TrainOptions withDetectAnomaly(boolean on) {
        return new TrainOptions(device, engine, out, listeners, interrupted, maxTime, maxSteps, on);
    }
}
