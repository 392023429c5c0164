package dev.ijen.cli;

import dev.ijen.format.FormatException;
import dev.ijen.format.Images;
import dev.ijen.train.PixelClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/// Pictures of the classes of pixels.
final class ClassPictures {
    private ClassPictures() {}

    /// The files to write, one a picture: all names are known to fit before anything is computed.
    ///
    /// @param to a `.png` file for one picture, or a folder
    static List<Path> names(CommandSpec spec, Path to, List<Path> pictures) {
        boolean file = to.toString().toLowerCase(Locale.ROOT).endsWith(".png");
        if (file && pictures.size() > 1) {
            throw Errors.wrong(spec, "ijen predict: --out is one file", pictures.size() + " pictures",
                    "a folder for several pictures", "for example --out classes");
        }
        if (!file && Files.isRegularFile(to)) {
            throw Errors.wrong(spec, "ijen predict: --out is no picture", to.toString(),
                    "a name that ends with .png, or a folder", "choose one of them");
        }
        var read = pictures.stream().map(ClassPictures::real).collect(Collectors.toSet());
        var from = new HashMap<Path, Path>();
        return pictures.stream().map(p -> {
            var written = file ? to : to.resolve(stem(p) + "-classes.png");
            var other = from.put(written, p);
            if (other != null || read.contains(real(written))) {
                throw Errors.wrong(spec, "ijen predict: --out would write over a picture", written.toString(),
                        other == null ? "another file than those that are read"
                                : "a file for " + other + " and one for " + p,
                        other == null ? "choose another --out" : "give them one by one, each with its --out");
            }
            return written;
        }).toList();
    }

    private static String stem(Path picture) {
        var name = picture.getFileName(); // a root has none
        return name == null ? "" : name.toString().replaceFirst("\\.[^.]*$", "");
    }

    /// One name for a file, whatever way leads to it.
    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath().normalize(); // there is none yet
        }
    }

    /// Writes one picture, whole or not at all, into a folder that need not exist.
    static void write(Path to, PixelClasses pixels) {
        var folder = to.toAbsolutePath().getParent();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw FormatException.of(folder, e);
        }
        Images.writePng(to, pixels.picture());
    }

    static Map<String, Object> json(PixelClasses pixels, Path written) {
        var m = pixels.prediction().toMap();
        m.put("picture", written.toString());
        m.put("colors", pixels.colors());
        return m;
    }
}
