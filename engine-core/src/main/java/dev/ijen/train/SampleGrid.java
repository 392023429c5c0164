package dev.ijen.train;

import dev.ijen.format.FormatException;
import dev.ijen.format.Images;
import dev.ijen.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Many small examples as one picture.
public final class SampleGrid {
    private static final int GAP = 2;
    private static final int PLOT = 256;

    private SampleGrid() {}

    /// Pictures [N, C, H, W] from 0 to 1 beside each other, about as many rows as columns; points [N, 2] as a plot. U8 [H, W, C].
    public static HostTensor of(HostTensor samples) {
        int n = samples.shape().dim(0);
        return samples.shape().rank() == 4 ? tiles(samples, (int) Math.ceil(Math.sqrt(n))) : plot(samples);
    }

    /// With a chosen number of columns.
    public static HostTensor tiles(HostTensor samples, int columns) {
        int n = samples.shape().dim(0);
        int c = samples.shape().dim(1) == 3 ? 3 : 1;
        int h = samples.shape().dim(2);
        int w = samples.shape().dim(3);
        int wide = Math.min(columns, n);
        int rows = (n + wide - 1) / wide;
        int height = rows * (h + GAP) + (n == 1 ? -GAP : GAP);
        int width = wide * (w + GAP) + (n == 1 ? -GAP : GAP);
        int border = n == 1 ? 0 : GAP;
        var out = new byte[height * width * c];
        java.util.Arrays.fill(out, (byte) (n == 1 ? 0 : 96));
        for (int i = 0; i < n; i++) {
            int top = border + i / wide * (h + GAP);
            int left = border + i % wide * (w + GAP);
            for (int y = 0; y < h; y++) {
                for (int x = 0; x < w; x++) {
                    for (int k = 0; k < c; k++) {
                        double v = samples.get(((i * samples.shape().dim(1) + k) * h + y) * w + x);
                        out[((top + y) * width + left + x) * c + k] = (byte) Math.round(255 * Math.clamp(v, 0, 1));
                    }
                }
            }
        }
        return HostTensor.ofBytes(out, height, width, c);
    }

    /// Each of many pictures by itself, U8 [H, W, C].
    public static List<HostTensor> each(HostTensor samples) {
        var all = new ArrayList<HostTensor>();
        int size = samples.shape().size() / samples.shape().dim(0);
        var dims = samples.shape().with(0, 1).dims();
        var values = samples.toFloatArray();
        for (int i = 0; i < samples.shape().dim(0); i++) {
            all.add(tiles(HostTensor.of(java.util.Arrays.copyOfRange(values, i * size, (i + 1) * size), dims), 1));
        }
        return all;
    }

    /// Writes a grid into a folder that need not exist.
    static void write(Path folder, HostTensor picture) {
        write(folder, "samples.png", picture);
    }

    static void write(Path folder, String name, HostTensor picture) {
        var file = folder.resolve(name);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
        Images.writePng(file, picture);
    }

    /// Points of the plane from −3 to 3, dark on light.
    private static HostTensor plot(HostTensor points) {
        var out = new byte[PLOT * PLOT];
        java.util.Arrays.fill(out, (byte) 255);
        int width = points.shape().size() / points.shape().dim(0);
        for (int i = 0; i < points.shape().dim(0); i++) {
            int x = (int) ((points.get((long) i * width) + 3) / 6 * PLOT);
            int y = (int) ((3 - points.get((long) i * width + 1)) / 6 * PLOT);
            for (int d = 0; d < 4; d++) {
                int px = x + d % 2;
                int py = y + d / 2;
                if (px >= 0 && py >= 0 && px < PLOT && py < PLOT) {
                    out[py * PLOT + px] = 0;
                }
            }
        }
        return HostTensor.ofBytes(out, PLOT, PLOT, 1);
    }
}
