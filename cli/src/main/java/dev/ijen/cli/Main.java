package dev.ijen.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The `ijen` command. Exit codes: 0 done, 1 failed while running, 2 wrong usage.
@Command(name = "ijen", description = "Trains and runs neural networks.", mixinStandardHelpOptions = true,
        version = "ijen 0.1.0")
final class Main implements Runnable {
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }
}
