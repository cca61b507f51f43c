use super::*;
use crate::engine::saves::{Identity, Owner};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Home {
        let home = std::env::temp_dir().join(format!("hotseat-layers-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(&home).unwrap();
        Home(home)
    }

    /// Of a game with this content in a folder below.
    fn game(&self, folder: &str, name: &str, content: &str) -> LayerFiles {
        let folder = self.0.join(folder);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.nes"));
        let owner = Owner { wanted: name.into(), identity: Identity::from_text(content), place: Some(path.clone()) };
        LayerFiles::new(&self.options(), Path::new("/c/nestopia_libretro.so"), owner, Some(&path))
    }

    fn options(&self) -> PathBuf {
        self.0.join("options")
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.options().join(file)).unwrap()
    }

    fn put(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.options().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn set(files: &LayerFiles, layer: Layer, value: &str) {
    let edit = ("a".to_owned(), (!value.is_empty()).then(|| value.to_owned()));
    files.write(LayerKind::Options, layer, &[edit]).unwrap();
}

/// What each layer has for the option, the general first.
fn options(files: &LayerFiles) -> [Option<String>; 3] {
    let (layers, problems) = files.read();
    assert_eq!(problems, []);
    Layer::KEPT.map(|layer| layers.options.of(layer).get("a").cloned())
}

fn some(values: [&str; 3]) -> [Option<String>; 3] {
    values.map(|value| (!value.is_empty()).then(|| value.to_owned()))
}

#[test]
fn files_have_retroarchs_names_and_its_grammar() {
    let home = Home::new("names");
    let game = home.game("NES", "Tale", "one");
    for (layer, value) in Layer::KEPT.into_iter().zip(["1", "2", "3"]) {
        set(&game, layer, value);
    }
    let looks = [("look".to_owned(), Some("tube".to_owned()))];
    game.write(LayerKind::Settings, Layer::Game, &looks).unwrap();
    assert_eq!(home.text("nestopia.opt"), "a = \"1\"\n");
    assert_eq!(home.text("nestopia/NES.opt"), "a = \"2\"\n");
    assert_eq!(home.text("nestopia/Tale.opt"), "a = \"3\"\n");
    assert_eq!(home.text("nestopia/Tale.cfg"), "look = \"tube\"\n");
    assert_eq!(options(&game), some(["1", "2", "3"]));
    set(&game, Layer::Game, "");
    assert_eq!(options(&game), some(["1", "2", ""]));
    assert_eq!(game.read().0.settings.get("look"), Some(("tube", Layer::Game)));
}

#[test]
fn what_retroarch_wrote_is_taken_where_it_lies() {
    let home = Home::new("import");
    home.put("nestopia.opt", "# RetroArch\na = \"1\"\n");
    home.put("nestopia/NES.opt", "a = \"2\"\n");
    home.put("nestopia/Tale.opt", "a = \"3\"\n");
    assert_eq!(options(&home.game("NES", "Tale", "one")), some(["1", "2", "3"]));
    assert_eq!(options(&home.game("NES", "Other", "two")), some(["1", "2", ""]));
    assert_eq!(options(&home.game("Others", "Other", "two")), some(["1", "", ""]));
}

#[test]
fn a_moved_game_keeps_what_is_its_own_and_gets_what_its_new_folder_has() {
    let home = Home::new("moved");
    set(&home.game("a", "Tale", "one"), Layer::Game, "mine");
    set(&home.game("a", "Tale", "one"), Layer::Folder, "in a");
    set(&home.game("b", "Other", "two"), Layer::Folder, "in b");
    assert_eq!(options(&home.game("a", "Tale", "one")), some(["", "in a", "mine"]));
    assert_eq!(options(&home.game("b", "Tale", "one")), some(["", "in b", "mine"]));
}

#[test]
fn games_and_folders_of_one_name_have_files_of_their_own() {
    let home = Home::new("twice");
    let (one, two) = (home.game("a/Tale", "Tale", "one"), home.game("b/Tale", "Tale", "two"));
    set(&one, Layer::Folder, "folder of one");
    set(&two, Layer::Game, "two");
    set(&one, Layer::Game, "one");
    set(&two, Layer::Folder, "folder of two");
    assert_eq!(options(&one), some(["", "folder of one", "one"]));
    assert_eq!(options(&two), some(["", "folder of two", "two"]));
    assert_eq!(options(&home.game("c", "Tale", "three")), some(["", "", ""]));
}

#[test]
fn what_another_program_wrote_meanwhile_and_what_is_unknown_stays() {
    let home = Home::new("kept");
    let game = home.game("NES", "Tale", "one");
    set(&game, Layer::Core, "1");
    home.put("nestopia.opt", "# mine\nother = \"x\"\na = \"1\"\n");
    set(&game, Layer::Core, "2");
    assert_eq!(home.text("nestopia.opt"), "# mine\nother = \"x\"\na = \"2\"\n");
    let files = fs::read_dir(home.options()).unwrap().count();
    assert_eq!(files, 1, "nothing half written is left behind");
}

#[test]
fn a_damaged_file_is_told_of_and_kept_before_it_is_changed() {
    let home = Home::new("damaged");
    let game = home.game("NES", "Tale", "one");
    let damaged = "b = \"1\"\n\u{0}\u{0}garbage\na = \"1\"\n";
    home.put("nestopia.opt", damaged);
    let path = home.options().join("nestopia.opt");
    let kept = home.options().join("nestopia.opt.bad");
    let (layers, problems) = game.read();
    assert_eq!(problems, [LayerError::Damaged { file: path.clone(), line: 2, kept: kept.clone() }]);
    assert_eq!(layers.options.get("a"), Some(("1", Layer::Core)));
    assert_eq!(home.text("nestopia.opt"), damaged, "it was only read");
    set(&game, Layer::Core, "2");
    assert_eq!(home.text("nestopia.opt"), "b = \"1\"\na = \"2\"\n");
    assert_eq!(home.text("nestopia.opt.bad"), damaged);
    // Far too large.
    home.put("nestopia.opt", "x = \"1\"\n".repeat(200_000));
    let (layers, problems) = game.read();
    assert_eq!(problems, [LayerError::TooLarge { file: path, kept }]);
    assert!(layers.options.keys().is_empty());
    set(&game, Layer::Core, "3");
    assert_eq!(home.text("nestopia.opt"), "a = \"3\"\n");
}

#[test]
fn what_cannot_be_read_is_not_overwritten() {
    let home = Home::new("unreadable");
    let game = home.game("NES", "Tale", "one");
    // A folder in its place.
    home.put("nestopia.opt/file", "");
    let (_, problems) = game.read();
    assert!(matches!(problems[..], [LayerError::NotRead { .. }]), "{problems:?}");
    let edit = [("a".to_owned(), Some("1".to_owned()))];
    let written = game.write(LayerKind::Options, Layer::Core, &edit);
    assert!(matches!(written, Err(LayerError::NotRead { .. })), "{written:?}");
    assert!(home.options().join("nestopia.opt/file").exists());
}

#[test]
fn a_game_that_is_no_file_has_no_folder() {
    let home = Home::new("none");
    let owner = Owner { wanted: "Embers".into(), identity: Identity::of_no_content(), place: None };
    let game = LayerFiles::new(&home.options(), Path::new("/c/libarena.so"), owner, None);
    assert_eq!(game.read().0.folder, None);
    set(&game, Layer::Folder, "1");
    set(&game, Layer::Game, "2");
    assert_eq!(options(&game), some(["", "", "2"]));
    assert_eq!(home.text("arena/Embers.opt"), "a = \"2\"\n");
}

#[test]
fn options_that_were_kept_with_the_settings_move_once() {
    let home = Home::new("old");
    let table = |values: &[(&str, &str)]| values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let old = || {
        let nestopia = ("nestopia".to_owned(), table(&[("a", "1"), ("bad key", "1")]));
        BTreeMap::from([nestopia, ("mgba".to_owned(), table(&[("m", "2")]))])
    };
    home.put("mgba.opt", "m = \"of RetroArch\"\n");
    let mut left = old();
    assert_eq!(keep_old_options(&home.options(), &mut left), None);
    assert!(left.is_empty());
    assert_eq!(home.text("nestopia.opt"), "a = \"1\"\n");
    assert_eq!(home.text("mgba.opt"), "m = \"of RetroArch\"\n");
    // Set back since, it does not come again.
    let game = home.game("NES", "Tale", "one");
    set(&game, Layer::Core, "");
    keep_old_options(&home.options(), &mut old());
    assert_eq!(options(&game), some(["", "", ""]));
    // Where nothing can be written they stay where they are.
    let mut left = old();
    home.put("full", "a file, not a folder");
    assert!(keep_old_options(&home.options().join("full"), &mut left).is_some());
    assert_eq!(left, old());
}
