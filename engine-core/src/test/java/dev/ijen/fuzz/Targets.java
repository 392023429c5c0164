package dev.ijen.fuzz;

import dev.ijen.data.TabularPreprocessor;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.format.Idx;
import dev.ijen.format.Images;
import dev.ijen.format.Json;
import dev.ijen.format.Llama2c;
import dev.ijen.format.Npy;
import dev.ijen.format.Npz;
import dev.ijen.format.Safetensors;
import dev.ijen.format.ShardedSafetensors;
import dev.ijen.format.Tar;
import dev.ijen.format.TfEvents;
import dev.ijen.format.Torch;
import dev.ijen.format.Wav;
import dev.ijen.onnx.OnnxFile;
import dev.ijen.onnx.OnnxSeeds;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.text.Tokenizer;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.ConfigReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// Every reader of files that strangers may have written, with good files to damage.
final class Targets {
    private Targets() {}

    static List<Target> all(Path scratch) throws IOException {
        var f = FormatException.class;
        return List.of(
                new Target("safetensors", ".safetensors", f, Targets::safetensors, Seeds.safetensors(scratch),
                        Damage::safetensors),
                new Target("npy", ".npy", f, Targets::npy, Seeds.npy(), Damage::npy),
                new Target("npz", ".npz", f, p -> Npz.read(p).values().forEach(Targets::touch), Seeds.npz(scratch),
                        Damage::npz),
                new Target("idx", ".idx", f, p -> touch(Idx.read(p)), Seeds.idx(scratch), Damage::gzip),
                new Target("png", ".png", f, Targets::image, Seeds.png(), Damage::png),
                new Target("jpeg", ".jpg", f, Targets::image, Seeds.jpeg(), Damage::jpeg),
                new Target("csv", ".csv", f, Targets::csv,
                        Seeds.csv(), text(Damage.CSV)),
                new Target("json", ".json", f, p -> Json.write(Json.parse(p)), Seeds.json(), text(Damage.JSON)),
                new Target("preprocessor", ".json", f, TabularPreprocessor::load, Seeds.preprocessor(),
                        text(Damage.JSON)),
                new Target("tfevents", ".tfevents", f, TfEvents::read, Seeds.events(scratch), Damage::events),
                new Target("pointer", "", f, AtomicFiles::resolvePointer, Seeds.texts("step-1\n", "step-123456"),
                        text("..", "/", "\\", "\u0000", "\n", "~", " ")),
                new Target("torch", ".pt", f, p -> Torch.read(p).values().forEach(Targets::touch),
                        TextSeeds.torch(), TextSeeds::damageTorch),
                new Target("tokenizer", ".json", f, p -> Tokenizer.load(p).ids(TextSeeds.TEXT),
                        TextSeeds.tokenizers(), text(Damage.JSON)),
                new Target("llama2c-tokenizer", ".bin", f, p -> Tokenizer.load(p).ids(TextSeeds.TEXT),
                        TextSeeds.llama(), (m, good) -> m.bytes(good, List.of(good))),
                new Target("merges", ".txt", f, p -> merges(scratch, p), TextSeeds.merges(), text(Damage.MERGES)),
                new Target("wordpiece", ".txt", f, p -> Tokenizer.bert(p, true).ids(TextSeeds.TEXT),
                        TextSeeds.wordPieces(), text(Damage.MERGES)),
                new Target("llama2c", ".bin", f, p -> Llama2c.read(p).weights().values().forEach(Targets::touch),
                        TextSeeds.llamaModel(), Damage::sizes),
                new Target("sharded", ".json", f, p -> sharded(scratch, p), Seeds.sharded(scratch), text(Damage.JSON)),
                new Target("wav", ".wav", f, p -> Wav.read(p).mono(), Seeds.wav(), Damage::sizes),
                new Target("tar", ".tar.gz", f, p -> Tar.read(p, n -> true), Seeds.tar(), Damage::tar),
                new Target("onnx", ".onnx", f, OnnxFile::read, OnnxSeeds.all(), ProtobufDamage::damage),
                new Target("onnx-graph", ".onnx", IjenException.class, OnnxSeeds::build, OnnxSeeds.graphs(),
                        ProtobufDamage::damage),
                new Target("yaml", ".yaml", ConfigException.class, p -> ConfigReader.read(p, List.of()), Seeds.yaml(),
                        text(Damage.YAML)));
    }

    private static Target.Structured text(String... words) {
        return (m, good) -> m.text(new String(good, StandardCharsets.UTF_8), words).getBytes(StandardCharsets.UTF_8);
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

    /// The index is damaged, the file it speaks of is not.
    private static void sharded(Path folder, Path index) throws IOException {
        var beside = Files.copy(index, folder.resolve("index.json"), StandardCopyOption.REPLACE_EXISTING);
        try (var in = ShardedSafetensors.open(beside)) {
            in.names().forEach(n -> touch(in.get(n)));
        }
    }

    private static void merges(Path folder, Path merges) throws IOException {
        var vocabulary = folder.resolve("vocab.json");
        if (!Files.exists(vocabulary)) {
            Files.writeString(vocabulary, TextSeeds.VOCABULARY);
        }
        Tokenizer.gpt2(vocabulary, merges).ids(TextSeeds.TEXT);
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
}
