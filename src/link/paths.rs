//! Paths inside messages. A path of this system is bytes, and JSON has only text: a path that is no text is sent as its bytes.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Wire<'a> {
    Text(std::borrow::Cow<'a, str>),
    Bytes(Vec<u8>),
}

impl<'a> From<&'a Path> for Wire<'a> {
    fn from(path: &'a Path) -> Wire<'a> {
        match path.to_str() {
            Some(text) => Wire::Text(text.into()),
            None => Wire::Bytes(path.as_os_str().as_bytes().to_vec()),
        }
    }
}

impl From<Wire<'_>> for PathBuf {
    fn from(wire: Wire<'_>) -> PathBuf {
        match wire {
            Wire::Text(text) => text.into_owned().into(),
            Wire::Bytes(bytes) => OsString::from_vec(bytes).into(),
        }
    }
}

pub fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    Wire::from(path).serialize(to)
}

pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    let path = PathBuf::from(Wire::deserialize(from)?);
    // No system call takes such a path, and C would end it there.
    match path.as_os_str().as_bytes().contains(&0) {
        true => Err(D::Error::custom("a path with a zero byte")),
        false => Ok(path),
    }
}

/// The same for a path that need not be there.
pub mod optional {
    use super::{Deserialize, Deserializer, PathBuf, Serialize, Serializer, Wire};

    #[derive(Serialize, Deserialize)]
    struct Inside(#[serde(with = "super")] PathBuf);

    pub fn serialize<S: Serializer>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error> {
        path.as_deref().map(Wire::from).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
        Ok(Option::<Inside>::deserialize(from)?.map(|inside| inside.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Message {
        #[serde(with = "super")]
        path: PathBuf,
        #[serde(with = "super::optional")]
        other: Option<PathBuf>,
    }

    #[test]
    fn every_path_comes_out_as_it_went_in() {
        let latin_1 = || PathBuf::from(OsString::from_vec(b"/roms/Pok\xe9mon \"1\"\n.gb".to_vec()));
        for path in ["/roms/Pok\u{e9}mon.gb".into(), latin_1(), PathBuf::new()] {
            for other in [None, Some(path.clone())] {
                let message = Message { path: path.clone(), other };
                let line = serde_json::to_string(&message).expect("it can be written");
                assert!(!line.contains('\n'));
                assert_eq!(serde_json::from_str::<Message>(&line).expect("it can be read"), message);
            }
        }
    }

    #[test]
    fn a_path_that_no_system_call_takes_is_refused() {
        for path in [r#""a\u0000b""#, "[97, 0]", "[256]", "7"] {
            let line = format!(r#"{{"path":{path},"other":null}}"#);
            assert!(serde_json::from_str::<Message>(&line).is_err(), "{line}");
        }
    }
}
