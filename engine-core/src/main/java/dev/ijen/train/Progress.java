package dev.ijen.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Where a training stands: everything besides weights and optimizer that has to survive a restart.
final class Progress {
    /// Steps done.
    long step;

    /// The epoch that is running, from 0.
    int epoch;

    /// Batches of it that are done.
    int batch;

    /// Sum of its losses and hits, and how many steps these are of.
    double epochLoss;
    double epochHits;
    long epochSteps;

    /// Best value of the metric, where it was, and how many epochs without progress there were since.
    double best = Double.NaN;
    double bestLoss = Double.NaN;
    long bestStep;
    int stale;

    /// Seconds spent.
    double seconds;

    /// How often it went back because of a loss or gradient that was not finite.
    int rollbacks;

    /// Of a plateau schedule.
    Map<String, Double> plateau = Map.of();

    /// Told so far.
    final List<String> warnings = new ArrayList<>();

    /// Where the best weights are lost.
    void forgetBest() {
        best = Double.NaN;
        bestLoss = Double.NaN;
        bestStep = 0;
    }

    /// Goes back to where another one stands; the count of rollbacks, the time and what was told stay.
    void backTo(Progress p) {
        step = p.step;
        epoch = p.epoch;
        batch = p.batch;
        epochLoss = p.epochLoss;
        epochHits = p.epochHits;
        epochSteps = p.epochSteps;
        best = p.best;
        bestLoss = p.bestLoss;
        bestStep = p.bestStep;
        stale = p.stale;
        plateau = p.plateau;
    }

    Map<String, Object> toMap() {
        var m = new LinkedHashMap<String, Object>();
        m.put("version", 1L);
        m.put("step", step);
        m.put("epoch", (long) epoch);
        m.put("batch", (long) batch);
        m.put("epoch_loss", epochLoss);
        m.put("epoch_hits", epochHits);
        m.put("epoch_steps", epochSteps);
        m.put("best", Double.isFinite(best) ? best : null);
        m.put("best_loss", Double.isFinite(bestLoss) ? bestLoss : null);
        m.put("best_step", bestStep);
        m.put("stale", (long) stale);
        m.put("seconds", seconds);
        var p = new LinkedHashMap<String, Object>();
        plateau.forEach((k, v) -> p.put(k, Double.isFinite(v) ? v : null));
        m.put("rollbacks", (long) rollbacks);
        m.put("plateau", p);
        m.put("warnings", List.copyOf(warnings));
        return m;
    }

    static Progress of(Fields f) {
        var p = new Progress();
        f.whole("version", 1, 1);
        p.step = f.whole("step");
        p.epoch = f.whole("epoch", 0, Integer.MAX_VALUE);
        p.batch = f.whole("batch", 0, Integer.MAX_VALUE);
        p.epochLoss = f.number("epoch_loss");
        p.epochHits = f.number("epoch_hits");
        p.epochSteps = f.whole("epoch_steps");
        p.best = f.number("best");
        p.bestLoss = f.number("best_loss");
        p.bestStep = f.whole("best_step");
        p.stale = f.whole("stale", 0, Integer.MAX_VALUE);
        p.seconds = f.number("seconds");
        p.rollbacks = f.has("rollbacks") ? f.whole("rollbacks", 0, Integer.MAX_VALUE) : 0;
        var plateau = f.object("plateau");
        var state = new LinkedHashMap<String, Double>();
        for (var key : plateau.keys()) {
            state.put(key, plateau.has(key) ? plateau.number(key) : Double.POSITIVE_INFINITY);
        }
        p.plateau = state;
        p.warnings.addAll(f.texts("warnings"));
        return p;
    }
}
