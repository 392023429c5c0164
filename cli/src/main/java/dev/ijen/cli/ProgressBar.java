package dev.ijen.cli;

import dev.ijen.train.TrainEvent;

/// Progress as a line that is written over, on a terminal; a line stays for each epoch.
final class ProgressBar implements Progress {
    private static final long EVERY_NANOS = 100_000_000;
    private static final String CLEAR = "\r\u001b[K";

    private final Host host;
    private final boolean color;
    private final Estimate estimate = new Estimate();
    private long drawn;
    private boolean open;

    ProgressBar(Host host) {
        this.host = host;
        this.color = !host.has("NO_COLOR");
    }

    @Override
    public synchronized void on(TrainEvent event) {
        switch (event) {
            case TrainEvent.Started s -> {
                estimate.start(s);
                remark(ProgressText.started(s));
            }
            case TrainEvent.Step s -> {
                estimate.step(s);
                long now = System.nanoTime();
                if (drawn == 0 || now - drawn >= EVERY_NANOS) {
                    drawn = now;
                    draw(s);
                }
            }
            case TrainEvent.Epoch e -> remark(e.best() ? tint("32", ProgressText.epoch(e)) : ProgressText.epoch(e));
            case TrainEvent.Initialised i -> remark("first weights: " + i.message());
            case TrainEvent.Warned w -> remark(tint("33", "warning: " + w.message()));
            case TrainEvent.Finished f -> remark(ProgressText.finished(f.result()));
            case TrainEvent.Checkpointed _ -> {
                // the epoch's line says what was best
            }
        }
    }

    /// The bar, cut to the terminal's width: a line that wraps could not be written over.
    private void draw(TrainEvent.Step s) {
        int width = host.terminal().width() - 1;
        var text = bar(s.step(), s.steps(), width >= 100 ? 24 : 12)
                + " epoch %d/%d  %s".formatted(s.epoch(), s.epochs(), estimate.numbers());
        host.err().print(CLEAR + (text.length() > width ? text.substring(0, Math.max(0, width)) : text));
        host.err().flush();
        open = true;
    }

    /// `━━━━╸───  43 %`.
    static String bar(long step, long steps, int cells) {
        double share = steps > 0 ? Math.min(1, (double) step / steps) : 0;
        int full = (int) (share * cells);
        return "━".repeat(full) + "─".repeat(cells - full) + " %3d %%".formatted((int) (share * 100));
    }

    private String tint(String code, String text) {
        return color ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    @Override
    public synchronized void remark(String text) {
        host.err().println((open ? CLEAR : "") + text);
        open = false;
    }

    @Override
    public synchronized void close() {
        if (open) {
            host.err().print(CLEAR);
            open = false;
        }
        host.err().flush();
    }
}
