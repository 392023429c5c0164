package dev.ijen.fuzz;

import dev.ijen.data.TabularOptions;
import dev.ijen.data.TabularPreprocessor;
import dev.ijen.format.Csv;
import dev.ijen.format.Idx;
import dev.ijen.format.Images;
import dev.ijen.format.Npy;
import dev.ijen.format.Npz;
import dev.ijen.format.Safetensors;
import dev.ijen.format.TfEvents;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.train.config.Presets;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/// Good files of every format that is not text of a model or ONNX, to damage.
final class Seeds {
    private static final String TABLE = """
            age,city,"note, free",member,price
            31,Quito,"said \""no\""",true,1.5
            ,Ambato,,FALSE,-2e3
            47,"Loja
            Sur",x,true,NA
            ?,Quito,y,false,0
            """;

    private Seeds() {}

    static List<byte[]> texts(String... texts) {
        return Arrays.stream(texts).map(t -> t.getBytes(StandardCharsets.UTF_8)).toList();
    }

    static List<byte[]> csv() {
        return texts(TABLE, TABLE.replace(',', ';'), "1 , 2\n3 , 4\n", "a\tb\n\n1\t2\n");
    }

    private static HostTensor filled(DType type, int... dims) {
        var t = HostTensor.zeros(type, Shape.of(dims));
        for (int i = 0; i < t.shape().size(); i++) {
            t.set(i, type == DType.BOOL ? i % 2 : i % 100);
        }
        return t;
    }

    static List<byte[]> safetensors(Path scratch) throws IOException {
        var file = scratch.resolve("seed.safetensors");
        var all = new ArrayList<byte[]>();
        for (var tensors : List.of(
                Map.of("0.weight", filled(DType.F32, 3, 4), "0.bias", filled(DType.F32, 4), "mask",
                        filled(DType.BOOL, 5)),
                Map.of("steps", filled(DType.I64), "half", filled(DType.BF16, 2, 2), "none",
                        filled(DType.F64, 0, 3)))) {
            Safetensors.write(file, tensors, Map.of("format", "pt", "note", "ä \"quoted\""));
            all.add(Files.readAllBytes(file));
        }
        return all;
    }

    static List<byte[]> npy() {
        var all = new ArrayList<byte[]>();
        for (var type : DType.values()) {
            all.add(Npy.encode(filled(type, 3, 5)));
        }
        all.add(Npy.encode(filled(DType.F32, 7)));
        all.add(Npy.encode(filled(DType.F64)));
        all.add(Mutator.latin(
                Mutator.latin(Npy.encode(filled(DType.I32, 2, 3))).replace("False", "True ").replace("<i4", ">i4")));
        return all;
    }

    static List<byte[]> npz(Path scratch) throws IOException {
        var file = scratch.resolve("seed.npz");
        Npz.write(file, Map.of("x", filled(DType.F32, 4, 4), "y", filled(DType.I64, 4), "m", filled(DType.BOOL, 2)));
        return List.of(Files.readAllBytes(file));
    }

    static List<byte[]> idx(Path scratch) throws IOException {
        var all = new ArrayList<byte[]>();
        for (var name : List.of("seed.idx", "seed.idx.gz")) {
            var file = scratch.resolve(name);
            for (var type : List.of(DType.U8, DType.I32, DType.F32, DType.F64)) {
                Idx.write(file, filled(type, 2, 3, 3));
                all.add(Files.readAllBytes(file));
            }
        }
        return all;
    }

    static List<byte[]> png() throws IOException {
        var all = new ArrayList<byte[]>();
        for (int channels = 1; channels <= 4; channels++) {
            all.add(Images.png(filled(DType.U8, 9, 11, channels)));
        }
        all.add(written(new BufferedImage(10, 7, BufferedImage.TYPE_BYTE_INDEXED), "png", false));
        all.add(written(new BufferedImage(10, 7, BufferedImage.TYPE_BYTE_BINARY), "png", true));
        all.add(written(new BufferedImage(10, 7, BufferedImage.TYPE_USHORT_GRAY), "png", false));
        return all;
    }

    static List<byte[]> jpeg() throws IOException {
        var all = new ArrayList<byte[]>();
        for (int type : new int[] {BufferedImage.TYPE_3BYTE_BGR, BufferedImage.TYPE_BYTE_GRAY}) {
            var image = new BufferedImage(21, 18, type);
            var random = new Random(5);
            for (int i = 0; i < 21 * 18; i++) {
                image.setRGB(i % 21, i / 21, random.nextInt());
            }
            all.add(written(image, "jpeg", false));
            all.add(written(image, "jpeg", true));
        }
        return all;
    }

