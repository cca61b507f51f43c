//! What packages bring beside the program: its manual, a page a subcommand, and what shells complete, from the same description of the
//! command line that the program itself parses.

use clap::Command;
use clap_complete::Shell;
use std::fs;
use std::io;
use std::path::Path;

/// As a shell looks for it, by the folder of this name.
const SHELLS: [(Shell, &str, &str); 3] =
    [(Shell::Bash, "bash", "hotseat"), (Shell::Zsh, "zsh", "_hotseat"), (Shell::Fish, "fish", "hotseat.fish")];

/// Writes `man1/hotseat.1` and those of the subcommands, and a file for each shell.
pub fn write_manual(command: Command, out: &Path) -> io::Result<()> {
    let pages = out.join("man1");
    fs::create_dir_all(&pages)?;
    clap_mangen::generate_to(without_hidden(command.clone()), &pages)?;
    let mut visible = without_hidden(command);
    for (shell, folder, file) in SHELLS {
        let mut completions = Vec::new();
        clap_complete::generate(shell, &mut visible, "hotseat", &mut completions);
        let folder = out.join(folder);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(file), completions)?;
    }
    Ok(())
}

/// What the program says to itself is nothing that people type.
fn without_hidden(command: Command) -> Command {
    let shown: Vec<Command> = command.get_subcommands().filter(|it| !it.is_hide_set()).cloned().collect();
    let alone = Command::new("hotseat").version(env!("CARGO_PKG_VERSION"));
    let alone = match command.get_about() {
        Some(about) => alone.about(about.clone()),
        None => alone,
    };
    let alone = command.get_arguments().cloned().fold(alone, Command::arg);
    alone.subcommands(shown).args_conflicts_with_subcommands(true).disable_help_subcommand(true)
}
