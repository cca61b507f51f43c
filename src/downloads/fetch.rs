//! One file of a server, into memory or onto the disc; what is on the disc in part is gone on with.

use super::client::{Answer, BodyEnd, Client, Resume, Url, nonsense};
use super::error::DownloadError;
use axum::http::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, LAST_MODIFIED};
use axum::http::{HeaderMap, StatusCode};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Connections in a row that may break without a byte more than before.
const TRIES: u32 = 3;

/// How far a file is: bytes here, and in all where the server says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub bytes: u64,
    pub of: Option<u64>,
}

/// What stands in for a person who changes their mind.
pub(super) type IsCancelled<'a> = &'a (dyn Fn() -> bool + Sync);

/// A whole file of at most `limit` bytes.
pub(super) async fn to_memory(client: &Client, url: &Url, limit: u64) -> Result<Vec<u8>, DownloadError> {
    let mut answer = client.get(url, None).await?;
    if answer.status != StatusCode::OK {
        return Err(nonsense(url, "a part of what was asked for"));
    }
    bound(url, length(&answer.headers), limit)?;
    let mut data = Vec::new();
    loop {
        match answer.next().await {
            Ok(None) => return Ok(data),
            Ok(Some(piece)) => {
                bound(url, Some((data.len() + piece.len()) as u64), limit)?;
                data.extend_from_slice(&piece);
            }
            Err(BodyEnd::Cut) => return Err(cut(url)),
            Err(BodyEnd::Slow(error)) => return Err(error),
        }
    }
}

/// Fetches a file of at most `limit` bytes into `part`. What is there of an earlier try is gone on with, if the server still
/// has the same file; a connection that breaks is made again as long as each brings more. Given up, what is there stays.
pub(super) async fn to_file(
    client: &Client,
    url: &Url,
    part: &Path,
    limit: u64,
    progress: &(dyn Fn(Progress) + Sync),
    is_cancelled: IsCancelled<'_>,
) -> Result<(), DownloadError> {
    tokio::select! {
        result = again_and_again(client, url, part, limit, progress) => result,
        () = cancelled(is_cancelled) => Err(DownloadError::Cancelled),
    }
}

