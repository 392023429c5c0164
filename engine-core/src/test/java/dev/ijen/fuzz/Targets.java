package dev.ijen.fuzz;

import dev.ijen.data.TabularOptions;
import dev.ijen.data.TabularPreprocessor;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.format.Idx;
import dev.ijen.format.Images;
import dev.ijen.format.Json;
import dev.ijen.format.Npy;
import dev.ijen.format.Npz;
import dev.ijen.format.Safetensors;
import dev.ijen.format.TfEvents;
import dev.ijen.format.Torch;
import dev.ijen.onnx.OnnxFile;
import dev.ijen.onnx.OnnxSeeds;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.text.Tokenizer;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.Presets;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/// Every reader of files that strangers may have written, with good files to damage.
final class Targets {
    private static final String TABLE = """
            age,city,"note, free",member,price
            31,Quito,"said \""no\""",true,1.5
            ,Ambato,,FALSE,-2e3
            47,"Loja
            Sur",x,true,NA
            ?,Quito,y,false,0
            """;

    private Targets() {}

    static List<Target> all(Path scratch) throws IOException {
        var f = FormatException.class;
        return List.of(
                new Target("safetensors", ".safetensors", f, Targets::safetensors, safetensorsSeeds(scratch),
                        Damage::safetensors),
                new Target("npy", ".npy", f, Targets::npy, npySeeds(), Damage::npy),
                new Target("npz", ".npz", f, p -> Npz.read(p).values().forEach(Targets::touch), npzSeeds(scratch),
                        Damage::npz),
                new Target("idx", ".idx", f, p -> touch(Idx.read(p)), idxSeeds(scratch), Damage::gzip),
                new Target("png", ".png", f, Targets::image, pngSeeds(), Damage::png),
                new Target("jpeg", ".jpg", f, Targets::image, jpegSeeds(), Damage::jpeg),
                new Target("csv", ".csv", f, Targets::csv,
                        texts(TABLE, TABLE.replace(',', ';'), "1 , 2\n3 , 4\n", "a\tb\n\n1\t2\n"), text(Damage.CSV)),
                new Target("json", ".json", f, p -> Json.write(Json.parse(p)), jsonSeeds(), text(Damage.JSON)),
                new Target("preprocessor", ".json", f, TabularPreprocessor::load, preprocessorSeeds(),
                        text(Damage.JSON)),
                new Target("tfevents", ".tfevents", f, TfEvents::read, eventSeeds(scratch), Damage::events),
                new Target("pointer", "", f, AtomicFiles::resolvePointer, texts("step-1\n", "step-123456"),
                        text("..", "/", "\\", "\u0000", "\n", "~", " ")),
                new Target("torch", ".pt", f, p -> Torch.read(p).values().forEach(Targets::touch),
                        TextSeeds.torch(), TextSeeds::damageTorch),
                new Target("tokenizer", ".json", f, p -> Tokenizer.load(p).ids(TextSeeds.TEXT),
                        TextSeeds.tokenizers(), text(Damage.JSON)),
                new Target("llama2c-tokenizer", ".bin", f, p -> Tokenizer.load(p).ids(TextSeeds.TEXT),
                        TextSeeds.llama(), (m, good) -> m.bytes(good, List.of(good))),
                new Target("onnx", ".onnx", f, OnnxFile::read, OnnxSeeds.all(), ProtobufDamage::damage),
                new Target("yaml", ".yaml", ConfigException.class, p -> ConfigReader.read(p, List.of()), yamlSeeds(),
                        text(Damage.YAML)));
    }

    private static Target.Structured text(String... words) {
        return (m, good) -> m.text(new String(good, StandardCharsets.UTF_8), words).getBytes(StandardCharsets.UTF_8);
    }

    private static List<byte[]> texts(String... texts) {
        return java.util.Arrays.stream(texts).map(t -> t.getBytes(StandardCharsets.UTF_8)).toList();
    }

