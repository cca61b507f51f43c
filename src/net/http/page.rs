//! The player page, inside the executable: its files, compressed once, under names that never mean anything else.
//!
//! The page itself stands at `/` and is asked for each time (`ETag`). Everything that it loads is also below `/v/VERSION/`,
//! where VERSION is a digest of all files: a browser keeps those for good, and no stale file meets a newer page.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{LazyLock, OnceLock};

#[derive(RustEmbed)]
#[folder = "web/"]
#[exclude = "test/*"]
#[exclude = "tools/*"]
#[exclude = "node_modules/*"]
#[exclude = "package*.json"]
#[exclude = "tsconfig.json"]
struct Embedded;

const INDEX: &str = "index.html";
/// What the page names in these attributes is taken from below the version.
const VERSIONED: [&str; 3] = ["href=\"css/", "href=\"src/", "src=\"src/"];

/// A file as it is sent.
pub struct File {
    pub content_type: &'static str,
    /// In quotes, as it stands in a header.
    pub etag: String,
    plain: Bytes,
    /// None where that would save next to nothing.
    gzip: OnceLock<Option<Bytes>>,
}

impl File {
    /// None for a name that says nothing about what is in it.
    fn new(name: &str, plain: Bytes) -> Option<File> {
        let content_type = content_type(name)?;
        let etag = format!("\"{}\"", digest(&plain));
        Some(File { content_type, etag, plain, gzip: OnceLock::new() })
    }

    /// The bytes to send, and whether they are compressed.
    pub fn body(&self, headers: &HeaderMap) -> (Bytes, bool) {
        let gzip = accepts_gzip(headers)
            .then(|| self.gzip.get_or_init(|| compressed(&self.plain).map(Bytes::from)).as_ref())
            .flatten();
        gzip.map_or((self.plain.clone(), false), |bytes| (bytes.clone(), true))
    }

    /// The answer to a request for it. `for_good`: its path never names anything else; what others do is asked for each time,
    /// and is not sent again if it is still the same. `policy` says what the page may load.
    pub fn response(&self, for_good: bool, policy: HeaderValue, request: &HeaderMap) -> Response {
        let mut headers = HeaderMap::new();
        let cache = if for_good { "public, max-age=31536000, immutable" } else { "no-cache" };
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        for (name, value) in [
            (header::CONTENT_TYPE, self.content_type),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, cache),
            (header::VARY, "accept-encoding"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Ok(tag) = HeaderValue::from_str(&self.etag) {
            headers.insert(header::ETAG, tag);
        }
        if self.is_known(request) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        let (bytes, packed) = self.body(request);
        if packed {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        (headers, Body::from(bytes)).into_response()
    }

    /// Whether the browser has it already.
    pub fn is_known(&self, headers: &HeaderMap) -> bool {
        let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // Proxies that compress make the tag a weak one.
        known.split(',').map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == "*" || tag == self.etag)
    }
}

/// Whether a browser takes gzip: named, and not with the weight 0.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|it| {
        let mut parts = it.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|it| it.strip_prefix("q=")).and_then(|it| it.parse::<f32>().ok());
        named && weight != Some(0.0)
    })
}

fn compressed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().filter(|packed| packed.len() < bytes.len() / 10 * 9)
}

struct Page {
    files: BTreeMap<String, File>,
    version: String,
}

static PAGE: LazyLock<Page> = LazyLock::new(Page::new);

impl Page {
    fn new() -> Page {
        let embedded: BTreeMap<String, rust_embed::EmbeddedFile> =
            Embedded::iter().filter_map(|name| Some((name.to_string(), Embedded::get(&name)?))).collect();
        let all = embedded.iter().flat_map(|(name, file)| [name.as_bytes(), &file.metadata.sha256_hash()[..]].concat());
        let version = digest(&all.collect::<Vec<u8>>());
        let files = embedded.into_iter().filter_map(|(name, file)| {
            let plain = match file.data {
                data if name.ends_with(".html") => versioned(&data, &version).into(),
                Cow::Borrowed(data) => Bytes::from_static(data),
                Cow::Owned(data) => data.into(),
            };
            let file = File::new(&name, plain)?;
            Some((name, file))
        });
        Page { files: files.collect(), version }
    }
}

/// A page, with what it loads taken from below the version.
fn versioned(page: &[u8], version: &str) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(page).into_owned();
    for named in VERSIONED {
        let (attribute, folder) = named.split_at(named.find('"').map_or(0, |at| at + 1));
        text = text.replace(named, &format!("{attribute}v/{version}/{folder}"));
    }
    text.into_bytes()
}

/// 64 bits of a digest are enough to tell versions of a file apart; the FNV-1a offset and prime are those of its authors.
fn digest(bytes: &[u8]) -> String {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        _ => return None,
    })
}

/// A file of the page, and whether it will never be another one under this path. None when there is no such file.
pub fn file(path: &str) -> Option<(&'static File, bool)> {
    let page = &*PAGE;
    let name = path.strip_prefix('/')?;
    if let Some(rest) = name.strip_prefix("v/") {
        let (version, name) = rest.split_once('/')?;
        // Of an older host: the page that asked for it is loaded anew.
        return (version == page.version && !name.ends_with(".html"))
            .then(|| page.files.get(name))
            .flatten()
            .map(|it| (it, true));
    }
    page.files.get(if name.is_empty() { INDEX } else { name }).map(|it| (it, false))
}