async fn cancelled(is_cancelled: IsCancelled<'_>) {
    while !is_cancelled() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn again_and_again(
    client: &Client,
    url: &Url,
    part: &Path,
    limit: u64,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(), DownloadError> {
    let mut tries = 0;
    let mut most = 0;
    while tries < TRIES {
        match once(client, url, part, limit, progress).await? {
            Outcome::Whole => return Ok(()),
            Outcome::Broken => {}
        }
        let size = fs::metadata(part).map_or(0, |meta| meta.len());
        tries = if size > most { 0 } else { tries + 1 };
        most = most.max(size);
    }
    Err(cut(url))
}

enum Outcome {
    Whole,
    /// Worth another connection.
    Broken,
}

async fn once(
    client: &Client,
    url: &Url,
    part: &Path,
    limit: u64,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Outcome, DownloadError> {
    let resume = resumable(part);
    let mut answer = client.get(url, resume.as_ref()).await?;
    let (mut file, mut bytes, of) = match answer.status {
        StatusCode::OK => {
            let file = File::create(part).map_err(|error| not_written(part, &error))?;
            remember(part, &answer.headers);
            (file, 0, length(&answer.headers))
        }
        StatusCode::PARTIAL_CONTENT => {
            let range = answer.headers.get(CONTENT_RANGE).and_then(|it| it.to_str().ok()).and_then(parse_range);
            let range = range.filter(|range| resume.as_ref().is_some_and(|resume| range.from == resume.from));
            let range = range.ok_or_else(|| nonsense(url, "another part than was asked for"))?;
            let file = OpenOptions::new().append(true).open(part).map_err(|error| not_written(part, &error))?;
            (file, range.from, range.of)
        }
        // The part is as long as the file or longer: it is of another one.
        _ => {
            forget(part);
            return Ok(Outcome::Broken);
        }
    };
    bound(url, of, limit)?;
    progress(Progress { bytes, of });
    loop {
        match next(&mut answer).await? {
            Next::Piece(piece) => {
                bytes += piece.len() as u64;
                bound(url, Some(bytes), limit)?;
                file.write_all(&piece).map_err(|error| not_written(part, &error))?;
                progress(Progress { bytes, of });
            }
            Next::End if of.is_none_or(|of| of == bytes) => return Ok(Outcome::Whole),
            Next::End | Next::Cut => return Ok(Outcome::Broken),
        }
    }
}

enum Next {
    Piece(hyper::body::Bytes),
    End,
    Cut,
}

async fn next(answer: &mut Answer) -> Result<Next, DownloadError> {
    match answer.next().await {
        Ok(Some(piece)) => Ok(Next::Piece(piece)),
        Ok(None) => Ok(Next::End),
        Err(BodyEnd::Cut) => Ok(Next::Cut),
        Err(BodyEnd::Slow(error)) => Err(error),
    }
}

/// Puts away what is there of a file.
pub(super) fn forget(part: &Path) {
    let _ = fs::remove_file(part);
    let _ = fs::remove_file(validator_path(part));
}

fn resumable(part: &Path) -> Option<Resume> {
    let from = fs::metadata(part).ok()?.len();
    let validator = fs::read_to_string(validator_path(part)).ok()?;
    (from > 0 && !validator.is_empty()).then_some(Resume { from, validator })
}

/// Keeps what says later whether the server still has the same file; without such a word a part is fetched anew.
fn remember(part: &Path, headers: &HeaderMap) {
    let text = |name| headers.get(name).and_then(|it: &axum::http::HeaderValue| it.to_str().ok());
    // A weak one vouches for no bytes (RFC 9110, 13.1.5).
    let validator = text(ETAG).filter(|tag| !tag.starts_with("W/")).or_else(|| text(LAST_MODIFIED));
    // Not written, the next try begins anew.
    let _ = fs::write(validator_path(part), validator.unwrap_or_default());
}

fn validator_path(part: &Path) -> PathBuf {
    part.with_added_extension("tag")
}

/// `bytes 100-199/200` (RFC 9110, 14.4).
#[derive(Debug, PartialEq, Eq)]
struct Range {
    from: u64,
    of: Option<u64>,
}

fn parse_range(text: &str) -> Option<Range> {
    let (range, of) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (from, to) = range.split_once('-')?;
    let (from, to): (u64, u64) = (from.parse().ok()?, to.parse().ok()?);
    let of = match of {
        "*" => None,
        of => Some(of.parse().ok()?),
    };
    (from <= to && of.is_none_or(|of| to < of)).then_some(Range { from, of })
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn bound(url: &Url, bytes: Option<u64>, limit: u64) -> Result<(), DownloadError> {
    match bytes.is_some_and(|bytes| bytes > limit) {
        true => Err(DownloadError::TooLarge { server: url.server(), file: url.file(), megabytes: limit >> 20 }),
        false => Ok(()),
    }
}

fn cut(url: &Url) -> DownloadError {
    DownloadError::Cut { server: url.server(), file: url.file() }
}

fn not_written(file: &Path, error: &io::Error) -> DownloadError {
    DownloadError::NotWritten { file: file.to_owned(), cause: error.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_or_none() {
        assert_eq!(parse_range("bytes 100-199/200"), Some(Range { from: 100, of: Some(200) }));
        assert_eq!(parse_range("bytes 0-0/*"), Some(Range { from: 0, of: None }));
        for text in ["", "bytes */200", "bytes 5-4/9", "bytes 0-9/9", "items 0-1/2", "bytes -1-2/3", "bytes 0-1/x"] {
            assert_eq!(parse_range(text), None, "{text}");
        }
    }
}
