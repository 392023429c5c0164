package dev.ijen.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// A command that only has subcommands.
abstract class GroupCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.") boolean help;

    @Override
    public final Integer call() {
        var names = String.join(", ", spec.subcommands().keySet());
        throw Errors.wrong(
                spec, spec.qualifiedName() + ": what to do is missing", "no subcommand", names, "add one of them");
    }
}
