package dev.ijen.cli;

import dev.ijen.format.FormatException;
import dev.ijen.format.Images;
import dev.ijen.tensor.HostTensor;
import dev.ijen.train.SampleGrid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Writes pictures that a model made.
final class Pictures {
    private Pictures() {}

    /// A `.png` file with all of them beside each other, or a folder with a file for each. What was written.
    static List<Path> write(Path to, HostTensor made) {
        boolean file = to.toString().toLowerCase(Locale.ROOT).endsWith(".png");
        var folder = file ? to.toAbsolutePath().getParent() : to;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw FormatException.of(folder, e);
        }
        if (file || made.shape().rank() != 4) {
            var path = file ? to : to.resolve("samples.png");
            Images.writePng(path, SampleGrid.of(made));
            return List.of(path);
        }
        var all = new ArrayList<Path>();
        for (var picture : SampleGrid.each(made)) {
            var path = to.resolve("%05d.png".formatted(all.size()));
            Images.writePng(path, picture);
            all.add(path);
        }
        return all;
    }

    /// A file a line.
    static String text(List<Path> files) {
        return String.join("\n", files.stream().map(Path::toString).toList());
    }

    static Map<String, Object> json(String prompt, long seed, List<Path> files) {
        var m = new LinkedHashMap<String, Object>();
        m.put("prompt", prompt);
        m.put("seed", seed);
        m.put("files", files.stream().map(Path::toString).toList());
        return m;
    }
}