/// The page as any web server can serve it, for meeting the host by brokers: paths and contents, what others name before what
/// names it, `index.html` last. `connections` are what it connects to beside its own server, as in a content security policy.
pub fn meeting_page(connections: &[String]) -> Vec<(String, Vec<u8>)> {
    let page = &*PAGE;
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' {}; \
         media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'",
        connections.join(" "),
    );
    let mut files = Vec::new();
    for (name, file) in &page.files {
        let is_loaded = name.starts_with("css/") || name.starts_with("src/");
        if is_loaded {
            files.push((format!("v/{}/{name}", page.version), file.plain.to_vec()));
        } else if !name.ends_with(".html") {
            files.push((name.clone(), file.plain.to_vec()));
        }
    }
    if let Some(index) = page.files.get(INDEX) {
        let text = String::from_utf8_lossy(&index.plain);
        let direct = "<meta name=\"hotseat-carrier\" content=\"direct\">";
        let broker = "<meta name=\"hotseat-carrier\" content=\"broker\">";
        // The first thing that a browser reads: nothing is loaded before.
        let policy = format!("<head>\n    <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">");
        let text = text.replacen(direct, broker, 1).replacen("<head>", &policy, 1);
        files.push((INDEX.into(), text.into_bytes()));
    }
    files
}

/// The page for meeting by brokers, served by ourselves.
pub struct MeetingPage(BTreeMap<String, File>);

impl MeetingPage {
    /// [`meeting_page`], and `config` as its `config.json`.
    pub fn new(connections: &[String], config: String) -> MeetingPage {
        let files = meeting_page(connections).into_iter();
        let all = files.chain([("config.json".to_owned(), config.into_bytes())]);
        MeetingPage(all.filter_map(|(name, content)| File::new(&name, content.into()).map(|it| (name, it))).collect())
    }

    /// A file, and whether it will never be another one under this path. None when there is no such file.
    pub fn file(&self, path: &str) -> Option<(&File, bool)> {
        let name = path.strip_prefix('/')?;
        self.0.get(if name.is_empty() { INDEX } else { name }).map(|it| (it, name.starts_with("v/")))
    }
}

/// What tells this version of the page from others: the folder below `v/` that it loads everything from.
pub fn version() -> &'static str {
    &PAGE.version
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_there_and_what_tests_it_is_not() {
        let scripts = ["/src/main.js", "/src/net/connection.js", "/src/lang/zh.js"];
        let others = ["/", "/css/style.css", "/icons/icon-192.png", "/manifest.webmanifest"];
        for path in scripts.iter().chain(&others) {
            assert!(file(path).is_some(), "{path}");
        }
        let outside = ["/tools/check.js", "/tools/host.html", "/test/files.test.js", "/node_modules/axe-core/axe.js"];
        let private = ["/package.json", "/package-lock.json", "/tsconfig.json"];
        let beyond = [
            "/../Cargo.toml",
            "/src/../../build.js",
            "/src/../../assets/icon.svg",
            "//etc/passwd.html",
            "/%2e%2e/assets/icon.svg",
            "/v/../src/main.js",
        ];
        let none = ["", "/src", "/src/", "/src/net", "/main.js", "src/main.js", "/v/", "/v/0/src/main.js"];
        for path in outside.iter().chain(&private).chain(&beyond).chain(&none) {
            assert!(file(path).is_none(), "{path}");
        }
    }

    #[test]
    fn what_the_page_loads_is_named_by_its_version_and_is_there() {
        let (index, for_good) = file("/").expect("the page");
        assert!(!for_good);
        let text = String::from_utf8(index.plain.to_vec()).expect("text");
        let named: Vec<&str> = text
            .split('"')
            .filter(|it| it.starts_with("v/"))
            .inspect(|it| assert!(file(&format!("/{it}")).is_some_and(|(_, for_good)| for_good), "{it}"))
            .collect();
        assert!(named.iter().any(|it| it.ends_with("/src/main.js")) && named.len() > 20, "{named:?}");
        assert!(VERSIONED.iter().all(|it| !text.contains(it)), "nothing is loaded from beside it");
        // The page that is installed begins at its own address.
        assert!(text.contains("href=\"manifest.webmanifest\""));
        let version = named[0].split('/').nth(1).expect("a version");
        assert!(file(&format!("/v/{version}/index.html")).is_none());
    }

    #[test]
    fn a_browser_is_sent_what_it_takes_and_does_not_have() {
        let (script, _) = file("/src/main.js").expect("a script");
        let with =
            |name: header::HeaderName, value: &str| HeaderMap::from_iter([(name, value.parse().expect("a header"))]);
        for (accepted, packed) in
            [("gzip, br", true), ("br, GZIP;q=0.5", true), ("gzip;q=0", false), ("br", false), ("", false)]
        {
            let (bytes, is_packed) = script.body(&with(header::ACCEPT_ENCODING, accepted));
            assert_eq!(is_packed, packed, "{accepted}");
            assert_eq!(bytes.len() < script.plain.len(), packed);
        }
        // A picture is compressed already.
        let (icon, _) = file("/icons/icon-192.png").expect("a picture");
        assert!(!icon.body(&with(header::ACCEPT_ENCODING, "gzip")).1);
        let tag = &script.etag;
        for known in [tag.clone(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".into()] {
            assert!(script.is_known(&with(header::IF_NONE_MATCH, &known)), "{known}");
        }
        assert!(!script.is_known(&with(header::IF_NONE_MATCH, "\"other\"")) && !script.is_known(&HeaderMap::new()));
    }
}
