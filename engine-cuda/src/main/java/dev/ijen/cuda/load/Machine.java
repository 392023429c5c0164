package dev.ijen.cuda.load;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What discovery may look at. Tests make one of a folder.
///
/// @param root what `/` stands for
/// @param home the user's folder
/// @param environment its variables
public record Machine(Path root, Path home, Map<String, String> environment) {
    public static Machine here() {
        return new Machine(Path.of("/"), Path.of(System.getProperty("user.home", "/")), System.getenv());
    }

    /// Where things are kept that can be made again: `$IJEN_CACHE`, else `~/.cache/ijen`.
    public Path cache() {
        var cache = environment.getOrDefault("IJEN_CACHE", "");
        return cache.isBlank() ? home.resolve(".cache").resolve("ijen") : Path.of(cache);
    }

    /// A fixed place such as `/usr/lib64`.
    public Path at(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    /// The folders in a variable, such as `PATH`. Relative ones are left out: what the current folder happens to hold is not for
    /// loading into this process.
    public List<Path> folders(String variable) {
        var folders = new ArrayList<Path>();
        for (var text : environment.getOrDefault(variable, "").split(File.pathSeparator, -1)) {
            try {
                var folder = Path.of(text);
                if (folder.isAbsolute()) {
                    folders.add(folder);
                }
            } catch (InvalidPathException e) {
                System.getLogger(Machine.class.getName()).log(System.Logger.Level.DEBUG, "no folder, in " + variable,
                        e);
            }
        }
        return folders;
    }
}
