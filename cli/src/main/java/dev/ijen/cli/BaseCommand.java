package dev.ijen.cli;

import dev.ijen.format.Json;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What all commands share: where output goes, and how much of it.
abstract class BaseCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Option(names = "--json", order = 100,
            description = "Print one JSON object on stdout instead of text.") boolean json;

    @Option(names = {"-q", "--quiet"}, order = 101, description = "Nothing on stderr but errors.") boolean quiet;

    @Option(names = {"-v", "--verbose"}, order = 102,
            description = "More on stderr; a stack trace with an error.") boolean verbose;

    @Option(names = {"-h", "--help"}, order = 103, usageHelp = true,
            description = "Show this help and exit.") boolean help;

    final Host host() {
        return ((Main) spec.root().userObject()).host;
    }

    final PrintStream out() {
        return host().out();
    }

    /// A remark for people, on stderr.
    final void note(String text) {
        if (!quiet) {
            host().err().println(text);
        }
    }

    /// The result: as text, or with `--json` as JSON.
    final void print(String text, Map<String, ?> object) {
        if (json) {
            out().print(Json.write(object));
        } else {
            out().print(text.endsWith("\n") || text.isEmpty() ? text : text + "\n");
        }
        out().flush();
    }

    /// JSON without line breaks, for one object a line. Inside texts JSON has none, so what is removed is indentation.
    static String line(Map<String, ?> object) {
        return Json.write(object).strip().replaceAll("\\s*\\n\\s*", " ");
    }
}
