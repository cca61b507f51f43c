//! The player page, inside the executable.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "web/"]
#[exclude = "test/*"]
#[exclude = "tools/*"]
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
        ];
        let none = ["", "/src", "/src/", "/src/net", "/main.js", "src/main.js"];
        for path in outside.iter().chain(&private).chain(&beyond).chain(&none) {
            assert!(file(path).is_none(), "{path}");
        }
    }
}
