package dev.ijen.onnx;

import dev.ijen.tensor.HostTensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/// ImageDecoder: an encoded image, U8[n], to pixels U8[H, W, C] in the order the node asks for. Formats are those of the JDK (PNG, JPEG, BMP,
/// TIFF, GIF) and PPM.
final class Decoder {
    private static final long MAX_PIXELS = 100_000_000;

    private Decoder() {}

    static Value decode(Call c) {
        var h = c.host(0);
        var bytes = new byte[h.shape().size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) h.getLong(i);
        }
        var format = c.s("pixel_format", "RGB");
        int w;
        int rows;
        int[] rgb;
        if (bytes.length > 2 && bytes[0] == 'P' && bytes[1] == '6') {
            var p = new Ppm(c, bytes);
            w = p.number();
            rows = p.number();
            rgb = p.pixels(w, rows);
        } else {
            var image = read(c, bytes);
            w = image.getWidth();
            rows = image.getHeight();
            rgb = image.getRGB(0, 0, w, rows, null, 0, w);
        }
        int channels = format.equals("Grayscale") ? 1 : 3;
        var out = new byte[w * rows * channels];
        for (int i = 0; i < rgb.length; i++) {
            int r = rgb[i] >> 16 & 255;
            int g = rgb[i] >> 8 & 255;
            int b = rgb[i] & 255;
            if (channels == 1) {
                // ITU-R 601-2 luma, as Pillow rounds it
                out[i] = (byte) ((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16);
            } else {
                boolean swapped = format.equals("BGR");
                out[3 * i] = (byte) (swapped ? b : r);
                out[3 * i + 1] = (byte) g;
                out[3 * i + 2] = (byte) (swapped ? r : b);
            }
        }
        return HostRules.result(c, HostTensor.ofBytes(out, rows, w, channels), OnnxType.UINT8);
    }

    private static BufferedImage read(Call c, byte[] bytes) {
        try (var in = ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
            var readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw c.unsupported("an image of a format that is not known here", "PNG, JPEG, BMP, TIFF, GIF or PPM");
            }
            var r = readers.next();
            try {
                r.setInput(in);
                if ((long) r.getWidth(0) * r.getHeight(0) > Math.min(MAX_PIXELS, bytes.length * 2_000L)) {
                    throw c.fail(r.getWidth(0) + " × " + r.getHeight(0) + " pixels in " + bytes.length + " bytes",
                            "an image its bytes can hold");
                }
                return r.read(0);
            } finally {
                r.dispose();
            }
        } catch (IOException | RuntimeException e) {
            if (e instanceof dev.ijen.tensor.IjenException i) {
                throw i;
            }
            throw c.fail("an image that cannot be decoded: " + e.getMessage(), "a whole image");
        }
    }

    /// Portable pixmap of bytes.
    private static final class Ppm {
        private final Call c;
        private final byte[] b;
        private int at = 2;

        Ppm(Call c, byte[] b) {
            this.c = c;
            this.b = b;
        }

        int number() {
            while (at < b.length && (b[at] <= ' ' || b[at] == '#')) {
                if (b[at] == '#') {
                    while (at < b.length && b[at] != '\n') {
                        at++;
                    }
                } else {
                    at++;
                }
            }
            long n = 0;
            while (at < b.length && b[at] >= '0' && b[at] <= '9' && n < MAX_PIXELS) {
                n = n * 10 + b[at++] - '0';
            }
            return (int) n;
        }

        int[] pixels(int w, int h) {
            int max = number();
            at++;
            if (max != 255 || (long) w * h * 3 > b.length - at) {
                throw c.fail("a pixmap of " + w + " × " + h + " with values to " + max,
                        "one byte a value and all of them");
            }
            var p = new int[w * h];
            for (int i = 0; i < p.length; i++) {
                p[i] = (b[at++] & 255) << 16 | (b[at++] & 255) << 8 | b[at++] & 255;
            }
            return p;
        }
    }
}
