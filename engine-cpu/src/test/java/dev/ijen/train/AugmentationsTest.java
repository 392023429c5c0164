package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.format.Npz;
import dev.ijen.tensor.HostTensor;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Augmentation as a configuration asks for it; what each transform does is tested with the transforms.
class AugmentationsTest {
    @TempDir Path dir;

    private static TrainConfig config(String... sets) {
        return ConfigReader.parse("test", """
                name: blanks
                data: {kind: npz, validation: 0.25, test: 0.25}
                model:
                  layers: [flatten, linear: 16, relu, output]
                optimizer: {lr: 1e-2}
                training: {epochs: 4, batch_size: 10}
                """, List.of(sets));
    }

    private TrainOptions options() {
        return TrainOptions.defaults().withDevice(Device.cpu()).withOut(dir.resolve("run"));
    }

    private void fit(TrainConfig config) {
        try (var t = Trainer.of(config, options())) {
            t.fit();
        }
    }

    /// Blanked stretches, by the keys of the configuration: frames are rows, bands are columns.
    @Test
    void spectrogramsAreBlanked() throws Exception {
        var x = new float[40 * 8 * 6];
        var y = new int[40];
        Arrays.fill(x, 1);
        for (int i = 0; i < y.length; i++) {
            y[i] = i % 2;
        }
        var file = dir.resolve("ones.npz");
        Npz.write(file, Map.of("x", HostTensor.of(x, 40, 1, 8, 6), "y", HostTensor.of(y, 40)));
        for (boolean frames : new boolean[] {true, false}) {
            var c = config("data.validation=0", "data.test=0",
                    "augmentation.mask_" + (frames ? "frames=3" : "bands=3")).withDataPath(file.toString());
            int blanked = 0;
            try (var t = Trainer.of(c, options());
                    var epoch = Augmentations.loader(c, t.data().train()).epoch(0)) {
                for (var b : epoch) {
                    float[] v = b.input().toFloatArray();
                    for (int i = 0; i < v.length; i++) {
                        // the same all along the other axis
                        int first = i / 48 * 48 + (frames ? i % 48 / 6 * 6 : i % 6);
                        assertEquals(v[first], v[i]);
                        blanked += v[i] == 0 ? 1 : 0;
                    }
                }
            }
            int line = frames ? 6 : 8;
            assertTrue(blanked > 0 && blanked <= 40 * 3 * line && blanked % line == 0, blanked + " blanked");
        }
        var c = config("augmentation.mask_frames=9").withDataPath(file.toString());
        var e = assertThrows(ConfigException.class, () -> fit(c));
        assertTrue(e.getMessage().contains("at most 8"), e.getMessage());
    }
}
