//! Saves on a real disk.

use super::states::ReadState;
use super::*;
use crate::frame::Picture;
use crate::game_command::{Slot, StatePlace};
use crate::link::Link;
use crate::link::state::{Memory, StateReader, StateWriter};
use crate::link::subsystem::{Rom, RomMemory, Subsystem};
use std::fs;
use std::time::{Duration, Instant, SystemTime};

struct Disk {
    folder: PathBuf,
    now: Instant,
    time: SystemTime,
}

fn game(core: &str, content: Option<&Path>, title: &str) -> Game {
    Game {
        core: core.into(),
        content: content.map(Into::into),
        several: None,
        title: title.into(),
        options: Vec::new(),
        bounds: Default::default(),
        options_typed: false,
    }
}

impl Disk {
    fn new(name: &str) -> Disk {
        let folder = std::env::temp_dir().join(format!("hotseat-saves-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        Disk { folder, now: Instant::now(), time: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000) }
    }

    /// The content at `path`, in one core.
    fn open(&self, path: &str, data: &[u8]) -> SaveFiles {
        let content = self.folder.join("roms").join(path);
        fs::create_dir_all(content.parent().unwrap()).unwrap();
        fs::write(&content, data).unwrap();
        self.open_game(&game("/c/x_libretro.so", Some(&content), "x"))
    }

    fn open_game(&self, game: &Game) -> SaveFiles {
        SaveFiles::open(&Saves::new(&self.folder, game))
    }

    fn file(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.folder.join(name)).ok()
    }

    fn write(&mut self, files: &mut SaveFiles, data: &[u8]) -> Result<Written, SaveError> {
        files.write_sram(data, self.now, self.time)
    }

    fn pass(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
        self.time += Duration::from_secs(seconds);
    }

    fn kept(&self, files: &SaveFiles) -> Vec<Vec<u8>> {
        let folder = self.folder.join("saves/x/.versions/G");
        files.versions().iter().map(|it| fs::read(folder.join(format!("{}.srm", it.put_aside))).unwrap()).collect()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn place(slot: u8) -> StatePlace {
    StatePlace::Slot(Slot::clamped(slot))
}

fn core(name: &str, version: &str) -> CoreName {
    CoreName { name: name.into(), version: version.into() }
}

#[test]
fn saves_lie_by_core_and_content_as_retroarch_has_them() {
    let disk = Disk::new("names");
    let mut files = disk.open("My Game.nes", b"rom");
    files.write_sram(b"battery", disk.now, disk.time).unwrap();
    files.write_rtc(b"clock").unwrap();
    let core = CoreName { name: "X".into(), version: "1".into() };
    for (place, data) in [(place(0), b"first"), (place(3), b"state"), (StatePlace::Auto, b"autos")] {
        files.write_state(place, data, &core, None, disk.time).unwrap();
    }
    assert_eq!(disk.file("saves/x/My Game.srm").as_deref(), Some(&b"battery"[..]));
    assert_eq!(disk.file("saves/x/My Game.rtc").as_deref(), Some(&b"clock"[..]));
    assert_eq!(disk.file("states/x/My Game.state").as_deref(), Some(&b"first"[..]));
    assert_eq!(disk.file("states/x/My Game.state3").as_deref(), Some(&b"state"[..]));
    assert_eq!(disk.file("states/x/My Game.state.auto").as_deref(), Some(&b"autos"[..]));
    assert_eq!(files.read_rtc(), Ok(Some(b"clock".to_vec())));
    assert_eq!(files.read_state(place(3), &core), Ok(Some(ReadState { data: b"state".to_vec(), other_version: None })));
    assert_eq!(files.read_state(place(4), &core), Ok(None));
    let states = files.states();
    assert!(states.slots[3].is_some() && states.slots[4].is_none() && states.auto.is_some());
    let mut own = disk.open_game(&game("/c/libarena_libretro.so", None, "Emberdash"));
    own.write_sram(b"own", disk.now, disk.time).unwrap();
    assert_eq!(disk.file("saves/arena/Emberdash.srm").as_deref(), Some(&b"own"[..]));
}

#[test]
fn no_title_leads_out_of_the_folder() {
    for title in ["..", "../../etc/passwd", "/", "", "a/b", "\u{0}", &"long ".repeat(100)] {
        let saves = Saves::new(Path::new("/d"), &game("/c/x_libretro.so", None, title));
        assert_eq!(saves.core_dir, Path::new("/d/saves/x"));
        assert!(
            !saves.name.contains('/') && saves.name.len() <= 200 && !saves.name.trim_matches('.').is_empty(),
            "{title}"
        );
    }
}

#[test]
fn two_games_of_one_name_in_one_core_have_two_saves() {
    let mut disk = Disk::new("two");
    let long = "L".repeat(300);
    for (one, other) in [
        ("a/G.md".to_owned(), "b/G.md".to_owned()),
        ("c/S.md".into(), "c/S.gg".into()),
        (format!("d/{}", &long[..250]), format!("e/{}", &long[..250])),
    ] {
        let mut first = disk.open(&one, b"one");
        let mut second = disk.open(&other, b"two");
        disk.write(&mut first, b"first").unwrap();
        disk.write(&mut second, b"second").unwrap();
        assert_eq!(first.read_sram(), Ok(Some(b"first".to_vec())), "{one}");
        drop((first, second));
        // Found again, also where the file was moved to.
        assert_eq!(disk.open(&other, b"two").read_sram(), Ok(Some(b"second".to_vec())));
        let moved = format!("moved/{}", one.split('/').next_back().unwrap());
        assert_eq!(disk.open(&moved, b"one").read_sram(), Ok(Some(b"first".to_vec())));
    }
}

#[test]
fn what_a_game_had_when_it_began_to_save_can_be_put_back() {
    let mut disk = Disk::new("versions");
    let mut files = disk.open("G.nes", b"rom");
    files.read_sram().unwrap();
    disk.write(&mut files, b"evening 1").unwrap();
    assert!(disk.kept(&files).is_empty());
    // Bit by bit, within one save.
    for step in 0..5 {
        disk.pass(60 * u64::from(step == 0) + 1);
        disk.write(&mut files, format!("evening 2, byte {step}").as_bytes()).unwrap();
    }
    assert_eq!(disk.kept(&files), [b"evening 1"]);
    // A state that is loaded rolls the battery save back: what was there stays.
    disk.pass(2);
    files.begin_version();
    disk.write(&mut files, b"of the state").unwrap();
    assert_eq!(disk.kept(&files), [&b"evening 2, byte 4"[..], b"evening 1"]);
    let newest = files.versions()[0].put_aside;
    files.put_back(newest, disk.time).unwrap();
    assert_eq!(files.read_sram(), Ok(Some(b"evening 2, byte 4".to_vec())));
    assert_eq!(disk.kept(&files).first().map(Vec::as_slice), Some(&b"of the state"[..]));
    assert!(matches!(files.put_back(1, disk.time), Err(SaveError::NoVersion { .. })));
}

#[test]
fn what_a_rewind_takes_back_is_kept_however_soon_it_was_saved() {
    let mut disk = Disk::new("rewind");
    let mut files = disk.open("G.nes", b"rom");
    files.read_sram().unwrap();
    disk.write(&mut files, b"first").unwrap();
    disk.pass(60);
    // Written while the game goes back already, and it goes on from before within the same ten seconds.
    disk.write(&mut files, b"second").unwrap();
    disk.pass(1);
    files.begin_version_after_rewind(disk.now);
    disk.pass(1);
    disk.write(&mut files, b"between").unwrap();
    assert_eq!(disk.kept(&files), [&b"second"[..], b"first"]);
}

#[test]
fn many_rewinds_push_out_no_more_than_two_versions_and_the_last_save_is_always_kept() {
    let mut disk = Disk::new("row");
    let mut files = disk.open("G.nes", b"rom");
    files.read_sram().unwrap();
    for number in 0..6 {
        disk.pass(60);
        disk.write(&mut files, format!("evening {number}").as_bytes()).unwrap();
    }
    for number in 0..20 {
        // Soon after the last one, so no version begins with it.
        disk.pass(5);
        let saved = format!("saved {number}");
        let before = if number == 0 { &b"evening 5"[..] } else { saved.as_bytes() };
        disk.write(&mut files, before).unwrap();
        files.begin_version_after_rewind(disk.now);
        disk.pass(1);
        disk.write(&mut files, format!("gone back {number}").as_bytes()).unwrap();
        assert_eq!(disk.kept(&files)[0], before);
    }
    let kept = disk.kept(&files);
    assert_eq!(kept[1..], [&b"evening 5"[..], b"evening 4", b"evening 3", b"evening 2"]);
    // Much later it is another row.
    disk.pass(3600);
    files.begin_version_after_rewind(disk.now);
    disk.pass(1);
    disk.write(&mut files, b"gone back far").unwrap();
    assert_eq!(disk.kept(&files)[..2], [&b"gone back 19"[..], b"saved 19"]);
}

#[test]
fn the_last_five_versions_that_differ_are_kept_whatever_the_clock_does() {
    let mut disk = Disk::new("five");
    let mut files = disk.open("G.nes", b"rom");
    files.read_sram().unwrap();
    for number in 0..9 {
        disk.pass(60);
        // Set back by an hour, and then standing still.
        if number == 4 {
            disk.time -= Duration::from_secs(3600);
        }
        disk.write(&mut files, format!("{number}").as_bytes()).unwrap();
    }
    assert_eq!(disk.kept(&files), [b"7", b"6", b"5", b"4", b"3"]);
    // The same again is no version of its own, and the one that was there is the newest now.
    disk.pass(60);
    disk.write(&mut files, b"6").unwrap();
    disk.pass(60);
    disk.write(&mut files, b"9").unwrap();
    assert_eq!(disk.kept(&files), [b"6", b"8", b"7", b"5", b"4"]);
}

#[test]
fn what_another_program_writes_meanwhile_is_kept_and_told() {
    let mut disk = Disk::new("foreign");
    let mut files = disk.open("G.nes", b"rom");
    files.read_sram().unwrap();
    assert_eq!(disk.write(&mut files, b"ours"), Ok(Written::AsUsual));
    fs::write(disk.folder.join("saves/x/G.srm"), b"theirs").unwrap();
    disk.pass(1);
    assert_eq!(disk.write(&mut files, b"ours, later"), Ok(Written::OverForeign));
    assert_eq!(disk.kept(&files), [b"theirs"]);
    assert_eq!(disk.write(&mut files, b"ours, later still"), Ok(Written::AsUsual));
}

#[test]
fn a_second_host_writes_nothing_until_the_first_lets_go() {
    let mut disk = Disk::new("lock");
    let mut first = disk.open("G.nes", b"rom");
    let mut second = disk.open("G.nes", b"rom");
    assert!(!first.is_in_use() && second.is_in_use());
    disk.write(&mut first, b"first").unwrap();
    assert!(matches!(disk.write(&mut second, b"second"), Err(SaveError::InUse { .. })));
    assert!(matches!(
        second.write_state(place(0), b"x", &core("X", "1"), None, disk.time),
        Err(SaveError::InUse { .. })
    ));
    assert_eq!(disk.file("saves/x/G.srm").as_deref(), Some(&b"first"[..]));
    drop(first);
    assert!(disk.write(&mut second, b"second").is_ok());
    assert_eq!(disk.kept(&second), [b"first"]);
}

#[test]
fn a_folder_that_cannot_be_written_costs_nothing_that_is_there() {
    let mut disk = Disk::new("unwritable");
    let mut files = disk.open("G.nes", b"rom");
    disk.write(&mut files, b"there").unwrap();
    drop(files);
    // A file where a folder has to be: no right is asked, so this holds for the administrator too.
    fs::create_dir_all(disk.folder.join("saves")).unwrap();
    fs::write(disk.folder.join("saves/y"), b"in the way").unwrap();
    let mut files = disk.open_game(&game("/c/y_libretro.so", None, "G"));
    assert!(!files.is_in_use());
    assert!(matches!(disk.write(&mut files, b"x"), Err(SaveError::NotWritten { .. } | SaveError::NotRead { .. })));
    assert_eq!(disk.file("saves/x/G.srm").as_deref(), Some(&b"there"[..]));
}

#[test]
fn versions_that_cannot_be_kept_do_not_stop_a_save_but_save_what_is_not_ours() {
    let mut disk = Disk::new("unkept");
    let mut files = disk.open("G.nes", b"rom");
    files.read_sram().unwrap();
    disk.write(&mut files, b"one").unwrap();
    // A file where their folder has to be.
    fs::write(disk.folder.join("saves/x/.versions"), b"in the way").unwrap();
    disk.pass(60);
    assert_eq!(disk.write(&mut files, b"two"), Ok(Written::AsUsual));
    fs::write(disk.folder.join("saves/x/G.srm"), b"theirs").unwrap();
    assert!(matches!(disk.write(&mut files, b"three"), Err(SaveError::NotWritten { .. })));
    assert_eq!(disk.file("saves/x/G.srm").as_deref(), Some(&b"theirs"[..]));
    // Deleted, there is nothing to be kept or told.
    fs::remove_file(disk.folder.join("saves/x/G.srm")).unwrap();
    assert_eq!(disk.write(&mut files, b"three"), Ok(Written::AsUsual));
}

#[test]
fn a_state_comes_back_where_it_fits_and_is_refused_where_it_does_not() {
    let mut disk = Disk::new("fits");
    let x1 = core("X", "1");
    let mut files = disk.open("G.nes", b"one");
    files.write_state(place(0), b"state", &x1, None, disk.time).unwrap();
    let data = |read: Result<Option<ReadState>, SaveError>| read.unwrap().map(|it| (it.data, it.other_version));
    assert_eq!(data(files.read_state(place(0), &x1)), Some((b"state".to_vec(), None)));
    let other_version = data(files.read_state(place(0), &core("X", "2")));
    assert_eq!(other_version, Some((b"state".to_vec(), Some("1".into()))), "it may still fit");
    let file = disk.folder.join("states/x/G.state");
    let other_core = SaveError::OtherCore { file: file.clone(), core: "X".into() };
    assert_eq!(files.read_state(place(0), &core("Y", "1")), Err(other_core));
    drop(files);
    // The content was built anew where it was, so its saves are the same.
    let mut files = disk.open("G.nes", b"another edition");
    assert_eq!(files.read_state(place(0), &x1), Err(SaveError::OtherContent { file: file.clone() }));
    // RetroArch says nothing of what its states are of.
    fs::write(&file, b"RASTATE\x01MEM \x05\0\0\0there\0\0\0END \0\0\0\0").unwrap();
    assert_eq!(data(files.read_state(place(0), &core("Y", "1"))), Some((b"there".to_vec(), None)));
    fs::write(&file, b"RASTATE\x01MEM \x05\0\0\0the").unwrap();
    assert_eq!(files.read_state(place(0), &x1), Err(SaveError::StateDamaged { file }));
    disk.pass(1);
    files.write_state(place(0), b"again", &x1, None, disk.time).unwrap();
    assert_eq!(data(files.read_state(place(0), &x1)), Some((b"again".to_vec(), None)));
}

#[test]
fn a_state_that_is_saved_over_is_put_back_with_its_picture_and_again_forward() {
    let mut disk = Disk::new("previous");
    let x = core("X", "1");
    let mut files = disk.open("G.nes", b"one");
    let none = SaveError::NoPreviousState { file: disk.folder.join("states/x/G.state2") };
    assert_eq!(files.put_back_state(place(2)), Err(none.clone()));
    let picture = Picture { width: 1400, height: 2, pixels: vec![0xff_0000; 2800], ..Picture::default() };
    files.write_state(place(2), b"first", &x, Some(&picture), disk.time).unwrap();
    assert_eq!(files.put_back_state(place(2)), Err(none));
    let first = files.states().slots[2].clone().unwrap();
    assert!(first.picture.as_ref().is_some_and(|path| path.ends_with("G.state2.png")) && !first.has_previous);
    disk.pass(60);
    files.write_state(place(2), b"second", &x, None, disk.time).unwrap();
    let second = files.states().slots[2].clone().unwrap();
    assert!(second.picture.is_none() && second.has_previous && second.bytes == 6);
    for (bytes, has_picture) in [(&b"first"[..], true), (b"second", false), (b"first", true)] {
        files.put_back_state(place(2)).unwrap();
        let now = files.states().slots[2].clone().unwrap();
        assert_eq!(files.read_state(place(2), &x).unwrap().unwrap().data, bytes);
        assert_eq!((now.picture.is_some(), now.has_previous), (has_picture, true));
    }
}

#[test]
fn the_first_slot_is_found_by_the_name_that_it_had_before() {
    let disk = Disk::new("first slot");
    fs::create_dir_all(disk.folder.join("states/x")).unwrap();
    fs::write(disk.folder.join("states/x/G.state0"), b"old").unwrap();
    let x = core("X", "1");
    let mut files = disk.open("G.nes", b"one");
    assert_eq!(files.read_state(place(0), &x).unwrap().unwrap().data, b"old");
    files.write_state(place(0), b"new", &x, None, disk.time).unwrap();
    assert_eq!((disk.file("states/x/G.state0"), disk.file("states/x/G.state")), (None, Some(b"new".to_vec())));
    files.put_back_state(place(0)).unwrap();
    assert_eq!(files.read_state(place(0), &x).unwrap().unwrap().data, b"old");
}

#[test]
fn a_save_that_retroarch_compressed_is_read_and_no_other_programs() {
    let mut disk = Disk::new("compressed");
    let packed = b"#RZIPv\x01#\0\0\x02\0\x03\0\0\0\0\0\0\0\x0b\0\0\0\x78\x9c\x4b\x4c\x4a\x06\0\x02\x4d\x01\x27";
    fs::create_dir_all(disk.folder.join("saves/x")).unwrap();
    fs::write(disk.folder.join("saves/x/G.srm"), packed).unwrap();
    let mut files = disk.open("G.nes", b"one");
    assert_eq!(files.read_sram(), Ok(Some(b"abc".to_vec())));
    assert_eq!(disk.write(&mut files, b"abd"), Ok(Written::AsUsual));
    assert_eq!(disk.file("saves/x/G.srm"), Some(b"abd".to_vec()));
}

/// A game of two cartridges; the first has a battery and a clock.
fn two_cartridges(disk: &Disk, first: &str, second: &str) -> Game {
    of_memories(disk, [(first, &[("srm", 0x300), ("rtc", 0x301)]), (second, &[("srm", 0x400)])])
}

/// A game of two cartridges with memories of these endings and numbers. What is in a file is its name.
fn of_memories(disk: &Disk, cartridges: [(&str, &[(&str, u32)]); 2]) -> Game {
    let memory = |(extension, id): &(&str, u32)| RomMemory { extension: (*extension).into(), id: *id };
    let roms = cartridges.map(|(_, all)| Rom { memories: all.iter().map(memory).collect(), ..Rom::default() }).into();
    let subsystem = Subsystem { ident: "pair".into(), name: "Pair".into(), id: 1, roms };
    let files = cartridges.map(|(name, _)| {
        let path = disk.folder.join("roms").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, path.file_name().unwrap().as_encoded_bytes()).unwrap();
        Some(path)
    });
    let several = subsystem.with(files.to_vec()).unwrap();
    Game { several: Some(several), ..game("/c/x_libretro.so", files[0].as_deref(), "x") }
}

#[test]
fn each_cartridge_has_its_own_save_whichever_machine_it_is_in() {
    let disk = Disk::new("cartridges");
    let alone = || disk.open("A.gb", b"A.gb");
    let mut plain = alone();
    plain.write_sram(b"alone", disk.now, disk.time).unwrap();
    drop(plain);
    let together = two_cartridges(&disk, "A.gb", "B.gb");
    let mut files = disk.open_game(&together);
    let memories: Vec<Memory> = files.cartridges().iter().map(|it| it.memory).collect();
    assert_eq!(memories, [Memory::Rom(0), Memory::Rom(1), Memory::Rom(2)]);
    let read: Vec<Option<Vec<u8>>> = files.cartridges().iter_mut().map(|it| it.read().unwrap()).collect();
    assert_eq!(read, [Some(b"alone".to_vec()), None, None]);
    for (at, cartridge) in files.cartridges().iter_mut().enumerate() {
        cartridge.write(2, format!("save {at}").as_bytes(), disk.now, disk.time).unwrap();
        assert_eq!(cartridge.saved, 2);
    }
    assert_eq!(disk.file("saves/x/A.srm").as_deref(), Some(&b"save 0"[..]));
    assert_eq!(disk.file("saves/x/A.rtc").as_deref(), Some(&b"save 1"[..]));
    assert_eq!(disk.file("saves/x/B.srm").as_deref(), Some(&b"save 2"[..]));
    // A clock that runs is not written with every second.
    let (clock, soon) = (&files.cartridges()[1], disk.now + Duration::from_secs(1));
    assert!(clock.is_clock && !clock.is_due(soon, false) && clock.is_due(soon, true));
    // What the first was before can be put back, and nobody else plays it meanwhile.
    let before = files.versions();
    assert_eq!(before.len(), 1);
    assert!(alone().is_in_use());
    files.put_back(before[0].put_aside, disk.time).unwrap();
    assert_eq!(disk.file("saves/x/A.srm").as_deref(), Some(&b"alone"[..]));
}

#[test]
fn states_are_of_all_files_together() {
    let disk = Disk::new("together");
    let core = core("X", "1");
    let mut files = disk.open_game(&two_cartridges(&disk, "A.gb", "B.gb"));
    files.write_state(place(0), b"state", &core, None, disk.time).unwrap();
    assert_eq!(disk.file("states/x/A (pair).state").as_deref(), Some(&b"state"[..]));
    drop(files);
    // Another second cartridge is another game.
    let files = disk.open_game(&two_cartridges(&disk, "A.gb", "C.gb"));
    assert_eq!(files.read_state(place(0), &core), Ok(None));
    drop(files);
    let files = disk.open_game(&two_cartridges(&disk, "A.gb", "B.gb"));
    assert!(files.read_state(place(0), &core).is_ok_and(|state| state.is_some()));
}

#[test]
fn one_file_in_two_slots_is_two_cartridges() {
    let disk = Disk::new("slots");
    let mut files = disk.open_game(&two_cartridges(&disk, "A.gb", "A.gb"));
    for cartridge in files.cartridges() {
        cartridge.write(2, b"save", disk.now, disk.time).unwrap();
    }
    for name in ["A.srm", "A.rtc", "A (slot 2).srm"] {
        assert!(disk.file(&format!("saves/x/{name}")).is_some(), "{name}");
    }
}

#[test]
fn copies_of_a_cartridge_and_memories_of_one_ending_have_a_save_each() {
    let disk = Disk::new("copies");
    let saves = |game: &Game| {
        let mut files = disk.open_game(game);
        assert!(!files.is_in_use());
        for (at, cartridge) in files.cartridges().iter_mut().enumerate() {
            cartridge.write(2, format!("save {at}").as_bytes(), disk.now, disk.time).unwrap();
        }
        let found: Vec<_> = files.cartridges().iter_mut().map(|it| it.read().unwrap().unwrap()).collect();
        let count = found.len();
        assert_eq!(found, (0..count).map(|at| format!("save {at}").into_bytes()).collect::<Vec<_>>());
    };
    let copies = two_cartridges(&disk, "x/A.gb", "y/A.gb");
    // Found again the next time.
    for _ in 0..2 {
        saves(&copies);
        assert_eq!(disk.file("saves/x/A.srm").as_deref(), Some(&b"save 0"[..]));
        assert_eq!(disk.file("saves/x/A (slot 2).srm").as_deref(), Some(&b"save 2"[..]));
    }
    let same = [("srm", 0x300), ("srm", 0x500), ("srm", 0x301)];
    saves(&of_memories(&disk, [("B.gb", &same), ("C.gb", &same[..1])]));
    for (name, at) in [("B.srm", 0), ("B.srm2", 1), ("B.srm3", 2), ("C.srm", 3)] {
        assert_eq!(disk.file(&format!("saves/x/{name}")), Some(format!("save {at}").into_bytes()), "{name}");
    }
}

#[test]
fn a_cartridge_that_cannot_be_written_does_not_keep_the_others_from_it() {
    let disk = Disk::new("one fails");
    let link = Link::create().expect("shared memory");
    let (reader, writer) = (StateReader::new(link.clone()), StateWriter::new(link));
    let mut files = disk.open_game(&two_cartridges(&disk, "A.gb", "B.gb"));
    // A folder where the first one's file has to be.
    fs::create_dir_all(disk.folder.join("saves/x/A.srm")).unwrap();
    for (at, memory) in [Memory::Rom(0), Memory::Rom(2)].into_iter().enumerate() {
        writer.write_memory(memory, format!("save {at}").as_bytes());
    }
    let written = files.write_cartridges(&reader, false, disk.now, disk.time).expect("something changed");
    assert!(written.result.is_err() && !written.foreign);
    assert_eq!(disk.file("saves/x/B.srm").as_deref(), Some(&b"save 1"[..]));
    // It is tried again, and alone.
    fs::remove_dir(disk.folder.join("saves/x/A.srm")).unwrap();
    let again = files.write_cartridges(&reader, false, disk.now, disk.time);
    assert_eq!(again, Some(AllWritten { result: Ok(()), foreign: false }));
    assert_eq!(disk.file("saves/x/A.srm").as_deref(), Some(&b"save 0"[..]));
    assert_eq!(files.write_cartridges(&reader, false, disk.now, disk.time), None);
}
