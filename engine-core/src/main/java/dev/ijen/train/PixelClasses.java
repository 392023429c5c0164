package dev.ijen.train;

import dev.ijen.format.Images;
import dev.ijen.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Which class each pixel of a picture is of.
///
/// @param source the picture's file
/// @param classes I32 [H, W], at the size the network sees
/// @param names of the classes by index
/// @param height of the picture
/// @param width of the picture
public record PixelClasses(String source, HostTensor classes, List<String> names, int height, int width) {
    /// Bits of a colour's channel, and of a class's number that choose each of them.
    private static final int BITS = 8;

    /// Copies the list.
    public PixelClasses {
        names = List.copyOf(names);
    }

    /// The class of most pixels, and each class's share of them.
    public Prediction prediction() {
        var counts = new long[names.size()];
        for (int c : classes.toIntArray()) {
            counts[c]++;
        }
        var shares = new LinkedHashMap<String, Double>();
        int best = 0;
        for (int c = 0; c < counts.length; c++) {
            shares.put(names.get(c), (double) counts[c] / classes.shape().size());
            best = counts[c] > counts[best] ? c : best;
        }
        return new Prediction(source, names.get(best), Double.NaN, shares);
    }

    /// Each pixel in its class's colour, U8 [H, W, 3] of the picture's own size.
    public HostTensor picture() {
        int[] c = classes.toIntArray();
        var rgb = new byte[3 * c.length];
        for (int i = 0; i < c.length; i++) {
            int color = color(c[i]);
            rgb[3 * i] = (byte) (color >> 16);
            rgb[3 * i + 1] = (byte) (color >> 8);
            rgb[3 * i + 2] = (byte) color;
        }
        var small = HostTensor.ofBytes(rgb, classes.shape().dim(0), classes.shape().dim(1), 3);
        return Images.resize(small, height, width, Images.Resize.NEAREST);
    }

    /// The colours by class, such as `#800000`.
    public Map<String, String> colors() {
        var all = new LinkedHashMap<String, String>();
        for (int c = 0; c < names.size(); c++) {
            all.put(names.get(c), String.format(Locale.ROOT, "#%06x", color(c)));
        }
        return all;
    }

    /// The colour of PASCAL VOC's label pictures, 0xRRGGBB: black for class 0, then dark red, dark green, …; 256 of them differ
    /// (VOCcolormap of its development kit; Everingham et al. 2010).
    static int color(int index) {
        int r = 0;
        int g = 0;
        int b = 0;
        int rest = index;
        for (int bit = BITS - 1; bit >= 0; bit--) {
            r |= (rest & 1) << bit;
            g |= (rest >> 1 & 1) << bit;
            b |= (rest >> 2 & 1) << bit;
            rest >>= 3;
        }
        return r << 16 | g << 8 | b;
    }
}
