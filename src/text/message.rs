//! Errors and notices as values: a stable code, what it is about, and a text in every language.
//!
//! [`messages!`](crate::messages) defines an enum whose variants are the entries of one table of the language files. A
//! variant becomes words at the edge only, by [`Message::text`]; machines read [`Message::code`].

use super::{Texts, fill};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// A value that can be put into words.
pub trait Message {
    /// Stable, for machines: the table and the key in the language files, such as `check.not_found`.
    fn code(&self) -> &'static str;

    /// What stands in the text, by the names between its braces.
    fn values(&self, texts: &Texts) -> Vec<(&'static str, String)>;

    /// In the words of a language.
    fn text(&self, texts: &Texts) -> String {
        let values = self.values(texts);
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fill(texts.message(self.code()), &values)
    }
}

/// What can stand in a message.
pub trait Value {
    /// As it is read in the language of `texts`.
    fn show(&self, texts: &Texts) -> String;
}

macro_rules! shown_as_they_are {
    ($($kind:ty),*) => {
        $(impl Value for $kind {
            fn show(&self, _: &Texts) -> String {
                self.to_string()
            }
        })*
    };
}

shown_as_they_are!(String, &'static str, u8, u16, u32, u64, usize, i32, i64, IpAddr, SocketAddr);

impl Value for PathBuf {
    fn show(&self, _: &Texts) -> String {
        self.display().to_string()
    }
}

impl<T: Value> Value for Box<T> {
    fn show(&self, texts: &Texts) -> String {
        (**self).show(texts)
    }
}

/// Defines an enum of messages: `messages! { pub enum Error in check { not_found => NotFound { file: String } } }`.
///
/// `check` is the table of the language files, `not_found` the key in it; the names of the fields are the names between
/// braces in the text. The enum is also an [`Error`](std::error::Error), in English, and a [`Value`], so that it can be the
/// cause in another message. A test made with it fails while a text is missing in a language, or one is there that no
/// variant has.
#[macro_export]
macro_rules! messages {
    (
        $(#[$meta:meta])*
        $visibility:vis enum $name:ident in $table:ident {
            $(
                $(#[$about:meta])*
                $key:ident => $variant:ident $({ $($(#[$what:meta])* $field:ident: $kind:ty),* $(,)? })?
            ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        $visibility enum $name {
            $($(#[$about])* $variant $({ $($(#[$what])* $field: $kind),* })?,)*
        }

        impl $crate::text::Message for $name {
            fn code(&self) -> &'static str {
                match self {
                    $(Self::$variant $({ $($field: _),* })? => {
                        concat!(stringify!($table), ".", stringify!($key))
                    })*
                }
            }

            #[allow(unused_variables)]
            fn values(&self, texts: &$crate::text::Texts) -> Vec<(&'static str, String)> {
                match self {
                    $(Self::$variant $({ $($field),* })? => {
                        vec![$($((stringify!($field), $crate::text::Value::show($field, texts)),)*)?]
                    })*
                }
            }
        }

        impl $crate::text::Value for $name {
            fn show(&self, texts: &$crate::text::Texts) -> String {
                $crate::text::Message::text(self, texts)
            }
        }

        /// In English, for the log.
        impl std::fmt::Display for $name {
            fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                to.write_str(&$crate::text::Message::text(self, &$crate::text::Spoken::English.texts()))
            }
        }

        impl std::error::Error for $name {}

        #[cfg(test)]
        mod $table {
            #[test]
            fn every_variant_has_its_text_in_every_language() {
                $crate::text::check_table(
                    stringify!($table),
                    &[$((stringify!($key), &[$($(stringify!($field)),*)?]),)*],
                );
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::IoCause;
    use crate::text::Spoken;

    #[test]
    fn a_cause_is_read_in_the_language_of_the_message_around_it() {
        let error = crate::sync::SpawnError::Refused { thread: "net", cause: IoCause::OutOfMemory };
        assert_eq!(error.code(), "spawn.refused");
        let (english, chinese) = (error.to_string(), error.text(&Spoken::Chinese.texts()));
        assert!(english.contains("net") && english.contains("memory"), "{english}");
        assert!(chinese.contains("net") && chinese.contains("内存"), "{chinese}");
    }
}
