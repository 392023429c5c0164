/// The `ijen` command.
module dev.ijen.cli {
    requires com.fasterxml.jackson.databind;
    requires dev.ijen.core;
    requires info.picocli;
    requires me.tongfei.progressbar;

    opens dev.ijen.cli to info.picocli;
}
