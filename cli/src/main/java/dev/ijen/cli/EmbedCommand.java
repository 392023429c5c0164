package dev.ijen.cli;

import dev.ijen.format.AtomicFiles;
import dev.ijen.format.Npy;
import dev.ijen.format.Safetensors;
import dev.ijen.projection.Neighbours;
import dev.ijen.projection.Pca;
import dev.ijen.projection.Scatter;
import dev.ijen.projection.Tsne;
import dev.ijen.tensor.HostTensor;
import dev.ijen.train.Embeddings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows what a network has learnt.
@Command(name = "embed", description = {
    "Writes what a trained model makes of examples: a vector for each, from before its last layer",
    "or from a named one; finds neighbours among them, and draws them in a plane."
}, footer = {
    "", "  ijen embed runs/digits --out digits.npy --projection tsne --picture digits.svg",
    "  ijen embed runs/text-sentiment --table --neighbours boring"
})
final class EmbedCommand extends BaseCommand {
    private static final int REDUCED = 50;

    @Mixin TrainedOptions trained;

    @Parameters(index = "1", arity = "0..1", paramLabel = "DATA",
            description = "Data of the kind it was trained on (default: the test part of that).") Path data;

    @Option(names = "--layer", paramLabel = "NAME",
            description = "Take what this layer gives; `ijen inspect` shows the names (default: what goes into the last one).") String layer;

    @Option(names = "--table", description = "Texts: the vectors of the words or tokens instead of examples.") boolean table;

    @Option(names = "--count", paramLabel = "N", defaultValue = "2000", converter = ComputeOptions.CountConverter.class,
            description = "Examples at most, spread over all; of a table, the most frequent (default: ${DEFAULT-VALUE}).") int count;

    @Option(names = {"-o", "--out"}, paramLabel = "FILE",
            description = "Write the vectors: .npy [N, D], .csv with names and classes, or .safetensors with classes.") Path out;

    @Option(names = "--neighbours", paramLabel = "WORD|INDEX",
            description = "Print the nearest of an example or a word, by cosine.") String neighbours;

    @Option(names = "--top", paramLabel = "N", defaultValue = "10", converter = ComputeOptions.CountConverter.class,
            description = "Neighbours to print (default: ${DEFAULT-VALUE}).") int top;

    @Option(names = "--projection", paramLabel = "HOW", defaultValue = "pca",
            description = "How many numbers become two: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).") Projection projection;

    @Option(names = "--perplexity", paramLabel = "P", defaultValue = "30",
            description = "tsne: about how many neighbours count (default: ${DEFAULT-VALUE}).") double perplexity;

    @Option(names = "--picture", paramLabel = "FILE",
            description = "Draw the projection: a .svg or .png file, coloured by class.") Path picture;

    /// Ways into the plane.
    enum Projection {
        /// Principal components.
        PCA,
        /// t-distributed stochastic neighbours.
        TSNE
    }

    @Override
    public Integer call() {
        if (table && (data != null || layer != null)) {
            throw Errors.wrong(spec, "ijen embed: --table does not fit", "--table with "
                    + (data != null ? "data" : "--layer"), "one of them", "leave the other out");
        }
        if (out != null && !out.toString().toLowerCase(Locale.ROOT).matches(".*\\.(npy|csv|safetensors)")) {
            throw Errors.wrong(spec, "ijen embed: --out is no file of vectors", out.toString(),
                    "a name that ends with .npy, .csv or .safetensors", "choose one of them");
        }
        if (picture != null && !picture.toString().toLowerCase(Locale.ROOT).matches(".*\\.(svg|png)")) {
            throw Errors.wrong(spec, "ijen embed: --picture is no picture", picture.toString(),
                    "a name that ends with .svg or .png", "choose one of them");
        }
        if (!(perplexity >= 1)) {
            throw Errors.wrong(spec, "ijen embed: --perplexity does not fit", String.valueOf(perplexity),
                    "a number from 1 on, such as 30", "about how many neighbours count");
        }
        try (var model = trained.load()) {
            var all = table ? model.embedSymbols() : model.embed(data, layer, count);
            int center = neighbours == null ? -1 : place(all);
            if (picture != null) {
                checkDrawable(all);
            }
            var result = new LinkedHashMap<String, Object>();
            var text = new StringBuilder(all.vectors().length + " vectors of " + width(all) + " numbers, "
                    + all.layer() + "\n");
            result.put("vectors", (long) all.vectors().length);
            result.put("dimensions", (long) width(all));
            result.put("layer", all.layer());
            if (out != null) {
                write(all);
                text.append("written: ").append(out).append('\n');
                result.put("file", out.toString());
            }
            if (neighbours != null) {
                result.put("neighbours", near(all, center, text));
            }
            if (picture != null) {
                draw(all, model.config().name());
                text.append("drawn: ").append(picture).append('\n');
                result.put("picture", picture.toString());
            }
            note(model.description());
            print(text.toString(), result);
        }
        return Exit.DONE;
    }

