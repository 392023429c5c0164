package dev.ijen.cli;

import dev.ijen.engine.DeviceUnavailableException;
import dev.ijen.format.FormatException;
import dev.ijen.train.EmbedException;
import dev.ijen.train.config.ConfigException;

/// Exit codes of the command.
final class Exit {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NO_DEVICE = 3;
    static final int BAD_FILE = 4;
    static final int INTERRUPTED = 130;

    private Exit() {}

    static int of(Throwable e) {
        return switch (e) {
            case ConfigException _,EmbedException _ -> USAGE;
            case DeviceUnavailableException _ -> NO_DEVICE;
            case FormatException _ -> BAD_FILE;
            default -> FAILED;
        };
    }
}
