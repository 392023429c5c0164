package dev.ijen.cli;

import dev.ijen.tensor.Where;
import dev.ijen.train.Trainer;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/// The `ijen` command.
@Command(name = "ijen", description = "Trains and runs neural networks.", versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Any option can also be given as an environment variable: --max-steps is IJEN_MAX_STEPS.", "",
            "Exit codes: 0 done, 1 failed while running, 2 wrong usage or config, 3 device unavailable, "
                    + "4 bad data or model file, 130 interrupted (after saving a checkpoint)."
        })
final class Main implements Runnable {
    private static final List<Class<?>> COMMANDS = List.of(
            TrainCommand.class, ResumeCommand.class, EvalCommand.class, PredictCommand.class, EmbedCommand.class,
            GenerateCommand.class,
            InspectCommand.class, InitCommand.class, ConfigCommand.class, DataCommand.class, SynthCommand.class,
            DevicesCommand.class, DoctorCommand.class, ImportCommand.class, ConvertCommand.class, ExportCommand.class,
            TokenizerCommand.class, BenchCommand.class, ProfileCommand.class, CompletionCommand.class);

    final Host host;

    @CommandLine.Spec CommandLine.Model.CommandSpec spec;

    @CommandLine.Option(names = {"-h", "--help"}, usageHelp = true,
            description = "Show this help and exit.") boolean help;

    @CommandLine.Option(names = {"-V", "--version"}, versionHelp = true,
            description = "Show the version and exit.") boolean version;

    Main(Host host) {
        this.host = host;
    }

    @Override
    public void run() {
        spec.commandLine().usage(host.out());
    }

    static void main(String[] args) {
        if (args.length > 0 && args[0].equals("train")) {
            Trainer.ahead();
        }
        var host = Host.process();
        host.interrupts().install();
        int code = run(host, args);
        host.out().flush();
        host.err().flush();
        System.exit(code);
    }

    /// Runs the command. Returns the exit code.
    static int run(Host host, String... args) {
        var line = commandLine(host, args.length > 0 ? named(args[0]) : COMMANDS);
        try {
            return line.execute(args);
        } catch (Throwable e) { // errors that picocli lets pass, an OutOfMemoryError for one
            return Errors.failed(host, e, Arrays.asList(args).contains("--verbose"));
        }
    }

    /// The parser, without running anything.
    static CommandLine commandLine(Host host) {
        return commandLine(host, COMMANDS);
    }

    /// The one of that name, for what the others look like need not be found out then; else all. Completion is about all.
    private static List<Class<?>> named(String name) {
        for (var c : COMMANDS) {
            if (c != CompletionCommand.class && c.getAnnotation(Command.class).name().equals(name)) {
                return List.of(c);
            }
        }
        return COMMANDS;
    }

    private static CommandLine commandLine(Host host, List<Class<?>> commands) {
        var line = new CommandLine(new Main(host));
        commands.forEach(line::addSubcommand);
        line
                .setOut(new PrintWriter(host.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(host.err(), true, StandardCharsets.UTF_8))
                .setDefaultValueProvider(new EnvironmentDefaults(host.env()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                .setUsageHelpAutoWidth(true)
                .setExecutionStrategy(parsed -> Where.nowhere(() -> new CommandLine.RunLast().execute(parsed)))
                .setParameterExceptionHandler((e, _) -> Errors.usage(host, e))
                .setExecutionExceptionHandler((e, command, _) -> failed(host, e, command))
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        host.terminal().present() && !host.has("NO_COLOR") ? CommandLine.Help.Ansi.AUTO
                                : CommandLine.Help.Ansi.OFF));
        inOrder(line);
        return line;
    }

    /// Options stand in help texts as they stand in the source: the important ones first.
    private static void inOrder(CommandLine line) {
        line.getCommandSpec().usageMessage().sortOptions(false);
        line.getSubcommands().values().forEach(Main::inOrder);
    }

    private static int failed(Host host, Exception e, CommandLine command) {
        boolean verbose = command.getCommandSpec().userObject() instanceof BaseCommand c && c.verbose;
        if (e instanceof ParameterException p) {
            return Errors.usage(host, p);
        }
        return Errors.failed(host, e, verbose);
    }

    /// Versions of Ijen and of what runs it.
    static final class Version implements IVersionProvider {
        static final String IJEN = "0.1.0";

        @Override
        public String[] getVersion() {
            return new String[] {"ijen " + IJEN + " on Java " + Runtime.version()};
        }
    }
}
