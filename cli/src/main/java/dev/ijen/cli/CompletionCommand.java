package dev.ijen.cli;

import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/// Prints a completion script.
@Command(name = "completion", description = "Prints a completion script for bash and zsh.", footer = {
    "", "Use it now:      source <(ijen completion)", "In every shell:  ijen completion > ~/.ijen-completion",
    "                 and 'source ~/.ijen-completion' in ~/.bashrc or ~/.zshrc"
})
final class CompletionCommand extends BaseCommand {
    @Override
    public Integer call() {
        var script = AutoComplete.bash("ijen", spec.root().commandLine());
        print(script, Map.of("shell", "bash", "script", script));
        return Exit.DONE;
    }
}
