package dev.ijen.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Images.Resize;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesTest {
    @TempDir Path folder;

    private static HostTensor random(int h, int w, int c) {
        var pixels = new byte[h * w * c];
        new Random(h * 31 + w).nextBytes(pixels);
        return HostTensor.ofBytes(pixels, h, w, c);
    }

    private static byte[] bytes(HostTensor t) {
        return t.data().toArray(ValueLayout.JAVA_BYTE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void pngComesBackExactly(int channels) {
        var in = random(7, 5, channels);
        var out = Images.decode("t.png", Images.png(in), 0);
        assertEquals(in.shape(), out.shape());
        assertArrayEquals(bytes(in), bytes(out));
    }

    @Test
    void channelsAreConverted() {
        // red, green, blue, white; luma (299 R + 587 G + 114 B) / 1000 rounded
        var rgb = HostTensor.ofBytes(new byte[] {-1, 0, 0, 0, -1, 0, 0, 0, -1, -1, -1, -1}, 2, 2, 3);
        byte[] png = Images.png(rgb);
        assertArrayEquals(new byte[] {76, (byte) 150, 29, -1}, bytes(Images.decode("t", png, 1)));
        // half-transparent black over white is mid-gray, transparent is white
        var rgba = HostTensor.ofBytes(new byte[] {0, 0, 0, (byte) 128, 9, 9, 9, 0}, 1, 2, 4);
        assertArrayEquals(new byte[] {127, -1}, bytes(Images.decode("t", Images.png(rgba), 1)));
        var gray = HostTensor.ofBytes(new byte[] {5, 6}, 1, 2, 1);
        assertArrayEquals(new byte[] {5, 5, 5, 6, 6, 6}, bytes(Images.decode("t", Images.png(gray), 3)));
        assertThrows(ShapeException.class, () -> Images.decode("t", png, 2));
    }

    @Test
    void pngSuiteDecodesToPublishedChecksums() throws IOException {
        var suite = SharedData.tar("images/pngsuite.tar.gz");
        int checked = 0;
        for (String line : new String(suite.get("results.txt"), StandardCharsets.UTF_8).split("\n", -1)) {
            String[] parts = line.split(": ", -1);
            byte[] png = suite.get(parts[0].replaceFirst("tests/", ""));
            if (png == null || parts[0].contains("/x")) {
                continue;
            }
            var crc = new CRC32();
            crc.update(bytes(Images.decode(parts[0], png, 0)));
            assertEquals(Long.parseLong(parts[1].strip()), crc.getValue(), parts[0]);
            checked++;
        }
        assertTrue(checked > 150, checked + " images");
        int corrupt = 0;
        for (var e : suite.entrySet()) {
            if (e.getKey().startsWith("pngsuite/x") && e.getKey().endsWith(".png")) {
                assertThrows(FormatException.class, () -> Images.decode(e.getKey(), e.getValue(), 0), e.getKey());
                corrupt++;
            }
        }
        assertEquals(14, corrupt);
    }

    @Test
    void dimensionsAreCheckedBeforeDecoding() {
        byte[] png = Images.png(random(2, 2, 3));
        var in = ByteBuffer.wrap(png);
        in.putInt(16, 60_000).putInt(20, 60_000);
        var crc = new CRC32();
        crc.update(png, 12, 17);
        in.putInt(29, (int) crc.getValue());
        var e = assertThrows(FormatException.class, () -> Images.decode("bomb.png", png, 3));
        assertTrue(e.getMessage().contains("60000 × 60000"), e.getMessage());
    }

    @Test
    void truncationAtEveryLengthIsNoticed() {
        byte[] png = Images.png(random(9, 9, 3));
        for (int n = 0; n < png.length; n++) {
            byte[] cut = Arrays.copyOf(png, n);
            assertThrows(FormatException.class, () -> Images.decode("cut.png", cut, 3), "length " + n);
        }
    }

    @Test
    void cutOffPhotosAreNoticed() throws IOException {
        byte[] jpeg = Files.readAllBytes(SharedData.file("images/kitten.jpg"));
        assertEquals(3, Images.decode("k", jpeg, 0).shape().dim(2));
        for (int n = 0; n < jpeg.length - 2; n += 997) {
            byte[] cut = Arrays.copyOf(jpeg, n);
            assertThrows(FormatException.class, () -> Images.decode("cut.jpg", cut, 3), "length " + n);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "security/png-fuzz-corpus.tar.gz",
                "security/go-fuzz-png.tar.gz",
                "security/go-fuzz-jpeg.tar.gz",
                "security/jpeg-fuzz-corpus.tar.gz"
            })
    void fuzzCorporaGiveImagesOrClearErrors(String archive) {
        for (var e : SharedData.tar(archive).entrySet()) {
            try {
                assertEquals(3, Images.decode(e.getKey(), e.getValue(), 3).shape().dim(2));
            } catch (FormatException x) {
                assertTrue(x.getMessage().contains("fix:"), e.getKey());
            }
        }
    }

    @Test
    void photosAreRead() {
        var astronaut = Images.read(SharedData.file("images/astronaut.png"));
        assertEquals(Shape.of(512, 512, 3), astronaut.shape());
        // skimage.data.astronaut()[0, 0] is [154, 147, 151]
        assertArrayEquals(new byte[] {(byte) 154, (byte) 147, (byte) 151}, Arrays.copyOf(bytes(astronaut), 3));
        assertEquals(new Images.Info("jpeg", 517, 606), Images.probe(SharedData.file("images/grace_hopper.jpg")));
        // skimage.data.camera() has values 200, 200, 200 at its start
        assertEquals(200, bytes(Images.read(SharedData.file("images/camera.png")))[0] & 0xff);
        for (String digit : new String[] {"eight", "seven", "tiny_5"}) {
            assertNotNull(Images.read(SharedData.file("models/mnist-digit-" + digit + ".png"), 1));
        }
    }

    @Test
    void otherFilesAreNoImages() throws IOException {
        Path f = Files.writeString(folder.resolve("x.png"), "hello world");
        var e = assertThrows(FormatException.class, () -> Images.read(f));
        assertEquals(FormatException.Kind.UNSUPPORTED, e.kind());
        assertThrows(FormatException.class, () -> Images.read(folder.resolve("none.png")));
        Images.writePng(f, random(3, 4, 1));
        assertEquals(new Images.Info("png", 4, 3), Images.probe(f));
    }

    @Test
    void resizing() {
        var t = HostTensor.ofBytes(new byte[] {0, 100, (byte) 200, 40}, 2, 2, 1);
        // the mean of all four
        assertArrayEquals(new byte[] {85}, bytes(Images.resize(t, 1, 1, Resize.AREA)));
        // half-pixel centres (OpenCV INTER_LINEAR, PyTorch align_corners=False): 0, 25, 75, 100 in the first row
        assertArrayEquals(
                new byte[] {0, 25, 75, 100}, Arrays.copyOf(bytes(Images.resize(t, 4, 4, Resize.BILINEAR)), 4));
        assertArrayEquals(
                new byte[] {0, 0, 100, 100}, Arrays.copyOf(bytes(Images.resize(t, 4, 4, Resize.NEAREST)), 4));
        // 3 pixels over 2: [a + b/2, b/2 + c] / 1.5
        var three = HostTensor.ofBytes(new byte[] {30, 60, 90}, 1, 3, 1);
        assertArrayEquals(new byte[] {40, 80}, bytes(Images.resize(three, 1, 2, Resize.AREA)));
        assertArrayEquals(new byte[] {40, 80}, bytes(Images.resize(three, 1, 2, Resize.AUTO)));
        for (var how : Resize.values()) {
            var constant = HostTensor.ofBytes(filled(7 * 11 * 3), 7, 11, 3);
            for (byte b : bytes(Images.resize(constant, 5, 23, how))) {
                assertEquals(77, b);
            }
        }
        assertThrows(dev.ijen.tensor.IjenException.class, () -> Images.resize(t, 0, 5, Resize.AREA));
    }

    private static byte[] filled(int n) {
        var b = new byte[n];
        Arrays.fill(b, (byte) 77);
        return b;
    }
}