    /// Reads every byte, as a copy to a device would.
    private static void touch(HostTensor t) {
        byte sum = 0;
        for (long i = 0; i < t.data().byteSize(); i++) {
            sum ^= t.data().get(ValueLayout.JAVA_BYTE, i);
        }
        if (t.shape().size() * (long) t.dtype().bytes() != t.data().byteSize()) {
            throw new AssertionError(t + " has " + t.data().byteSize() + " bytes, checksum " + sum);
        }
    }

    private static void safetensors(Path file) {
        Safetensors.read(file).values().forEach(Targets::touch);
        try (var in = Safetensors.open(file)) {
            in.names().forEach(n -> touch(in.get(n)));

        }
    }

    private static void npy(Path file) {
        touch(Npy.read(file));
        try (var arena = Arena.ofConfined()) {
            touch(Npy.map(file, arena));
        }
    }

    private static void image(Path file) {
        Images.probe(file);
        touch(Images.read(file));
        touch(Images.read(file, 3));
        touch(Images.read(file, 1));
    }

    private static void csv(Path file) {
        var csv = Csv.read(file);
        for (var c : csv.columns()) {
            c.categories();
            for (int r = 0; r < csv.rows(); r++) {
                c.number(r);
                csv.line(r);
            }
        }
    }

    private static HostTensor filled(DType type, int... dims) {
        var t = HostTensor.zeros(type, Shape.of(dims));
        for (int i = 0; i < t.shape().size(); i++) {
            t.set(i, type == DType.BOOL ? i % 2 : i % 100);
        }
        return t;
    }

    private static List<byte[]> safetensorsSeeds(Path scratch) throws IOException {
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

    private static List<byte[]> npySeeds() {
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

    private static List<byte[]> npzSeeds(Path scratch) throws IOException {
        var file = scratch.resolve("seed.npz");
        Npz.write(file, Map.of("x", filled(DType.F32, 4, 4), "y", filled(DType.I64, 4), "m", filled(DType.BOOL, 2)));
        return List.of(Files.readAllBytes(file));
    }

    private static List<byte[]> idxSeeds(Path scratch) throws IOException {
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

    private static List<byte[]> pngSeeds() throws IOException {
        var all = new ArrayList<byte[]>();
        for (int channels = 1; channels <= 4; channels++) {
            all.add(Images.png(filled(DType.U8, 9, 11, channels)));
        }
        all.add(written(new BufferedImage(10, 7, BufferedImage.TYPE_BYTE_INDEXED), "png", false));
        all.add(written(new BufferedImage(10, 7, BufferedImage.TYPE_BYTE_BINARY), "png", true));
        all.add(written(new BufferedImage(10, 7, BufferedImage.TYPE_USHORT_GRAY), "png", false));
        return all;
    }

    private static List<byte[]> jpegSeeds() throws IOException {
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

    private static List<byte[]> jsonSeeds() {
        return texts(
                "{\"step\": 12, \"best\": 0.5, \"list\": [1, -2e3, true, null, \"a\\u00e9\\n\"], \"in\": {\"x\": {}}}",
                "[[1, 2], [3.5, \"\"], []]",
                "\"only text\"");
    }

    private static List<byte[]> preprocessorSeeds() {
        var csv = Csv.of("table", TABLE, Csv.Options.defaults());
        var rows = new int[] {0, 1, 2, 3};
        var mean = TabularOptions.of("price").withDrop(List.of("note, free"));
        return texts(
                TabularPreprocessor.fit(csv, new int[] {0, 1, 3}, mean).toJson(),
                TabularPreprocessor
                        .fit(csv, rows, TabularOptions.of("city").withImputation(TabularOptions.Imputation.KNN))
                        .toJson());
    }

    private static List<byte[]> eventSeeds(Path scratch) throws IOException {
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

    private static List<byte[]> yamlSeeds() {
        var all = new ArrayList<String>(Presets.names().stream().map(Presets::commented).toList());
        all.add("preset: iris\ntraining:\n  epochs: 3\n");
        return texts(all.toArray(String[]::new));
    }
}
