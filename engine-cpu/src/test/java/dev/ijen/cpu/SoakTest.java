package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Dropout;
import dev.ijen.nn.Linear;
import dev.ijen.optim.Adam;
import dev.ijen.optim.Schedule;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Memory does not grow with the number of steps: not on the heap, not in the engine, not in the process. 3,000 steps, with
/// `-Dijen.soak=true` 50,000.
class SoakTest {
    private static final int STEPS = Boolean.getBoolean("ijen.soak") ? 50_000 : 2_400;
    /// Until the JVM has compiled what runs and knows how much memory it wants for that.
    private static final int WARM_UP = STEPS >= 50_000 ? Integer.getInteger("ijen.soak.warm", 150_000) : 600;
    private static final int READINGS = 25;

    /// Memory after a number of steps, in bytes.
    private record Reading(long step, long heap, long engine, long buffers, long process) {}

    @Test
    void trainingKeepsMemoryFlat() throws IOException, InterruptedException {
        try (var engine = Engine.open(Device.cpu(), EngineOptions.defaults().withSeed(5).withThreads(2))) {
            var model = Chain.of(
                    Linear.of(engine, 16, 32), Tensor::relu, Dropout.of(engine, 0.1), Linear.of(engine, 32, 4));
            var adam = Adam.of(Schedule.cosine(1e-3, STEPS));
            var step = engine.compile((x, y) -> {
                var loss = Loss.mse(model.apply(x), y);
                adam.update(model, loss);
                return loss;
            });
            var random = new Random(2);
            var readings = new ArrayList<Reading>();
            // the last batch of an epoch is a smaller one; results are read now and then
            run(step, random, WARM_UP);
            for (int i = 1; i <= READINGS; i++) {
                run(step, random, STEPS / READINGS);
                readings.add(reading(engine, WARM_UP + (long) i * STEPS / READINGS));
            }
            double heap = slope(readings.stream().map(Reading::heap).toList(), readings);
            double process = slope(readings.stream().map(Reading::process).toList(), readings);
            System.out.printf(
                    "%,d steps: heap %,d → %,d bytes (%.1f bytes per 1,000 steps), engine %,d → %,d bytes, process %,d → %,d KiB (%.1f KiB per"
                            + " 1,000 steps)%n",
                    STEPS, readings.getFirst().heap, readings.getLast().heap, heap, readings.getFirst().engine,
                    readings.getLast().engine,
                    readings.getFirst().process >> 10, readings.getLast().process >> 10, process / 1024);
            assertEquals(readings.getFirst().engine, readings.getLast().engine, "bytes on the device");
            assertEquals(readings.getFirst().buffers, readings.getLast().buffers, "buffers on the device");
            // the JVM's own caches settle during the first thousands of steps
            // with a heap of one size (-Xms as -Xmx) what grows is native
            boolean fixed = Runtime.getRuntime().totalMemory() == Runtime.getRuntime().maxMemory();
            assertTrue(STEPS < 50_000 || !fixed || process < 1024, process + " bytes of the process per 1,000 steps");
            assertTrue(heap < (STEPS >= 50_000 ? 1024 : 65_536), heap + " bytes of heap per 1,000 steps");
        }
    }

    private static void run(dev.ijen.engine.Step step, Random random, int steps) {
        for (int i = 0; i < steps; i++) {
            int n = i % 10 == 9 ? 3 : 8;
            var out = step.run(values(random, n, 16), values(random, n, 4));
            if (i % 50 == 0) {
                assertTrue(Double.isFinite(out.item()));
            }
        }
    }

    private static HostTensor values(Random random, int n, int m) {
        var v = new float[n * m];
        for (int i = 0; i < v.length; i++) {
            v[i] = random.nextFloat();
        }
        return HostTensor.of(v, n, m);
    }

    private static Reading reading(Engine engine, long step) throws IOException, InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(5);
            least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        long process = 0;
        var status = Path.of("/proc/self/status");
        if (Files.exists(status)) {
            process = Files.readAllLines(status).stream()
                    .filter(l -> l.startsWith("RssAnon"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        }
        return new Reading(step, least, engine.memory().liveBytes(), engine.memory().buffers(), process);
    }

    /// Least squares, per 1,000 steps.
    private static double slope(List<Long> values, List<Reading> readings) {
        double mx = readings.stream().mapToLong(Reading::step).average().orElseThrow();
        double my = values.stream().mapToLong(v -> v).average().orElseThrow();
        double xy = 0;
        double xx = 0;
        for (int i = 0; i < values.size(); i++) {
            double dx = readings.get(i).step - mx;
            xy += dx * (values.get(i) - my);
            xx += dx * dx;
        }
        return 1000 * xy / xx;
    }
}
