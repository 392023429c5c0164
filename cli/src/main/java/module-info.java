/// The `ijen` command.
module dev.ijen.cli {
    requires dev.ijen.core;
    requires info.picocli;
    requires java.management;
    requires jdk.management;
    requires jdk.unsupported;

    uses dev.ijen.engine.LibrarySpeed;

    opens dev.ijen.cli to info.picocli;
    opens dev.ijen.cli.bench to dev.ijen.core; // finds the parameters of its models
}
