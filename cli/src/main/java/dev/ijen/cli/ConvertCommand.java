package dev.ijen.cli;

import dev.ijen.format.TensorFiles;
import dev.ijen.nn.zoo.HuggingFace;
import dev.ijen.onnx.OnnxFile;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes tensors of one kind of file as another.
@Command(name = "convert", description = {
    "Writes the tensors of a file as another kind of file, told apart by the ends of their names.",
    "Read: .safetensors (and .safetensors.index.json), .npz, .npy, .pt, .pth, .onnx (its weights), a Hugging Face folder.",
    "Written: .safetensors, .npz, .npy."
}, footer = {"", "  ijen convert model.pt model.safetensors --map '^module\\.='"})
final class ConvertCommand extends BaseCommand {
    @Parameters(index = "0", paramLabel = "IN", description = "The file to read.") Path in;

    @Parameters(index = "1", paramLabel = "OUT", description = "The file to write; it must not exist.") Path out;

    @Option(names = "--map", paramLabel = "REGEX=TEXT",
            description = "Another name for tensors: every match of REGEX becomes TEXT. Repeatable, in order.") List<String> map = List
                    .of();

    @Override
    public Integer call() {
        known(in, TensorFiles.knows(in) || OnnxFiles.is(in) || HuggingFace.is(in), false);
        known(out, TensorFiles.writes(out), true);
        if (Files.exists(out)) {
            throw new IjenException(
                    "cannot create " + out, "it exists already", "a name that is not taken", "choose another name");
        }
        var tensors = TensorFiles.renamed(read(), map);
        TensorFiles.write(out, tensors, HuggingFace.is(in) ? Map.of("format", "pt") : TensorFiles.metadata(in));
        long bytes = tensors.values().stream().mapToLong(t -> t.data().byteSize()).sum();
        var object = new LinkedHashMap<String, Object>();
        object.put("path", out.toString());
        object.put("tensors", tensors.size());
        object.put("bytes", bytes);
        print("%s: %d tensors, %s".formatted(out, tensors.size(), Text.bytes(bytes)), object);
        return Exit.DONE;
    }

    private void known(Path file, boolean known, boolean written) {
        if (!known) {
            throw Errors.wrong(spec, "ijen convert: %s %s".formatted(
                    written ? "what kind of file to write is not said by" : "what kind of file is not said by", file),
                    "the name " + file.getFileName(), "a name that ends with one of " + TensorFiles.endings(written),
                    "give the file the end of its kind");
        }
    }

    private Map<String, HostTensor> read() {
        if (HuggingFace.is(in)) {
            return HuggingFace.open(in).tensors();
        }
        return OnnxFiles.is(in) ? OnnxFile.tensors(in) : TensorFiles.read(in);
    }
}
