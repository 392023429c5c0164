package dev.ijen.train;

import dev.ijen.engine.Cells;
import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Freeze;
import dev.ijen.nn.Lora;
import dev.ijen.nn.Module;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TrainConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// The network of a configuration with what transfer learning changes in it: adapters, frozen statistics; and which weights move.
final class Models {
    private static final String ALL = "*";

    private Models() {}

    static Module of(Engine engine, TrainConfig config, Task task, Problem problem) {
        var model = task.model(engine, problem);
        var lora = config.lora();
        if (lora.isSet()) {
            model = Lora.adapt(engine, model, lora.rank(), lora.alpha(), lora.dropout(), lora.targets());
        }
        return Freeze.statistics(model, frozen(config, model));
    }

    /// Patterns of weights that stay. With adapters, all but these, a new head, and what the configuration names.
    static List<String> frozen(TrainConfig config, Module model) {
        var all = new ArrayList<String>();
        if (config.lora().isSet()) {
            all.add(ALL);
            all.add("!*" + Lora.PART + ALL);
            config.lora().train().forEach(p -> all.add("!" + p));
            if (config.init().newHead()) {
                head(model).forEach(p -> all.add("!" + p));
            }
        }
        all.addAll(config.optimizer().frozen());
        return List.copyOf(all);
    }

    /// Patterns of the last layer's weights: the last of a chain that holds a matrix, and all after it.
    ///
    /// @throws ConfigException if the network has no last layer
    static List<String> head(Module model) {
        if (model instanceof Chain chain) {
            var names = new ArrayList<>(chain.parts().keySet());
            for (int i = names.size() - 1; i >= 0; i--) {
                var cells = Cells.all(chain.parts().get(names.get(i))).values();
                if (cells.stream().anyMatch(c -> c instanceof Parameter && c.shape().rank() >= 2)) {
                    return names.subList(i, names.size()).stream().map(n -> n + ".*").toList();
                }
            }
        }
        throw new ConfigException(Mark.of("init.new_head"), "no last layer",
                "a network of several parts, or without weights",
                "layers one after the other", "name the weights that stay fresh: init.ignore");
    }

    /// Whether every pattern of a configuration's key names a weight.
    ///
    /// @throws ConfigException naming the first that does not
    static void check(String key, Collection<String> patterns, Collection<String> names) {
        for (var p : patterns) {
            var plain = p.startsWith("!") ? p.substring(1) : p;
            if (names.stream().noneMatch(n -> Cells.matches(plain, n))) {
                throw new ConfigException(Mark.of(key), "no weight of that name", "'" + p + "'",
                        "one of " + some(names), "`*` stands for any characters; 'ijen inspect' shows the layers");
            }
        }
    }

    /// A few of many names.
    static String some(Collection<String> names) {
        int most = 24;
        var text = String.join(", ", names.stream().limit(most).toList());
        return names.size() > most ? text + ", … (" + names.size() + ")" : text.isEmpty() ? "none" : text;
    }
}
