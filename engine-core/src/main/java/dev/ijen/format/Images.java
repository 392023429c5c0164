package dev.ijen.format;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/// PNG and JPEG images as U8 `[H, W, C]`. Size and dimensions are checked before anything is decoded. Metadata, EXIF
/// orientation included, is ignored.
public final class Images {
    /// The longest file that is read, in bytes.
    public static final long MAX_BYTES = 256L << 20;

    /// The largest width and height.
    public static final int MAX_SIDE = 32_768;

    /// The most pixels.
    public static final long MAX_PIXELS = 100_000_000;

    /// A byte of a JPEG file holds at most eight blocks of 8 × 8 pixels, and four times as many under the oddest sampling.
    private static final long JPEG_PIXELS_A_BYTE = 2048;

    static {
        // decoding works in memory; nothing is cached on disk
        ImageIO.setUseCache(false);
    }

    private Images() {}

    /// What can be known before decoding.
    ///
    /// @param format `png` or `jpeg`
    /// @param width pixels
    /// @param height pixels
    public record Info(String format, int width, int height) {}

    /// How an image gets another size.
    public enum Resize {
        /// AREA where an axis shrinks, BILINEAR where none does.
        AUTO,
        /// The pixel under the centre of each new pixel.
        NEAREST,
        /// Between the four pixels around the centre of each new pixel, edges repeated.
        BILINEAR,
        /// The mean over the area each new pixel covers.
        AREA
    }

    /// Reads an image as stored: C is 1 (gray), 2 (gray and alpha), 3 (RGB) or 4 (RGB and alpha); palettes are
    /// expanded, 16 bits cut to 8.
    ///
    /// @throws FormatException if the file is missing, damaged, too large or of another format
    public static HostTensor read(Path file) {
        return decode(file.toString(), bytes(file), 0);
    }

    /// Reads an image with `channels` 1 (gray by ITU-R BT.601), 3 (RGB) or 4 (RGB and alpha). Alpha that is dropped is
    /// composited over white.
    public static HostTensor read(Path file, int channels) {
        return Pixels.withChannels(read(file), channels);
    }

    /// Decodes an image with 1, 3 or 4 channels, or 0 for as stored.
    ///
    /// @param name of the image in messages
    public static HostTensor decode(String name, byte[] image, int channels) {
        var decoded = decode(name, image);
        boolean png = image[0] != (byte) 0xff;
        var stored = Pixels.asStored(name, decoded, png ? PngChunks.transparentGray(image) : -1);
        return channels == 0 ? stored : Pixels.withChannels(stored, channels);
    }

    /// Reads format and dimensions only.
    public static Info probe(Path file) {
        return probe(file.toString(), bytes(file));
    }

    /// An image `[H, W, C]` at another size.
    public static HostTensor resize(HostTensor image, int height, int width, Resize how) {
        Pixels.check("resize", image);
        if (height < 1 || width < 1 || (long) height * width > MAX_PIXELS) {
            throw new IjenException(
                    "resize: bad size", height + " × " + width, "1 to " + MAX_PIXELS + " pixels", "choose another size");
        }
        return Resample.resize(image, height, width, how);
    }

