package dev.ijen.train;

import dev.ijen.format.FormatException;
import dev.ijen.format.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The hashes in a checkpoint's `state.json`, by which it is known to be whole: `"sha256": {file: hash}`. That of `state.json` itself
/// is of its content without the hashes.
final class CheckpointSeal {
    private static final String KEY = "sha256";

    private CheckpointSeal() {}

    /// A state with the hashes of itself and of the files that lie in `folder`.
    static Map<String, Object> seal(Path folder, Map<String, Object> state) {
        var hashes = new LinkedHashMap<String, Object>();
        for (var name : List.of(Checkpoints.MODEL, Checkpoints.OPTIMIZER)) {
            hashes.put(name, Environment.sha256(folder.resolve(name)));
        }
        hashes.put(Checkpoints.STATE, hash(Json.parse(Checkpoints.STATE, Json.write(state))));
        var all = new LinkedHashMap<>(state);
        all.put(KEY, hashes);
        return all;
    }

    private static String hash(Object state) {
        return Environment.sha256(Json.write(state).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /// Checks every file of a checkpoint.
    ///
    /// @throws FormatException if one is missing or is not what was written
    static void check(Path checkpoint) {
        var hashes = hashes(checkpoint);
        for (var name : List.of(Checkpoints.MODEL, Checkpoints.OPTIMIZER)) {
            check(checkpoint.resolve(name), hashes, Environment.sha256(checkpoint.resolve(name)));
        }
    }

    /// Checks the weights alone. A file without a state beside it stands for itself.
    ///
    /// @param model a checkpoint's `model.safetensors`
    static void checkModel(Path model) {
        var folder = model.toAbsolutePath().getParent();
        boolean sealed = model.endsWith(Checkpoints.MODEL) && Files.isRegularFile(folder.resolve(Checkpoints.STATE));
        if (sealed) {
            check(model, hashes(folder), Environment.sha256(model));
        }
    }

    /// The hashes in a state that is what was written.
    private static Fields hashes(Path checkpoint) {
        var file = checkpoint.resolve(Checkpoints.STATE);
        var json = Json.parse(file);
        var hashes = Fields.of(file.toString(), json).object(KEY);
        var rest = new LinkedHashMap<Object, Object>((Map<?, ?>) json);
        rest.remove(KEY);
        check(file, hashes, hash(rest));
        return hashes;
    }

    private static void check(Path file, Fields hashes, String got) {
        var expected = hashes.text(file.getFileName().toString());
        if (!got.equals(expected)) {
            throw FormatException.damaged(
                    file,
                    "its content",
                    "SHA-256 " + got,
                    "SHA-256 " + expected + ", as it was written",
                    "restore the file from a copy; or 'ijen resume RUN', which sets damaged checkpoints aside and goes on from one that is whole");
        }
    }
}