    private static int width(Embeddings e) {
        return e.vectors().length == 0 ? 0 : e.vectors()[0].length;
    }

    /// Which vector is meant: looked up before anything is written.
    private int place(Embeddings e) {
        int at = e.names().indexOf(neighbours);
        if (at < 0) {
            throw Errors.wrong(spec, "ijen embed: --neighbours names nothing", "'" + neighbours + "'",
                    table ? "a word of the vocabulary" : "the number of an example, such as " + e.names().getFirst(),
                    table ? "words are in lower case" : "raise --count, or give a number 'ijen embed --out x.csv' shows");
        }
        return at;
    }

    private List<Map<String, Object>> near(Embeddings e, int center, StringBuilder text) {
        return Neighbours.of(e.vectors(), center, top).stream().map(n -> {
            var name = e.names().get(n.index());
            int c = e.classes()[n.index()];
            var m = new LinkedHashMap<String, Object>();
            m.put("name", name);
            m.put("cosine", n.cosine());
            if (c >= 0) {
                m.put("class", e.classNames().get(c));
            }
            text.append(String.format(Locale.ROOT, "%.4f  %s%s%n", n.cosine(), name,
                    c >= 0 ? "  (" + e.classNames().get(c) + ")" : ""));
            return (Map<String, Object>) m;
        }).toList();
    }

    private void write(Embeddings e) {
        int n = e.vectors().length;
        int d = width(e);
        var name = out.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv")) {
            AtomicFiles.write(out, csv(e));
            return;
        }
        var flat = new float[n * d];
        for (int i = 0; i < n * d; i++) {
            flat[i] = (float) e.vectors()[i / d][i % d];
        }
        var vectors = HostTensor.of(flat, n, d);
        if (name.endsWith(".npy")) {
            Npy.write(out, vectors);
            return;
        }
        Safetensors.write(out, Map.of("embeddings", vectors, "classes", HostTensor.of(e.classes(), n)),
                Map.of("classes", String.join("\n", e.classNames()), "layer", e.layer()));
    }

    private static String csv(Embeddings e) {
        var s = new StringBuilder("name,class");
        for (int k = 0; k < width(e); k++) {
            s.append(",v").append(k);
        }
        s.append('\n');
        for (int i = 0; i < e.vectors().length; i++) {
            int c = e.classes()[i];
            s.append(quoted(e.names().get(i))).append(',').append(c < 0 ? "" : quoted(e.classNames().get(c)));
            for (double v : e.vectors()[i]) {
                s.append(',').append((float) v);
            }
            s.append('\n');
        }
        return s.toString();
    }

    private static String quoted(String s) {
        return s.matches("[^,\"\\n\\r]*") ? s : "\"" + s.replace("\"", "\"\"") + "\"";
    }

    private void checkDrawable(Embeddings e) {
        int n = Math.min(count, e.vectors().length);
        int least = projection == Projection.PCA ? 2 : 4;
        if (n < least || width(e) < 2) {
            throw Errors.wrong(spec, "ijen embed: too little for a picture", n + " vectors of " + width(e) + " numbers",
                    "at least " + least + " vectors of 2 numbers",
                    width(e) < 2 ? "name a wider layer: --layer NAME" : "give more data, or a greater --count");
        }
    }

    private void draw(Embeddings e, String name) {
        int n = Math.min(count, e.vectors().length);
        var x = java.util.Arrays.copyOf(e.vectors(), n);
        var y = switch (projection) {
            case PCA -> Pca.fit(x, 2).project(x);
            // more numbers than these change the distances little (van der Maaten and Hinton 2008)
            case TSNE -> Tsne.of(width(e) > REDUCED ? Pca.fit(x, REDUCED).project(x) : x, perplexity);
        };
        var title = name + ", " + e.layer() + ": " + (projection == Projection.PCA ? "PCA" : "t-SNE") + " of " + n
                + (table ? " symbols" : " examples");
        new Scatter(title, y, java.util.Arrays.copyOf(e.classes(), n), e.classNames()).write(picture);
    }
}