    /// PNG bytes of an image with 1 to 4 channels.
    public static byte[] png(HostTensor image) {
        Pixels.check("png", image);
        var out = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        try (var to = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(to);
            writer.write(new IIOImage(Pixels.buffered(image), null, null));
            to.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /// Writes a PNG file atomically.
    public static void writePng(Path file, HostTensor image) {
        AtomicFiles.write(file, png(image));
    }

    private static byte[] bytes(Path file) {
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw FormatException.unsupported(
                        file, "size", size + " bytes", "at most " + MAX_BYTES, "use a smaller image");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    private static Info probe(String name, byte[] image) {
        String format = known(name, image);
        if (format.equals("png")) {
            return PngChunks.size(name, image);
        }
        return reading(name, format, image, reader -> size(name, format, reader));
    }

    private static BufferedImage decode(String name, byte[] image) {
        String format = known(name, image);
        if (format.equals("png")) {
            PngChunks.size(name, image);
            PngChunks.check(name, image);
            return reading(name, format, PngChunks.pixelsOnly(image), reader -> pixels(name, reader));
        }
        return reading(name, format, image, reader -> {
            Info info = size(name, format, reader);
            if ((long) info.width() * info.height() > JPEG_PIXELS_A_BYTE * image.length) {
                // before memory is taken for them
                throw FormatException.damaged(
                        name,
                        "its size",
                        info.width() + " × " + info.height() + " pixels in " + image.length + " bytes",
                        "enough data for as many",
                        "fetch the image again");
            }
            return pixels(name, reader);
        });
    }

    private static String known(String name, byte[] image) {
        String format = format(image);
        if (format == null) {
            throw FormatException.unsupported(
                    name, "image format", first(image), "a PNG or JPEG file", "convert the image to PNG");
        }
        return format;
    }

    /// What is done with a decoder of the JDK.
    @FunctionalInterface
    private interface Work<T> {
        T with(ImageReader reader) throws IOException;
    }

    private static <T> T reading(String name, String format, byte[] image, Work<T> work) {
        ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(image))) {
            reader.setInput(in, true, true);
            return work.with(reader);
        } catch (IOException | RuntimeException e) {
            if (e instanceof FormatException known) {
                throw known;
            }
            // the JDK's decoders throw many unchecked exceptions on damaged files
            throw undecodable(name, format, e);
        } finally {
            reader.dispose();
        }
    }

    private static Info size(String name, String format, ImageReader reader) throws IOException {
        return checked(name, format, reader.getWidth(0), reader.getHeight(0));
    }

    private static BufferedImage pixels(String name, ImageReader reader) throws IOException {
        var warnings = new Truncation();
        reader.addIIOReadWarningListener(warnings);
        BufferedImage decoded = reader.read(0);
        if (warnings.message != null) {
            throw FormatException.damaged(
                    name, "its pixels", warnings.message, "a complete image", "the file is cut off: fetch it again");
        }
        return decoded;
    }

    /// Remembers that the JPEG decoder filled a cut-off image with gray.
    private static final class Truncation implements javax.imageio.event.IIOReadWarningListener {
        private String message;

        @Override
        public void warningOccurred(ImageReader source, String warning) {
            if (warning.contains("Premature end") || warning.contains("Truncated")) {
                message = warning;
            }
        }
    }

    static Info checked(String name, String format, int width, int height) {
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE || (long) width * height > MAX_PIXELS) {
            throw FormatException.unsupported(
                    name,
                    "image size",
                    width + " × " + height,
                    "sides of 1 to " + MAX_SIDE + " and at most " + MAX_PIXELS + " pixels",
                    "use a smaller image");
        }
        return new Info(format, width, height);
    }

    private static String format(byte[] b) {
        if (b.length > 8 && b[0] == (byte) 0x89 && b[1] == 'P' && b[2] == 'N' && b[3] == 'G') {
            return "png";
        }
        return b.length > 3 && b[0] == (byte) 0xff && b[1] == (byte) 0xd8 && b[2] == (byte) 0xff ? "jpeg" : null;
    }

    private static String first(byte[] b) {
        return b.length == 0
                ? "an empty file"
                : "bytes " + java.util.HexFormat.ofDelimiter(" ").formatHex(b, 0, Math.min(4, b.length));
    }

    private static FormatException undecodable(String name, String format, Exception e) {
        return FormatException.damaged(
                name,
                "its " + format + " data",
                e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().lines().findFirst().orElse(""),
                "a complete " + format + " image (gray, RGB, palette; JPEG not CMYK)",
                "fetch the image again or convert it to PNG",
                e);
    }

    static byte[] array(HostTensor image) {
        return image.data().toArray(ValueLayout.JAVA_BYTE);
    }

    static HostTensor tensor(byte[] pixels, int height, int width, int channels) {
        return HostTensor.ofBytes(pixels, height, width, channels);
    }

    static BufferedImage gray(byte[] pixels, int height, int width) {
        var b = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        System.arraycopy(pixels, 0, ((DataBufferByte) b.getRaster().getDataBuffer()).getData(), 0, pixels.length);
        return b;
    }

    static boolean isImage(HostTensor t) {
        return t.dtype() == DType.U8 && t.shape().rank() == 3 && t.shape().dim(2) >= 1 && t.shape().dim(2) <= 4;
    }
}
