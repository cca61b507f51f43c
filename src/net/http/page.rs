//! The player page, inside the executable.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/page/"]
#[exclude = "dev/*"]
#[exclude = "node_modules/*"]
#[exclude = "package*.json"]
#[exclude = "tsconfig.json"]
struct Page;

/// A file of the page: its type and its bytes. None when there is no such file.
pub fn file(path: &str) -> Option<(&'static str, std::borrow::Cow<'static, [u8]>)> {
    let name = if path == "/" { "index.html" } else { path.strip_prefix('/')? };
    let content_type = match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    };
    Some((content_type, Page::get(name)?.data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_there_and_what_builds_it_is_not() {
        assert!(file("/").is_some() && file("/main.js").is_some() && file("/lang/zh.js").is_some());
        for path in ["", "/dev/check.js", "/package.json", "/tsconfig.json", "/../Cargo.toml", "//etc/passwd.html"] {
            assert!(file(path).is_none(), "{path}");
        }
    }
}
