use super::*;
use std::fs;
use std::sync::mpsc::{self, RecvTimeoutError};

/// Waits until what is shown is as it should be; the wake-ups tell when to look.
fn wait_for(catalog: &Catalog, woken: &mpsc::Receiver<()>, is_so: impl Fn(&CatalogShown) -> bool) -> CatalogShown {
    loop {
        let shown = catalog.shown();
        if is_so(&shown) {
            return shown;
        }
        woken.recv_timeout(Duration::from_secs(60)).expect("it changes");
    }
}

#[test]
fn a_game_is_known_by_its_place_its_discs_and_its_archive_if_it_is_alone_there() {
    let entry = |path: &str, discs: &[&str]| GameEntry {
        path: path.into(),
        discs: discs.iter().map(PathBuf::from).collect(),
        ..GameEntry::default()
    };
    let entries = [
        entry("/g/a.nes", &[]),
        entry("/g/1.chd", &["/g/1.chd", "/g/2.chd"]),
        entry("/g/one.zip#x.nes", &[]),
        entry("/g/two.zip#x.nes", &[]),
        entry("/g/two.zip#y.nes", &[]),
    ];
    let place = |path: &str| entry_of(&entries, Path::new(path)).map(|it| it.path.to_str().unwrap());
    assert_eq!(place("/g/2.chd"), Some("/g/1.chd"));
    assert_eq!(place("/g/two.zip#y.nes"), Some("/g/two.zip#y.nes"));
    assert_eq!(place("/g/one.zip"), Some("/g/one.zip#x.nes"));
    assert_eq!(place("/g/two.zip"), None);
    assert_eq!(place("/g/a"), None);
}

/// The thread has the other end of it.
fn wait_for_the_end(woken: &mpsc::Receiver<()>) {
    loop {
        if let Err(error) = woken.recv_timeout(Duration::from_secs(60)) {
            return assert_eq!(error, RecvTimeoutError::Disconnected);
        }
    }
}

#[test]
fn the_walk_is_given_up_at_the_end_and_nothing_is_shown_for_an_equal_configuration() {
    let home = std::env::temp_dir().join(format!("hotseat-catalog-end-{}", std::process::id()));
    let _ = fs::remove_dir_all(&home);
    let config = CatalogConfig { folders: vec![home.join("games")], ..CatalogConfig::new(home.join("data")) };
    fs::create_dir_all(home.join("games")).unwrap();
    let (sender, woken) = mpsc::sync_channel(100);
    let wake = move || {
        let _ = sender.try_send(());
    };
    let shared = Shared { shown: Mutex::default(), event: Event::new().unwrap(), wake: Box::new(wake) };
    let (commands, receiver) = sync_channel(MOST_WAITING);
    let mut worker = Worker::new(Shelf::open(config.clone()), receiver, Arc::new(shared));
    worker.carry_out(CatalogCommand::Configure(Box::new(config)));
    assert!(woken.try_recv().is_err(), "nothing else is shown");
    drop(commands);
    worker.begin();
    assert!(worker.scan.is_none(), "the walk was given up");
    worker.shared.event.signal();
    worker.round();
    assert!(worker.ended);
    fs::remove_dir_all(home).unwrap();
}

#[test]
fn the_library_follows_its_folders_and_remembers_what_is_done() {
    let home = std::env::temp_dir().join(format!("hotseat-catalog-{}", std::process::id()));
    let _ = fs::remove_dir_all(&home);
    let games = home.join("games");
    fs::create_dir_all(&games).unwrap();
    fs::write(games.join("Tale.nes"), b"tale").unwrap();
    let config = CatalogConfig { folders: vec![games.clone()], ..CatalogConfig::new(home.join("data")) };
    let (sender, woken) = mpsc::sync_channel(1000);
    let wake = move || {
        let _ = sender.try_send(());
    };
    let catalog = Catalog::start(config, wake).unwrap();
    let titles = |shown: &CatalogShown| shown.entries.iter().map(|it| it.title.clone()).collect::<Vec<_>>();
    let shown = wait_for(&catalog, &woken, |it| it.scan.is_none() && titles(it) == ["Tale"]);
    assert_eq!(*shown.systems, ["Nintendo - Nintendo Entertainment System"]);
    let path = games.join("Tale.nes");
    catalog.send(CatalogCommand::Favourite { path: path.clone(), on: true });
    catalog.send(CatalogCommand::Played { path, seconds: 60 });
    wait_for(&catalog, &woken, |it| it.entries[0].record.favourite && it.entries[0].record.played == 60);
    // Found without being asked for.
    fs::write(games.join("Song.gb"), b"song").unwrap();
    wait_for(&catalog, &woken, |it| titles(it) == ["Song", "Tale"]);
    drop(catalog);
    wait_for_the_end(&woken);
    fs::remove_dir_all(home).unwrap();
}
