//! What is wrong with what was asked for on the command line.

use crate::messages;
use crate::text::IoCause;
use std::path::PathBuf;

messages! {
    /// Why it is not done.
    pub enum CommandLineError in command_line {
        no_window => NoWindow,
        no_core_to_check => NoCoreToCheck,
        no_demo => NoDemo,
        no_core_for => NoCoreFor { content: PathBuf },
        output_closed => OutputClosed { cause: IoCause },
    }
}
