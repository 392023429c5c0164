package dev.ijen.train.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Configurations that come with the program; each is a YAML resource beside this class.
public final class Presets {
    private static final List<String> NAMES = List.of(
            "digits", "mnist-mlp", "mnist-cnn", "iris", "titanic", "housing", //
            "cifar-resnet", "resnet-18", "resnet-50", "mobilenet-v2", "mobilenet-v3", "efficientnet-b0", "vit-b16",
            "vit-tiny", "unet", //
            "gan-mixture", "dcgan", "wgan-gp", "vae", "diffusion-digits", "fraud", //
            "char-gpt", "gpt2-124m", "bert-mlm", "translate", "lstm-forecast", "spoken-digits", "ctc-digits",
            "text-sentiment");

    private Presets() {}

    /// The names, in the order to show them.
    public static List<String> names() {
        return NAMES;
    }

    /// What a preset trains, in one line.
    public static String summary(String name) {
        return text(name).lines().findFirst().orElse("").replaceFirst("^#\\s*", "");
    }

    /// A preset with some keys replaced; see [ConfigReader#read].
    ///
    /// @throws ConfigException if there is none of that name
    public static TrainConfig load(String name, List<String> sets) {
        return ConfigReader.bind(tree(name), sets);
    }

    /// A preset with every key, its value and what it means: a start for one's own.
    public static String commented(String name) {
        return "# " + summary(name) + "\n" + ConfigWriter.commented(load(name, List.of()));
    }

    static Node tree(String name) {
        return YamlTree.parse("preset " + name, text(name));
    }

    private static String text(String name) {
        if (!NAMES.contains(name)) {
            throw Binder.unknown(Mark.of("--preset " + name), "preset", name, NAMES);
        }
        try (var in = Presets.class.getResourceAsStream(name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + ".yaml is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
