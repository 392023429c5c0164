package dev.ijen.train;

import dev.ijen.engine.Bytes;
import dev.ijen.engine.Engine;
import dev.ijen.engine.ProgramReport;
import dev.ijen.nn.LayerRow;
import dev.ijen.nn.Module;
import dev.ijen.spi.OutOfMemoryException;
import dev.ijen.tensor.Precision;
import dev.ijen.tensor.Tensor;
import dev.ijen.train.config.TrainConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// What a training, or a trained model, is and needs, known before anything runs.
///
/// @param device chosen, and why
/// @param layers one row a layer, shapes for a batch of one
/// @param input type and shape of one example
/// @param parameters numbers in the weights
/// @param trainable those that move
/// @param flopsForward operations for one example: multiplications and additions of matrix products, convolutions, attention and
///     recurrences, two for each multiply-add, which many papers count as one
/// @param flopsStep operations of a training step; 0 for a trained model
/// @param forward the program for a batch in use
/// @param step the training step's program; null for a trained model
/// @param batchSize examples a step
/// @param precision in which types it computes
/// @param memory on the device
/// @param init where first weights come from, for people; empty for fresh ones
public record TrainPlan(
        String device,
        List<LayerRow> layers,
        String input,
        long parameters,
        long trainable,
        long flopsForward,
        long flopsStep,
        ProgramReport forward,
        ProgramReport step,
        int batchSize,
        Precision precision,
        MemoryPlan memory,
        String init) {
    /// Copies the list.
    public TrainPlan {
        layers = List.copyOf(layers);
    }

    /// Of a configuration. Without a path to data, the shapes the configuration declares are taken.
    public static TrainPlan of(TrainConfig given, TrainOptions options) {
        var config = ModelFiles.found(given);
        var task = Task.of(config);
        var declared = config.data().path().isBlank() ? task.declared() : null;
        if (declared == null) {
            try (var trainer = Trainer.of(config, options)) {
                var plan = trainer.plan();
                if (options.engine().memoryLimit() > 0) {
                    trainer.checkMemory(plan);
                }
                return plan;
            }
        }
        try (var engine = Trainer.open(config, options);
                var learner = new Learner(engine, config, task, declared, 1, false);
                var scorer = learner.scorer()) {
            learner.begin();
            var plan = of(engine, learner, scorer, declared.pre(), config.training().batchSize(),
                    Set.of(config.training().evalBatchSize()));
            if (options.engine().memoryLimit() > 0) {
                MemoryLimit.check(plan.memory, engine.memoryMost(), true, config, learner);
            }
            return plan;
        } catch (OutOfMemoryException e) {
            throw MemoryLimit.hopeless(e, config, options);
        }
    }

    /// @param evaluated batch sizes of evaluation
    static TrainPlan of(Engine engine, Learner learner, Scorer scorer, Preprocessor pre, int batch,
            Collection<Integer> evaluated) {
        return of(engine, learner, scorer, pre, batch, MemoryPlan.of(learner, scorer, batch, evaluated));
    }

    static TrainPlan of(Engine engine, Learner learner, Scorer scorer, Preprocessor pre, int batch, MemoryPlan memory) {
        return of(engine, learner.model(), scorer, pre, batch, learner.stepReport(batch), learner.trained(), memory,
                learner.first() == null ? "" : learner.first().toString());
    }

    /// Of a model in use.
    static TrainPlan of(Engine engine, Module model, Scorer scorer, Preprocessor pre, int batch) {
        return of(engine, model, scorer, pre, batch, null, Module.parameterCount(model),
                MemoryPlan.of(scorer.report(batch)), "");
    }

    private static TrainPlan of(Engine engine, Module model, Scorer scorer, Preprocessor pre, int batch,
            ProgramReport step, long trainable, MemoryPlan memory, String init) {
        return new TrainPlan(
                engine.choice(),
                Module.summary(model, pre.dtype(), pre.shape().insert(0, 1)),
                pre.dtype() + pre.shape().toString(),
                Module.parameterCount(model),
                trainable,
                scorer.report(1).flops(),
                step == null ? 0 : step.flops(),
                scorer.report(batch),
                step,
                batch,
                engine.precision(),
                memory,
                init);
    }

    /// Bytes on the device while it runs.
    public long memoryBytes() {
        return memory.total();
    }

    /// For JSON.
    public Map<String, Object> toMap() {
        var all = new LinkedHashMap<String, Object>();
        all.put("device", device);
        all.put("precision", precision.label());
        all.put("input", input);
        all.put("batch_size", (long) batchSize);
        all.put("parameters", parameters);
        all.put("trainable", trainable);
        if (!init.isEmpty()) {
            all.put("init", init);
        }
        all.put("flops_forward", flopsForward);
        all.put("macs_forward", flopsForward / 2);
        all.put("flops_step", flopsStep);
        all.put("memory_bytes", memoryBytes());
        all.put("memory", memory(step == null ? forward : step));
        all.put("memory_plan", memory.toMap());
        var rows = new ArrayList<Map<String, Object>>();
        for (var l : layers) {
            var row = new LinkedHashMap<String, Object>();
            row.put("name", l.name());
            row.put("type", l.type());
            row.put("depth", (long) l.depth());
            row.put("output", IntStream.of(l.output().dims()).mapToObj(d -> (long) d).toList());
            row.put("parameters", l.parameters());
            rows.add(row);
        }
        all.put("layers", rows);
        return all;
    }

    private static Map<String, Object> memory(ProgramReport r) {
        var m = new LinkedHashMap<String, Object>();
        m.put("weights_and_states", r.cellBytes());
        m.put("workspace", r.workspaceBytes());
        m.put("workspace_without_sharing", r.naiveBytes());
        m.put("scratch", r.scratchBytes());
        m.put("arguments", r.argumentBytes());
        m.put("constants", r.constantBytes());
        m.put("launches", (long) r.launches());
        return m;
    }

    /// A table of layers, and memory and work below it.
    public String toText() {
        var s = new StringBuilder();
        int widest = layers.stream().mapToInt(l -> title(l).length()).max().orElse(5);
        var format = "%-" + Math.max(24, widest) + "s  %-20s %14s%n";
        s.append(String.format(Locale.ROOT, format, "layer", "output", "parameters"));
        for (var l : layers) {
            s.append(String.format(
                    Locale.ROOT, format, title(l), l.output(),
                    l.parameters() == 0 ? "" : String.format(Locale.ROOT, "%,d", l.parameters())));
        }
        s.append('\n');
        row(s, "input", input + ", batch " + batchSize);
        row(s, "parameters", String.format(Locale.ROOT, "%,d (%,d trained)", parameters, trainable));
        if (!init.isEmpty()) {
            row(s, "first weights", init);
        }
        // papers count a multiplication with its addition as one
        row(s, "forward", work(flopsForward) + " an example: multiplications and additions, "
                + work(flopsForward / 2).replace("FLOP", "") + " multiply-adds");
        if (step != null) {
            row(s, "training step", work(flopsStep) + ", " + step.launches() + " launches");
        }
        row(s, "device memory", Bytes.text(memory.total()));
        memory.toMap().forEach((name, bytes) -> row(s, "", String.format(Locale.ROOT, "%10s  %s",
                Bytes.text((Long) bytes), name)));
        var r = step == null ? forward : step;
        row(s, "", "the workspace without sharing: " + Bytes.text(r.naiveBytes()));
        row(s, "precision", precision.label() + (precision.isMixed()
                ? ": products and what is kept in " + precision.label() + ", weights, sums and losses in f32" : ""));
        row(s, "device", device);
        return s.toString();
    }

    private static String title(LayerRow l) {
        return "  ".repeat(Math.max(0, l.depth()))
                + (l.name().isEmpty() ? "" : l.name().substring(l.name().lastIndexOf('.') + 1) + " ") + l.type();
    }

    private static void row(StringBuilder s, String name, String value) {
        s.append(String.format(Locale.ROOT, "%-15s %s%n", name, value));
    }

    private static String work(long flops) {
        return flops >= 1_000_000_000
                ? String.format(Locale.ROOT, "%.2f GFLOP", flops / 1e9)
                : flops >= 1_000_000 ? String.format(Locale.ROOT, "%.2f MFLOP", flops / 1e6)
                : String.format(Locale.ROOT, "%.1f kFLOP", flops / 1e3);
    }

    /// The network as a graph of operations, for a batch in use.
    ///
    /// @param format `mermaid` or `dot`
    public String graph(String format) {
        boolean dot = format.equals("dot");
        var names = new IdentityHashMap<Tensor, String>();
        var s = new StringBuilder(
                dot ? "digraph model {\n  node [shape=box, fontname=\"sans-serif\"];\n" : "flowchart TD\n");
        for (var t : Tensor.topological(forward.results())) {
            var id = "n" + names.size();
            names.put(t, id);
            var label = (t.op().label() + " " + t.dtype() + t.shape()).replace("\"", "'");
            s.append(dot ? "  " + id + " [label=\"" + label + "\"];\n" : "  " + id + "[\"" + label + "\"]\n");
            for (int i = 0; i < t.arity(); i++) {
                s.append("  ").append(names.get(t.input(i))).append(dot ? " -> " : " --> ").append(id)
                        .append(dot ? ";\n" : "\n");
            }
        }
        return s.append(dot ? "}\n" : "").toString();
    }
}
