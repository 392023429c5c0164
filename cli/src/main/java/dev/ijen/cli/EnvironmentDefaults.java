package dev.ijen.cli;

import java.util.Locale;
import java.util.function.UnaryOperator;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Every option's default is the environment variable named like it: `--max-steps` is `IJEN_MAX_STEPS`.
record EnvironmentDefaults(UnaryOperator<String> env) implements IDefaultValueProvider {
    @Override
    public String defaultValue(ArgSpec arg) {
        if (!(arg instanceof OptionSpec option) || option.usageHelp() || option.versionHelp() || !single(option)) {
            return null;
        }
        var value = env.apply(variable(option.longestName()));
        if (value == null || value.isEmpty()) {
            return null;
        }
        return option.arity().max() == 0 ? truth(value) : value;
    }

    /// Lists and groups of alternatives (a preset or a file) are of one command line, not of an environment.
    private static boolean single(OptionSpec option) {
        return !option.isMultiValue() && option.group() == null && option.longestName().startsWith("--");
    }

    static String variable(String option) {
        return "IJEN_" + option.substring(2).toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static String truth(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "0", "false", "no", "off" -> "false";
            default -> "true";
        };
    }
}
