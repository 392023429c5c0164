/// The `ijen` command.
module dev.ijen.cli {
    requires dev.ijen.core;
    requires info.picocli;
    requires java.management;
    requires jdk.management;
    requires jdk.unsupported;

    opens dev.ijen.cli to info.picocli;
}
