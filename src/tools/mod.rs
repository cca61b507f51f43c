//! The command line's tools: they use the same core process and the same link as the program itself.

mod bench;
mod check;
mod command_line;
mod core_downloads;
mod cores;
mod library;
mod manual;
mod page;

pub use bench::{BenchError, NAMES as BENCHES, Viewer, bench};
pub use check::{Check, CheckToolError, check};
pub use command_line::CommandLineError;
pub use core_downloads::{CoreDownloads, InstallError};
pub use cores::cores;
pub use library::library;
pub use manual::write_manual;
pub use page::{PageExport, PageExportError, PageExported, export_page};
