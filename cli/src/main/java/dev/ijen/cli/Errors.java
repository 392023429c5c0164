package dev.ijen.cli;

import dev.ijen.tensor.IjenException;
import dev.ijen.train.config.ConfigKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns whatever went wrong into one block on stderr (what, got, expected, fix) and an exit code.
/// A stack trace only with `--verbose`.
final class Errors {
    private static final Pattern VALUE = Pattern.compile(
            "invalid value for (?:option|positional parameter)[^']*'([^']+)'[^:]*: ('.*') is not (?:one of )?(.+)");

    private static final Pattern CHOICE = Pattern.compile(
            "invalid value for [^']*'([^']+)'[^:]*: expected one of \\[(.*)] \\(case-insensitive\\) but was ('.*')");

    private Errors() {}

    /// Something thrown by a command. Returns the exit code.
    static int failed(Host host, Throwable e, boolean verbose) {
        var cause = unwrapped(e);
        host.err().println("error: " + block(cause));
        if (verbose) {
            var trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace, true));
            host.err().print(trace);
        }
        return Exit.of(cause);
    }

    /// A wrong command line, found by a command.
    static ParameterException wrong(CommandSpec spec, String what, String got, String expected, String fix) {
        return new ParameterException(spec.commandLine(), what, new IjenException(what, got, expected, fix));
    }

    /// A wrong command line, found by picocli or by a command. Returns the exit code.
    static int usage(Host host, ParameterException e) {
        var block = e.getCause() instanceof IjenException i ? i.getMessage() : parsed(e);
        host.err().println("error: " + block);
        return Exit.USAGE;
    }

    private static String parsed(ParameterException e) {
        var name = e.getCommandLine().getCommandSpec().qualifiedName();
        var help = "'" + name + " --help' lists what it takes";
        var what = decapitalized(firstLine(e.getMessage()));
        return switch (e) {
            case UnmatchedArgumentException u -> {
                var got = String.join(" ", u.getUnmatched());
                var kind = got.startsWith("-") ? "option" : name.equals("ijen") ? "command" : "argument";
                var nearest = suggestions(u);
                var keys = kind.equals("option") ? ConfigKeys.paths(u.getUnmatched().getFirst().replaceFirst("=.*", ""))
                        : List.<String>of();
                if (!keys.isEmpty() && !e.getCommandLine().getCommandSpec().optionsMap().containsKey("--set")) {
                    yield block(
                            name + ": unknown option " + u.getUnmatched().getFirst(), got,
                            "one of the options of " + name + "; " + keys.getFirst() + " is a key of the config",
                            "change it in the config.yaml of the run, or train anew with --set " + keys.getFirst()
                                    + "=VALUE");
                }
                if (!keys.isEmpty()) {
                    yield block(
                            name + ": unknown option " + u.getUnmatched().getFirst(), got,
                            "keys of the config by --set", "write --set " + keys.getFirst() + "=VALUE");
                }
                yield block(
                        name + ": unknown " + kind + " " + u.getUnmatched().getFirst(),
                        got,
                        nearest.isEmpty() ? taken(kind, e.getCommandLine()) : String.join(" or ", nearest),
                        nearest.isEmpty() ? help : "did you mean " + nearest.getFirst() + "? " + help);
            }
            case MissingParameterException _ -> block(
                    name + ": " + what, "a command line without it", "all required arguments", "add it; " + help);
            default -> {
                var value = VALUE.matcher(what);
                var choice = CHOICE.matcher(what);
                if (choice.matches()) {
                    yield block(name + ": " + choice.group(1) + " cannot be " + choice.group(3), choice.group(3),
                            choice.group(2).toLowerCase(Locale.ROOT), help);
                }
                yield value.matches()
                        ? block(name + ": " + value.group(1) + " cannot be " + value.group(2), value.group(2),
                                value.group(3), help)
                        : block(name + ": " + what, given(e), "a value it takes", help);
            }
        };
    }

    /// What a command takes, where what was typed is nothing of it.
    private static String taken(String kind, CommandLine command) {
        var below = command.getSubcommands().keySet();
        if (kind.equals("argument") && !below.isEmpty()) {
            return String.join(", ", below);
        }
        boolean none = kind.equals("argument") && command.getCommandSpec().positionalParameters().isEmpty();
        return none ? "no arguments but options"
                : "one of the " + kind + "s of " + command.getCommandSpec().qualifiedName();
    }

    private static String given(ParameterException e) {
        return e.getValue() == null || e.getValue().isEmpty() ? "another command line" : "'" + e.getValue() + "'";
    }

    /// The nearest options or commands.
    private static List<String> suggestions(UnmatchedArgumentException e) {
        var typed = e.getUnmatched().getFirst();
        return e.getSuggestions().stream()
                .map(s -> s.replaceFirst("^.* (?=--)", ""))
                .sorted(Comparator.comparingInt(s -> edits(typed, s)))
                .limit(3)
                .toList();
    }

    /// Letters to insert, delete or replace.
    private static int edits(String a, String b) {
        var row = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private static Throwable unwrapped(Throwable e) {
        return switch (e) {
            case UncheckedIOException u -> u.getCause();
            case ExceptionInInitializerError i when i.getCause() != null -> unwrapped(i.getCause());
            default -> e;
        };
    }

    private static String block(Throwable e) {
        return switch (e) {
            case IjenException i -> i.getMessage();
            case OutOfMemoryError m -> block(
                    "out of memory",
                    String.valueOf(m.getMessage()),
                    "at most %,d MiB of Java heap".formatted(Runtime.getRuntime().maxMemory() >> 20),
                    "use a smaller batch or fewer examples, or set IJEN_JAVA_OPTS=-Xmx8g");
            case StackOverflowError _ -> block(
                    "too deeply nested",
                    "a stack overflow",
                    "a model or file of usual depth",
                    "make it less deep, or set IJEN_JAVA_OPTS=-Xss16m");
            case IOException io -> file(io);
            default -> block(
                    "an error in Ijen itself",
                    e + where(e),
                    "a clear message instead of this one",
                    "run again with --verbose and report what it prints");
        };
    }

    private static String file(IOException e) {
        var file = e instanceof FileSystemException f && f.getFile() != null ? f.getFile() : "input or output";
        var text = String.valueOf(e.getMessage());
        return switch (e) {
            case NoSuchFileException _ -> block(
                    file + ": no such file", "nothing there", "an existing file or folder", "check the path");
            case AccessDeniedException _ -> block(
                    file + ": permission denied",
                    "no right to read or write it",
                    "a readable file, a writable folder",
                    "change its permissions, or choose another path");
            case FileAlreadyExistsException _ -> block(
                    file + ": is already there", "an existing file", "a new name", "choose another path");
            default -> text.contains("No space left")
                    ? block(file + ": the disk is full", "no space left", "room to write",
                            "free some space, or choose another --out")
                    : block(file + ": reading or writing failed", text, "a file that can be used",
                            "check the path and the disk");
        };
    }

    private static String where(Throwable e) {
        return Arrays.stream(e.getStackTrace())
                .filter(f -> f.getClassName().startsWith("dev.ijen.") && f.getLineNumber() > 0)
                .limit(1)
                .map(f -> " at " + f.getFileName() + ":" + f.getLineNumber())
                .collect(Collectors.joining());
    }

    static String block(String what, String got, String expected, String fix) {
        return new IjenException(what, got, expected, fix).getMessage();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("wrong usage");
    }

    private static String decapitalized(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}
