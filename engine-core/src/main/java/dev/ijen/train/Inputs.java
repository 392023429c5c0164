package dev.ijen.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The SHA-256 of what a run is made from: each checkpoint holds them as `"inputs": {"config": hash, "data": {name: hash}}`, so that
/// going on with other data is noticed.
///
/// @param config of the configuration as Ijen writes it, comments and order aside
/// @param data by file, or for a folder of many files of all of them
record Inputs(String config, Map<String, String> data) {
    private static final String KEY = "inputs";

    /// @param environment as [Environment#of] makes it
    static Inputs of(Map<String, Object> environment) {
        return of(Fields.of("environment", environment).object("sha256"));
    }

    private static Inputs of(Fields hashes) {
        var data = new LinkedHashMap<String, String>();
        var files = hashes.object("data");
        files.keys().forEach(name -> data.put(name, files.text(name)));
        return new Inputs(hashes.text("config"), data);
    }

    /// A checkpoint's state with these in it.
    Map<String, Object> in(Map<String, Object> state) {
        var all = new LinkedHashMap<>(state);
        all.put(KEY, Map.of("config", config, "data", data));
        return all;
    }

    /// What is not as it was when a checkpoint was written, in words.
    List<String> changesSince(Fields state) {
        var told = new ArrayList<String>();
        if (!state.has(KEY)) {
            return told; // written before checkpoints had them
        }
        var before = of(state.object(KEY));
        var after = " since the checkpoint of step " + state.whole("step")
                + ": the weights will not be those of a run that was never interrupted";
        if (!before.config.equals(config)) {
            told.add("config.yaml was changed" + after);
        }
        if (!before.data.equals(data)) {
            var names = new ArrayList<>(data.keySet());
            names.removeIf(name -> data.get(name).equals(before.data.get(name)));
            told.add("the data was changed (" + (names.isEmpty() ? "files are gone" : String.join(", ", names)) + ")"
                    + after);
        }
        return told;
    }
}
