package dev.ijen.onnx;

import dev.ijen.engine.Engine;
import dev.ijen.format.FormatException;
import dev.ijen.format.Npz;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs conformance cases in ONNX's layout: a folder with `model.onnx` and folders `test_data_set_N` of `input_K.pb` and `output_K.pb`.
/// A model may also lie beside an archive of the same name, or of the name `io.npz`, with arrays `in_K` and `out_K`, or be a light one ([LightCase]).
/// Real results must agree within rtol 1e-3 and atol 1e-7, ONNX's own; whole numbers, truth and text exactly.
public final class OnnxCheck {
    private static final String EXCLUDED = "excluded.tsv";

    private OnnxCheck() {}

    /// What became of a case.
    public enum Outcome {
        /// All outputs agree.
        PASSED,
        /// An output differs, or there was an error.
        FAILED,
        /// Not run, for a written reason.
        EXCLUDED
    }

    /// One case.
    ///
    /// @param name its folder's name
    /// @param reason why it failed or is excluded; empty if it passed
    public record Case(String name, Outcome outcome, String reason) {}

    /// Reasons of cases that are not run, by name.
    public static Map<String, String> excluded() {
        var m = new HashMap<String, String>();
        try (var in = OnnxCheck.class.getResourceAsStream(EXCLUDED);
                var r = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (var line = r.readLine(); line != null; line = r.readLine()) {
                int tab = line.indexOf('\t');
                if (tab > 0 && !line.startsWith("#")) {
                    m.put(line.substring(0, tab), line.substring(tab + 1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return m;
    }

    /// Every case below a folder, in the order of their paths.
    public static List<Case> run(Engine engine, Path folder) {
        var models = new ArrayList<Path>();
        try (var all = Files.walk(folder, 16)) {
            all.filter(p -> p.getFileName().toString().endsWith(".onnx") && Files.isRegularFile(p)).sorted().forEach(models::add);
        } catch (IOException e) {
            throw FormatException.of(folder, e);
        } catch (UncheckedIOException e) {
            throw FormatException.of(folder, e.getCause());
        }
        var reasons = excluded();
        var out = new ArrayList<Case>();
        for (var m : models) {
            var name = name(m);
            var sets = sets(m);
            if (sets.isEmpty()) {
                continue;
            }
            var reason = reasons.get(name);
            if (reason != null) {
                out.add(new Case(name, Outcome.EXCLUDED, reason));
                continue;
            }
            var why = check(engine, m, sets);
            out.add(new Case(name, why.isEmpty() ? Outcome.PASSED : Outcome.FAILED, why));
        }
        return out;
    }

    private static String name(Path model) {
        var n = model.getFileName().toString();
        return n.equals("model.onnx") ? model.toAbsolutePath().getParent().getFileName().toString()
                : n.substring(0, n.length() - ".onnx".length());
    }

    /// Folders or archives of inputs and outputs.
    private static List<Path> sets(Path model) {
        var l = new ArrayList<Path>();
        var folder = model.toAbsolutePath().getParent();
        var file = model.getFileName().toString();
        var npz = folder.resolve(file.substring(0, file.length() - 5) + ".npz");
        var io = folder.resolve("io.npz");
        if (Files.isRegularFile(npz)) {
            l.add(npz);
        } else if (Files.isRegularFile(io)) {
            l.add(io);
        } else if (Files.isRegularFile(LightCase.output(model))) {
            l.add(LightCase.output(model));
        } else if (file.equals("model.onnx")) {
            try (var all = Files.list(folder)) {
                all.filter(p -> p.getFileName().toString().startsWith("test_data_set_")).sorted().forEach(l::add);
            } catch (IOException e) {
                throw FormatException.of(folder, e);
            }
        }
        return l;
    }

    /// Why a model's case fails; empty if it does not.
    static String check(Engine engine, Path file, List<Path> sets) {
        try (var model = OnnxModel.open(engine, file)) {
            for (var s : sets) {
                var why = s.toString().endsWith(".npz") ? arrays(model, s) : LightCase.is(s) ? light(model, s) : messages(model, s);
                if (!why.isEmpty()) {
                    return why;
                }
            }
            return "";
        } catch (IjenException e) {
            return e.getMessage();
        } catch (RuntimeException | StackOverflowError e) {
            var at = e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0];
            return "unexpected " + e + at;
        }
    }

    private static String light(OnnxModel model, Path set) {
        return Differences.of(model, "output 0", model.values(LightCase.inputs(model)).getFirst(), LightCase.expected(model, set));
    }

    private static String messages(OnnxModel model, Path set) {
        var in = new ArrayList<Value>();
        var names = new ArrayList<String>();
        for (int k = 0; Files.exists(set.resolve("input_" + k + ".pb")); k++) {
            var read = read(model, set.resolve("input_" + k + ".pb"), k < model.inputs().size() ? input(model, k) : null);
            in.add(read.value);
            names.add(read.name);
        }
        var out = model.values(ordered(model, in, names));
        if (!Files.exists(set.resolve("output_0.pb"))) {
            return "no output_0.pb in " + set;
        }
        for (int k = 0; Files.exists(set.resolve("output_" + k + ".pb")); k++) {
            var want = read(model, set.resolve("output_" + k + ".pb"), model.proto().graph().outputs().get(k).type());
            var why = Differences.of(model, "output " + k, out.get(k), want.value);
            if (!why.isEmpty()) {
                return why;
            }
        }
        return "";
    }

    /// A model may take initializers as inputs, too: files are then more than inputs without a value.
    private static List<Value> ordered(OnnxModel model, List<Value> in, List<String> names) {
        if (in.size() <= model.inputs().size()) {
            return in;
        }
        var r = new ArrayList<Value>();
        for (var i : model.inputs()) {
            int k = names.indexOf(i.name());
            r.add(k < 0 ? null : in.get(k));
        }
        return r;
    }

    private static Proto.Type input(OnnxModel model, int k) {
        var name = model.inputs().get(k).name();
        return model.proto().graph().inputs().stream().filter(v -> v.name().equals(name)).findFirst().orElseThrow().type();
    }

    private record Named(String name, Value value) {}

    private static Named read(OnnxModel model, Path file, Proto.Type type) {
        try {
            var w = Wire.of(file.toString(), Files.readAllBytes(file));
            return switch (type) {
                case Proto.Type.OfSequence s -> new Named("", ValueReader.sequence(model.session(), w));
                case Proto.Type.OfMap _ -> new Named("", ValueReader.map(model.session(), w));
                case Proto.Type.OfOptional o -> new Named("", ValueReader.optional(model.session(), w, o));
                case null, default -> {
                    var t = TensorReader.tensor(w);
                    var data = model.session().data();
                    yield new Named(t.name(), model.session().computed(data.read(t), data.type(t)));
                }
            };
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    private static String arrays(OnnxModel model, Path file) {
        var all = Npz.read(file);
        var in = new ArrayList<Value>();
        for (int k = 0; k < model.inputs().size(); k++) {
            var i = model.inputs().get(k);
            var h = all.containsKey("in_" + k) ? all.get("in_" + k) : all.get(i.name());
            if (h == null) {
                return "no array in_" + k + " or " + i.name() + " in " + file + ", which has " + all.keySet();
            }
            in.add(model.session().computed(HostMath.cast(h, i.onnxType().carrier()), i.onnxType()));
        }
        var out = model.values(in);
        for (int k = 0; k < out.size(); k++) {
            var want = all.containsKey("out_" + k) ? all.get("out_" + k) : all.get(model.outputs().get(k).name());
            if (want == null) {
                continue;
            }
            var v = out.get(k) instanceof Value.Maps maps ? maps.values() : out.get(k) instanceof Value.Of t ? t : null;
            if (v == null) {
                return "output " + k + " is a sequence";
            }
            var got = Differences.values(model, v);
            if (got.shape().size() == want.shape().size() && solid(got).equals(solid(want))) {
                want = want.reshape(got.shape().dims()); // other programs leave out axes of extent 1
            }
            var why = Differences.of("output " + k, got, HostMath.cast(want, v.tensor().dtype()), v.type());
            if (!why.isEmpty()) {
                return why;
            }
        }
        return "";
    }

    private static List<Integer> solid(HostTensor h) {
        return java.util.Arrays.stream(h.shape().dims()).filter(d -> d != 1).boxed().toList();
    }
}
