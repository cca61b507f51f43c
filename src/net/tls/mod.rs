//! Certificates: browsers allow gamepads, staying awake and installing on pages only that come by `https`.

pub mod acme;
mod authority;
mod certificates;
mod given;
mod roots;

pub use authority::AuthorityError;
pub use certificates::{Certificates, Ends, HTTP2, TlsConfig, TlsProblem};
pub use given::{GivenCertificate, GivenError};
pub use roots::client_config;
