//! Which files of an archive or a folder are games, and which belong to one.

use std::path::Path;

/// Text that names the files with the game itself, the best first where there are several for one game.
const SHEETS: [&str; 6] = ["cue", "ccd", "toc", "gdi", "mds", "m3u"];
/// What sheets and lists name.
const TRACKS: [&str; 19] = [
    "bin", "img", "iso", "raw", "sub", "mdf", "chd", "pbp", "cso", "ecm", "wav", "mp3", "ogg", "flac", "cue", "ccd",
    "toc", "gdi", "mds",
];
/// What comes with games and is none: for cores of which it is not known what they open.
const PAPERS: [&str; 22] = [
    "txt", "nfo", "diz", "md", "htm", "html", "pdf", "doc", "rtf", "url", "jpg", "jpeg", "png", "gif", "bmp", "ips",
    "ups", "bps", "sfv", "md5", "xml", "dat",
];

/// Whether content with this ending is a text that names the files with the game.
pub fn is_sheet(extension: &str) -> bool {
    SHEETS.contains(&extension)
}

/// The folder of a name inside an archive, with the slash at its end; empty for none.
pub fn folder_of(name: &str) -> &str {
    name.rfind('/').map_or("", |at| &name[..=at])
}

fn extension_of(name: &str) -> String {
    Path::new(name).extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// 2: a list of discs. 1: a disc's sheet. 0: a file.
fn rank(extension: &str) -> u8 {
    match extension {
        "m3u" => 2,
        _ if is_sheet(extension) => 1,
        _ => 0,
    }
}

/// Those of `names` that are games for a core that opens files with these endings; for all cores if there are none. Several files
/// of one game count once, as the one that names the others.
pub fn playable<'a>(names: &[&'a str], extensions: &[String]) -> Vec<&'a str> {
    let opens = |extension: &String| match extensions {
        [] => !PAPERS.contains(&&**extension),
        _ => extensions.contains(extension),
    };
    let named = names.iter().map(|name| (*name, extension_of(name)));
    let mut found: Vec<(&str, String)> = named
        .filter(|(name, extension)| opens(extension) && !is_hidden(name) && !super::is_archive(Path::new(name)))
        .collect();
    let all = found.clone();
    found.retain(|(name, extension)| {
        let within = |folder: &str| name.starts_with(folder);
        let is_part = TRACKS.contains(&&**extension);
        let above = |other: &str, ending: &str| rank(ending) > rank(extension) && is_part && within(folder_of(other));
        // The same disc described twice.
        let twin = |other: &str, ending: &str| {
            let stem = |name: &'a str, ending: &str| name[..name.len() - ending.len()].to_owned();
            let place = |ending: &str| SHEETS.iter().position(|it| *it == ending);
            rank(ending) == 1
                && rank(extension) == 1
                && place(ending) < place(extension)
                && all.iter().any(|(it, end)| *it == other && stem(it, end) == stem(name, extension))
        };
        !all.iter().any(|(other, ending)| other != name && (above(other, ending) || twin(other, ending)))
    });
    found.into_iter().map(|(name, _)| name).collect()
}

/// What systems put beside files for themselves.
fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part == "__MACOSX") || name.rsplit('/').next().is_some_and(|part| part.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str], extensions: &str) -> Vec<String> {
        let extensions: Vec<String> = extensions.split('|').filter(|it| !it.is_empty()).map(str::to_owned).collect();
        playable(names, &extensions).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn one_game_is_found_among_what_comes_with_it() {
        assert_eq!(
            of(&["readme.txt", "Tale.nes", "__MACOSX/._Tale.nes", ".x.nes", "Tale.ips"], "nes|fds"),
            ["Tale.nes"]
        );
        assert_eq!(of(&["a.NES", "b/c.nes"], "nes"), ["a.NES", "b/c.nes"]);
        assert!(of(&["a.zip", "b.txt"], "nes|zip").is_empty());
        assert_eq!(of(&["a.xyz", "b.txt"], ""), ["a.xyz"]);
    }

    #[test]
    fn a_disc_with_its_tracks_is_one_game() {
        let psx = "cue|toc|m3u|ccd|exe|pbp|chd|bin|img";
        assert_eq!(of(&["G.cue", "G (Track 1).bin", "G (Track 2).bin"], psx), ["G.cue"]);
        assert_eq!(of(&["G.ccd", "G.cue", "G.img", "G.sub"], psx), ["G.cue"]);
        assert_eq!(of(&["A.cue", "A.bin", "B.cue", "B.bin"], psx), ["A.cue", "B.cue"]);
        assert_eq!(of(&["G.m3u", "1/A.cue", "1/A.bin", "2/B.cue", "2/B.bin"], psx), ["G.m3u"]);
        assert_eq!(of(&["G.m3u", "1.chd", "2.chd"], psx), ["G.m3u"]);
        // A list in a folder of its own says nothing of what is beside the folder.
        assert_eq!(of(&["x/G.m3u", "x/1.chd", "Other.chd"], psx), ["x/G.m3u", "Other.chd"]);
        assert_eq!(of(&["G.bin"], psx), ["G.bin"]);
    }
}
