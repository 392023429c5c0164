package dev.ijen.cli;

import dev.ijen.train.TrainEvent;
import dev.ijen.train.TrainListener;
import java.util.List;
import java.util.Objects;

/// Shows a training while it runs, on stderr.
interface Progress extends TrainListener, AutoCloseable {
    /// How.
    enum Mode {
        /// A bar on a terminal, else plain lines.
        AUTO,
        /// Lines of text.
        PLAIN,
        /// A JSON object a line.
        JSON,
        /// Nothing but warnings.
        NONE
    }

    /// All of them, so that the cache of fast starts has each, whichever the training that makes it shows.
    List<Class<? extends Progress>> ALL = List.of(ProgressBar.class, ProgressLines.class, ProgressJson.class,
            Silent.class);

    /// A line for the user, from any thread.
    void remark(String text);

    /// Leaves the terminal in order.
    @Override
    void close();

    static Progress of(Mode mode, Host host) {
        Objects.requireNonNull(ALL);
        return switch (mode) {
            case AUTO -> host.terminal().present() && !"dumb".equals(host.env().apply("TERM"))
                    ? new ProgressBar(host)
                    : new ProgressLines(host.err());
            case PLAIN -> new ProgressLines(host.err());
            case JSON -> new ProgressJson(host.err());
            case NONE -> new Silent(host);
        };
    }

    /// Only what went otherwise than hoped.
    record Silent(Host host) implements Progress {
        @Override
        public void on(TrainEvent e) {
            // a quiet training is asked for; its warnings are in the run's train.log and in the result
        }

        @Override
        public void remark(String text) {
            // likewise
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
