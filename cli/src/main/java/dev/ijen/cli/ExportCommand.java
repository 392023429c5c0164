package dev.ijen.cli;

import dev.ijen.train.MetricsTable;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes what a run holds in a form for other programs.
@Command(name = "export", description = "Writes the measurements of a run as a table.")
final class ExportCommand extends BaseCommand {
    @Parameters(paramLabel = "RUN", description = "A run directory.") Path run;

    @Option(names = "--metrics", paramLabel = "FILE", required = true,
            description = "The CSV file to write: a row a logged step or epoch.") Path metrics;

    @Override
    public Integer call() {
        int rows = MetricsTable.write(run, metrics);
        print("%s: %d rows".formatted(metrics, rows), Map.of("path", metrics.toString(), "rows", rows));
        return Exit.DONE;
    }
}