    private static byte[] written(BufferedImage image, String format, boolean progressive) throws IOException {
        var out = new ByteArrayOutputStream();
        var writer = ImageIO.getImageWritersByFormatName(format).next();
        try (var to = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(to);
            var param = writer.getDefaultWriteParam();
            param.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.write(null, new IIOImage(image, null, null), param);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    static List<byte[]> json() {
        return texts(
                "{\"step\": 12, \"best\": 0.5, \"list\": [1, -2e3, true, null, \"a\\u00e9\\n\"], \"in\": {\"x\": {}}}",
                "[[1, 2], [3.5, \"\"], []]",
                "\"only text\"");
    }

    static List<byte[]> preprocessor() {
        var csv = Csv.of("table", TABLE, Csv.Options.defaults());
        var rows = new int[] {0, 1, 2, 3};
        var mean = TabularOptions.of("price").withDrop(List.of("note, free"));
        return texts(
                TabularPreprocessor.fit(csv, new int[] {0, 1, 3}, mean).toJson(),
                TabularPreprocessor
                        .fit(csv, rows, TabularOptions.of("city").withImputation(TabularOptions.Imputation.KNN))
                        .toJson());
    }

    static List<byte[]> events(Path scratch) throws IOException {
        Path file;
        try (var events = TfEvents.create(scratch.resolve("tb"))) {
            for (int i = 0; i < 4; i++) {
                events.scalar("train/loss", i, 1.0 / (i + 1), 1e9 + i);
            }
            events.flush();
            file = events.file();
        }
        return List.of(Files.readAllBytes(file));
    }

    static List<byte[]> yaml() {
        var all = new ArrayList<String>(Presets.names().stream().map(Presets::commented).toList());
        all.add("preset: iris\ntraining:\n  epochs: 3\n");
        return texts(all.toArray(String[]::new));
    }

    /// An index beside the file it speaks of.
    static List<byte[]> sharded(Path scratch) {
        Safetensors.write(scratch.resolve("part-1.safetensors"), Map.of("a", filled(DType.F32, 2, 2), "b",
                filled(DType.I64, 3)), Map.of());
        return texts("{\"metadata\": {\"total_size\": 40}, \"weight_map\": {\"a\": \"part-1.safetensors\", "
                + "\"b\": \"part-1.safetensors\"}}");
    }

    /// PCM of 16 bits, floats, and 24 bits in the extensible form behind a chunk of notes.
    static List<byte[]> wav() {
        var random = new Random(3);
        var all = new ArrayList<byte[]>();
        for (int kind = 0; kind < 3; kind++) {
            int width = new int[] {2, 4, 3}[kind];
            int format = kind == 2 ? 40 : 16;
            var samples = new byte[2 * width * 20];
            random.nextBytes(samples);
            var b = ByteBuffer.allocate(500).order(ByteOrder.LITTLE_ENDIAN);
            b.put(Mutator.latin("RIFF")).putInt(0).put(Mutator.latin("WAVE"));
            if (kind == 2) {
                b.put(Mutator.latin("LIST")).putInt(3).put(new byte[4]);
            }
            b.put(Mutator.latin("fmt ")).putInt(format).putShort((short) new int[] {1, 3, 0xfffe}[kind])
                    .putShort((short) 2)
                    .putInt(8000).putInt(16_000 * width).putShort((short) (2 * width)).putShort((short) (8 * width));
            if (kind == 2) {
                b.putShort((short) 22).putShort((short) 24).putInt(3).putShort((short) 1).put(new byte[14]);
            }
            b.put(Mutator.latin("data")).putInt(samples.length);
            for (int i = 0; i < samples.length / width; i++) {
                if (kind == 1) {
                    b.putFloat(random.nextFloat() - 0.5f);
                } else {
                    b.put(samples, i * width, width);
                }
            }
            all.add(Arrays.copyOf(b.putInt(4, b.position() - 8).array(), b.position()));
        }
        return all;
    }

    /// Archives, packed and not, with a long name.
    static List<byte[]> tar() throws IOException {
        var plain = Mutator.join(
                Damage.tarHeader("dir/", '5', 0), Damage.tarHeader("dir/a.txt", '0', 5),
                Arrays.copyOf(new byte[] {1, 2}, 512),
                Damage.tarHeader("long", 'x', 20), Arrays.copyOf(Mutator.latin("20 path=dir/b/c.txt\n"), 512),
                Damage.tarHeader("short", '0', 513), new byte[1024], new byte[1024]);
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(plain);
        }
        return List.of(out.toByteArray());
    }
}
