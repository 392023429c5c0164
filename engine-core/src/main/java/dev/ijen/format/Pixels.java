package dev.ijen.format;

import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.ShapeException;
import java.awt.Point;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/// Pixels between the JDK's images and tensors, without colour management: samples are taken as they stand in the file.
final class Pixels {
    private static final int OPAQUE = 255;

    private Pixels() {}

    static void check(String operation, HostTensor image) {
        if (!Images.isImage(image)) {
            throw new ShapeException(
                    operation, image.dtype() + image.shape().toString(), "U8 [H, W, C] with C from 1 to 4",
                    "convert first");
        }
    }

    /// @param transparent the palette entry or small gray sample to take as transparent, or -1
    static HostTensor asStored(String name, BufferedImage image, int transparent) {
        int w = image.getWidth();
        int h = image.getHeight();
        if (image.getColorModel() instanceof IndexColorModel palette) {
            return expand(image, palette, transparent);
        }
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        int bits = image.getColorModel().getComponentSize(0);
        if (bands > 4 || (bits != 8 && bits != 16)) {
            throw FormatException.unsupported(
                    name, "pixel layout", bands + " channels of " + bits + " bits", "1 to 4 of 8 or 16",
                    "convert it to RGB");
        }
        var pixels = new byte[h * w * bands];
        var row = new int[w * bands];
        for (int y = 0; y < h; y++) {
            raster.getPixels(0, y, w, 1, row); // samples in the order R, G, B, A, whatever the order in memory
            for (int i = 0; i < row.length; i++) {
                pixels[y * row.length + i] = (byte) (bits == 16 ? row[i] >>> 8 : row[i]);
            }
        }
        return Images.tensor(pixels, h, w, bands);
    }

    /// Palette entries; gray if every entry is, with alpha if any entry is transparent.
    private static HostTensor expand(BufferedImage image, IndexColorModel palette, int transparent) {
        int w = image.getWidth();
        int h = image.getHeight();
        int n = palette.getMapSize();
        boolean alpha = palette.hasAlpha() || transparent >= 0;
        boolean gray = palette.getColorSpace().getType() == ColorSpace.TYPE_GRAY || isGrayRamp(palette);
        int bands = (gray ? 1 : 3) + (alpha ? 1 : 0);
        var pixels = new byte[h * w * bands];
        var row = new int[w];
        for (int y = 0, to = 0; y < h; y++) {
            image.getRaster().getSamples(0, y, w, 1, 0, row);
            for (int v : row) {
                int rgb = palette.getRGB(Math.min(v, n - 1));
                pixels[to++] = (byte) (rgb >> 16);
                if (!gray) {
                    pixels[to++] = (byte) (rgb >> 8);
                    pixels[to++] = (byte) rgb;
                }
                if (alpha) {
                    pixels[to++] = v == transparent ? 0 : (byte) (rgb >>> 24);
                }
            }
        }
        return Images.tensor(pixels, h, w, bands);
    }

    /// The JDK reads gray of 1, 2 and 4 bits as a palette with evenly spaced grays.
    private static boolean isGrayRamp(IndexColorModel palette) {
        int n = palette.getMapSize();
        if (n != 2 && n != 4 && n != 16) {
            return false;
        }
        for (int i = 0; i < n; i++) {
            int expected = i * 255 / (n - 1);
            if (palette.getRed(i) != expected || palette.getGreen(i) != expected || palette.getBlue(i) != expected) {
                return false;
            }
        }
        return true;
    }

    static HostTensor withChannels(HostTensor image, int channels) {
        if (channels != 1 && channels != 3 && channels != 4) {
            throw new ShapeException(
                    "image", channels + " channels", "1 (gray), 3 (RGB) or 4 (RGB and alpha)", "choose one of these");
        }
        int from = image.shape().dim(2);
        if (from == channels) {
            return image;
        }
        int h = image.shape().dim(0);
        int w = image.shape().dim(1);
        byte[] in = Images.array(image);
        var out = new byte[h * w * channels];
        for (int p = 0; p < h * w; p++) {
            int at = p * from;
            int alpha = from == 2 ? in[at + 1] & 0xff : from == 4 ? in[at + 3] & 0xff : OPAQUE;
            int r = in[at] & 0xff;
            int g = from >= 3 ? in[at + 1] & 0xff : r;
            int b = from >= 3 ? in[at + 2] & 0xff : r;
            int to = p * channels;
            if (channels == 4) {
                out[to + 3] = (byte) alpha;
            } else {
                r = overWhite(r, alpha);
                g = overWhite(g, alpha);
                b = overWhite(b, alpha);
            }
            if (channels == 1) {
                // BT.601 in 16-bit fixed point; a gray pixel stays as it is
                out[to] = (byte) (r * 19595 + g * 38470 + b * 7471 + 0x8000 >> 16);
            } else {
                out[to] = (byte) r;
                out[to + 1] = (byte) g;
                out[to + 2] = (byte) b;
            }
        }
        return Images.tensor(out, h, w, channels);
    }

    private static int overWhite(int v, int alpha) {
        return (v * alpha + 255 * (OPAQUE - alpha) + 127) / 255;
    }

    static BufferedImage buffered(HostTensor image) {
        int h = image.shape().dim(0);
        int w = image.shape().dim(1);
        int c = image.shape().dim(2);
        byte[] pixels = Images.array(image);
        if (c == 1) {
            return Images.gray(pixels, h, w);
        }
        var offsets = new int[c];
        for (int i = 0; i < c; i++) {
            offsets[i] = i;
        }
        boolean alpha = c == 2 || c == 4;
        ColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(c < 3 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB),
                alpha,
                false,
                alpha ? ColorModel.TRANSLUCENT : ColorModel.OPAQUE,
                DataBuffer.TYPE_BYTE);
        var raster = Raster.createInterleavedRaster(
                new DataBufferByte(pixels, pixels.length), w, h, w * c, c, offsets, new Point(0, 0));
        return new BufferedImage(model, raster, false, null);
    }
}
