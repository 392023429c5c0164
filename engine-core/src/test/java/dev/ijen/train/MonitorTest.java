package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.Presets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MonitorTest {
    private static Monitor monitor(String... sets) {
        return new Monitor(Presets.load("mnist-cnn", List.of(sets)), List.of("accuracy", "loss"));
    }

    private static Evaluation of(double accuracy, double loss) {
        return new Evaluation(10, loss, Map.of("accuracy", accuracy), null, List.of());
    }

    @Test
    void bestIsHighestAccuracyThenLowestLoss() {
        var m = monitor("training.patience=2");
        var p = new Progress();
        p.step = 1;
        assertTrue(m.observe(p, of(0.5, 1)));
        p.step = 2;
        assertFalse(m.observe(p, of(0.4, 0.5)));
        assertFalse(m.shouldStop(p));
        p.step = 3;
        assertTrue(m.observe(p, of(0.5, 0.9)));
        p.step = 4;
        assertFalse(m.observe(p, of(0.5, 0.9)));
        p.step = 5;
        assertFalse(m.observe(p, of(0.5, 1.1)));
        assertTrue(m.shouldStop(p));
        assertEquals(3, p.bestStep);
    }

    @Test
    void aLossShouldFallByMoreThanTheLeastProgress() {
        var m = monitor("training.monitor=loss", "training.min_delta=0.1");
        var p = new Progress();
        assertTrue(m.lowerIsBetter());
        assertTrue(m.observe(p, of(0, 1)));
        assertFalse(m.observe(p, of(0, 0.95)));
        assertTrue(m.observe(p, of(0, 0.8)));
        assertFalse(m.shouldStop(p));
    }

    @Test
    void theLatestWhateverTheMetricSays() {
        var m = monitor("training.monitor=last");
        var p = new Progress();
        for (double accuracy : new double[] {0.9, 0.2, 0.5}) {
            p.step++;
            assertTrue(m.observe(p, of(accuracy, 1 - accuracy)));
            assertEquals(p.step, p.bestStep);
            assertFalse(m.shouldStop(p));
        }
        assertTrue(m.takesLast());
        assertEquals("accuracy", m.metric());
        var error = assertThrows(
                ConfigException.class, () -> monitor("training.monitor=last", "training.patience=1"));
        assertTrue(error.getMessage().contains("training.patience"), error.getMessage());
    }

    @Test
    void unknownMetricsAreRefused() {
        assertThrows(ConfigException.class, () -> monitor("training.monitor=acuracy"));
        assertThrows(ConfigException.class, () -> monitor("training.monitor=r2"));
    }

    @Test
    void progressSurvivesJson() {
        var p = new Progress();
        p.step = 12;
        p.epoch = 3;
        p.batch = 4;
        p.epochLoss = 1.0 / 3;
        p.best = 0.1;
        p.bestLoss = 0.7;
        p.bestStep = 9;
        p.stale = 2;
        p.plateau = Map.of("best", Double.POSITIVE_INFINITY, "bad", 2.0);
        p.warnings.add("w");
        var text = dev.ijen.format.Json.write(p.toMap());
        var back = Progress.of(Fields.of("state", dev.ijen.format.Json.parse("state", text)));
        assertEquals(p.toMap(), back.toMap());
        assertEquals(Double.POSITIVE_INFINITY, back.plateau.get("best"));
    }
}
