package dev.ijen.cli;

/// What the `ijen` script starts. Java announces the incubating Vector API on stderr before any of our code runs, so
/// the script starts it with stderr closed and the real one as descriptor `ijen.stderr`; this puts that back in its
/// place, so that stderr is again the same terminal, file or pipe for Java and native code alike.
final class Launcher {
    private Launcher() {}

    static void main(String[] args) {
        String descriptor = System.getProperty("ijen.stderr");
        if (descriptor != null) {
            CLibrary.move(Integer.parseInt(descriptor), 2);
        }
        Main.main(args);
    }
}
