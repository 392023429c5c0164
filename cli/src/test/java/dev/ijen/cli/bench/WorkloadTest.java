package dev.ijen.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/// The protocol's count of operations: 2 a multiply-add of products, convolutions, gates and full attention; training three times that.
class WorkloadTest {
    private static double flops(String name) {
        try (var engine = Engine.open(Device.cpu())) {
            return Workload.of(engine, name).flops();
        }
    }

    @Test
    void attentionCountsAllPairs() {
        double d = 128;
        double t = 128;
        double layer = t * (3 * d * d + d * d + 8 * d * d) + 2 * t * t * d;
        assertEquals(2 * (4 * layer + t * d * 65), flops("infer/gpt-b1"));
        assertEquals(3 * 2 * 2 * (4 * layer + t * d * 65), flops("train/gpt-b2"));
    }

    @Test
    void otherNetworks() {
        assertEquals(2.0 * (784 * 512 + 512 * 256 + 256 * 10), flops("infer/mlp-b1"));
        assertEquals(2.0 * 64 * (4 * 128 * (64 + 128)) + 2 * 128 * 10, flops("infer/lstm-b1"));
        assertEquals(2.0 * (28 * 28 * 32 * 9 + 14 * 14 * 64 * 32 * 9 + 64 * 49 * 128 + 128 * 10),
                flops("infer/cnn-b1"));
    }

    @Test
    void growthMeasuresEverySizeAndItsWork() {
        var told = new ArrayList<String>();
        var growth = new Growth(() -> Engine.open(Device.cpu()), work -> {
            work.run();
            return 0.5;
        }, told::add);
        var lines = growth.run(7);
        assertEquals(6, lines.size());
        assertEquals(6 * 3, told.size());
        for (var line : lines) {
            assertEquals(0, line.slope(1), 1e-12);
            // work grows at least by the line's power less what layers at the ends add
            var a = line.points().get(0);
            var b = line.points().get(1);
            double power = Math.log(b.flops() / a.flops()) / Math.log((double) b.size() / a.size());
            assertTrue(power > 0.4 && power <= line.power() + 1e-9, line + " " + power);
        }
    }
}
