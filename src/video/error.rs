//! What fails on the way from a picture to a packet.

use super::planes::PlaneShape;
use crate::messages;
use crate::packet::{Codec, Format};
use crate::text::{Texts, Value};
use std::fmt;

messages! {
    /// Pictures that cannot be sent.
    pub enum VideoFailure in video {
        not_converted => NotConverted { cause: ConvertError },
        not_encoded => NotEncoded { format: &'static str, cause: EncodeError },
    }
}

/// Why a picture cannot be turned into planes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConvertError {
    TooFewPixels {
        width: u32,
        height: u32,
        pixels: usize,
    },
    /// In the words of the crate `yuv`, which refuses sizes and strides only.
    Refused {
        width: u32,
        height: u32,
        cause: String,
    },
}

/// Why an encoder does not open, or gives no frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EncodeError {
    /// A function of the encoder's library failed.
    Call { call: FailedCall, codec: Codec, width: u32, height: u32 },
    /// It succeeded, and there was nothing to send.
    NoFrame { codec: Codec, width: u32, height: u32 },
    /// In thousandths of a Hz.
    FrameRate { codec: Codec, millihertz: u64 },
    /// Planes that this format does not have.
    Chroma { format: Format, shape: PlaneShape },
    /// Planes of another shape than the encoder was opened for, or shorter than theirs: it would read beyond their end.
    Planes { given: PlaneShape, wanted: PlaneShape },
}

/// A C function that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedCall {
    pub function: &'static str,
    /// None where the function returns no object and says no more.
    pub code: Option<i32>,
    /// The library's own word for the code, where it has one.
    pub meaning: &'static str,
}

impl fmt::Display for FailedCall {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{} failed", self.function)?;
        match (self.code, self.meaning) {
            (None, _) => Ok(()),
            (Some(code), "") => write!(to, " with code {code}"),
            (Some(code), meaning) => write!(to, " with code {code} ({meaning})"),
        }
    }
}

impl fmt::Display for ConvertError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConvertError::TooFewPixels { width, height, pixels } => {
                write!(to, "a picture of {width}x{height} has {pixels} pixels")
            }
            ConvertError::Refused { width, height, cause } => {
                write!(to, "conversion failed for {width}x{height}: {cause}")
            }
        }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EncodeError::Call { call, codec, width, height } => {
                write!(to, "{call} for {} at {width}x{height}", codec.title())
            }
            EncodeError::NoFrame { codec, width, height } => {
                write!(to, "{} gave no frame at {width}x{height}", codec.title())
            }
            EncodeError::FrameRate { codec, millihertz } => {
                write!(to, "{} at {} Hz", codec.title(), *millihertz as f64 / 1000.0)
            }
            EncodeError::Chroma { format, shape } => write!(to, "{shape:?} for {}", format.title()),
            EncodeError::Planes { given, wanted } => write!(to, "planes of {given:?} for an encoder of {wanted:?}"),
        }
    }
}

impl std::error::Error for ConvertError {}

impl std::error::Error for EncodeError {}

/// For those who know the libraries, so it is the same in every language.
impl Value for ConvertError {
    fn show(&self, _: &Texts) -> String {
        self.to_string()
    }
}

/// For those who know the libraries, so it is the same in every language.
impl Value for EncodeError {
    fn show(&self, _: &Texts) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_call_says_its_name_its_code_and_the_size() {
        let call = FailedCall { function: "x264_encoder_encode", code: Some(-1), meaning: "" };
        let cause = EncodeError::Call { call, codec: Codec::H264, width: 641, height: 480 };
        let failure = VideoFailure::NotEncoded { format: Format::default().title(), cause };
        assert_eq!(
            failure.to_string(),
            "The picture cannot be sent as H.264: x264_encoder_encode failed with code -1 for H.264 at 641x480."
        );
    }
}
