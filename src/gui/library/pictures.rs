//! The pictures of games: read and made small on a thread of their own, kept on the graphics card as long as there is room.

mod read;

pub use read::PictureFolders;

use crate::library::catalog::GameEntry;
use crate::sync::spawn;
use egui::{ColorImage, Context, TextureHandle, TextureOptions};
use read::Wanted;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Of all pictures together, in bytes. Those on the screen may be more: a large window shows some hundred.
const MOST_BYTES: usize = 64 << 20;
/// Games of which it is known that they have none.
const MOST_MISSING: usize = 20_000;
/// Pictures that the thread has still to read; others are asked for when there is room.
const MOST_WAITING: usize = 32;

/// What is known of pictures, by where the game lies.
#[derive(Default)]
pub struct GamePictures {
    known: HashMap<PathBuf, Known>,
    asked: HashSet<PathBuf>,
    thread: Option<Thread>,
    /// Counts paintings.
    now: u64,
    bytes: usize,
}

struct Known {
    /// None: it has no picture.
    texture: Option<TextureHandle>,
    seen: u64,
}

struct Thread {
    wanted: SyncSender<Wanted>,
    read: Receiver<(PathBuf, Option<ColorImage>)>,
}

impl GamePictures {
    /// With a thread that reads. `wake` is called when one was read.
    pub fn start(folders: PictureFolders, wake: impl Fn() + Send + 'static) -> GamePictures {
        let (wanted, theirs) = sync_channel::<Wanted>(MOST_WAITING);
        let (sender, read) = sync_channel(MOST_WAITING);
        let body = move || {
            for wanted in theirs {
                let image = folders.read(&wanted);
                // Full only while the window does not paint, and then it can wait. Closed: the window is.
                if sender.send((wanted.path, image)).is_err() {
                    return;
                }
                wake();
            }
        };
        let started = spawn("game-pictures", body);
        if let Err(error) = &started {
            tracing::warn!("games have no pictures: {error}");
        }
        GamePictures { thread: started.is_ok().then_some(Thread { wanted, read }), ..GamePictures::default() }
    }

    /// Takes what was read, and asks for what is on the screen.
    pub fn follow(&mut self, ctx: &Context, entries: &[GameEntry], shown: &[PathBuf]) {
        self.now += 1;
        while let Some((path, image)) = self.thread.as_ref().and_then(|it| it.read.try_recv().ok()) {
            self.asked.remove(&path);
            self.put(ctx, path, image);
        }
        let mut unknown: HashSet<&PathBuf> = HashSet::new();
        for path in shown {
            match self.known.get_mut(path) {
                Some(known) => known.seen = self.now,
                None if self.asked.contains(path) => {}
                None => drop(unknown.insert(path)),
            }
        }
        if unknown.is_empty() {
            return;
        }
        let Some(thread) = &self.thread else { return };
        for entry in entries.iter().filter(|entry| unknown.contains(&entry.path)) {
            let wanted = Wanted { path: entry.path.clone(), system: entry.system.clone(), name: entry.name.clone() };
            if thread.wanted.try_send(wanted).is_err() {
                return;
            }
            self.asked.insert(entry.path.clone());
        }
    }

    /// Of the game at `path`.
    pub fn of(&self, path: &Path) -> Option<&TextureHandle> {
        self.known.get(path)?.texture.as_ref()
    }

    /// Keeps a picture, or that there is none.
    pub fn put(&mut self, ctx: &Context, path: PathBuf, image: Option<ColorImage>) {
        self.forget(&path);
        self.bytes += image.as_ref().map_or(0, |image| image.pixels.len() * 4);
        let texture = image.map(|image| ctx.load_texture("game", image, TextureOptions::LINEAR));
        self.known.insert(path, Known { texture, seen: self.now });
        self.make_room();
    }

    /// Another picture may be there now.
    pub fn forget(&mut self, path: &Path) {
        if let Some(known) = self.known.remove(path) {
            self.bytes -= bytes_of(&known);
        }
    }

    /// Those that were not on the screen for longest go first. Those that are stay: they would be asked for again at once, for ever.
    fn make_room(&mut self) {
        if self.bytes <= MOST_BYTES && self.known.len() <= MOST_MISSING {
            return;
        }
        // What is read is taken before it is told what this painting shows.
        let away = self.known.iter().filter(|(_, known)| known.seen.saturating_add(1) < self.now);
        let mut by_age: Vec<(u64, PathBuf)> = away.map(|(path, known)| (known.seen, path.clone())).collect();
        by_age.sort_unstable();
        for (_, path) in by_age {
            if self.bytes <= MOST_BYTES / 4 * 3 && self.known.len() <= MOST_MISSING / 4 * 3 {
                return;
            }
            self.forget(&path);
        }
    }
}

fn bytes_of(known: &Known) -> usize {
    known.texture.as_ref().map_or(0, TextureHandle::byte_size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Color32;

    #[test]
    fn pictures_that_were_not_seen_for_longest_make_room_for_others() {
        let ctx = Context::default();
        let mut pictures = GamePictures::default();
        let image = || Some(ColorImage::filled([1024, 1024], Color32::RED));
        let path = |n: usize| PathBuf::from(format!("/g/{n}.nes"));
        // 4 MiB each: sixteen fit.
        for n in 0..16 {
            pictures.follow(&ctx, &[], &[]);
            pictures.put(&ctx, path(n), image());
        }
        assert!((0..16).all(|n| pictures.of(&path(n)).is_some()));
        pictures.follow(&ctx, &[], &[path(0)]);
        pictures.put(&ctx, path(16), image());
        assert!(pictures.of(&path(0)).is_some(), "it is on the screen");
        assert!(pictures.of(&path(1)).is_none() && pictures.of(&path(16)).is_some());
        assert!(pictures.bytes <= MOST_BYTES);
        pictures.put(&ctx, path(16), None);
        assert!(pictures.of(&path(16)).is_none());
        for n in 0..17 {
            pictures.forget(&path(n));
        }
        assert_eq!(pictures.bytes, 0);
    }

    #[test]
    fn what_is_on_the_screen_stays_even_if_it_is_more_than_there_is_room_for() {
        let ctx = Context::default();
        let mut pictures = GamePictures::default();
        let path = |n: usize| PathBuf::from(format!("/g/{n}.nes"));
        // 4 MiB each: sixteen fit.
        let shown: Vec<PathBuf> = (0..20).map(path).collect();
        for at in &shown {
            pictures.follow(&ctx, &[], &shown);
            pictures.put(&ctx, at.clone(), Some(ColorImage::filled([1024, 1024], Color32::RED)));
        }
        assert!(shown.iter().all(|at| pictures.of(at).is_some()));
        // Another page: the first makes room for it.
        let next: Vec<PathBuf> = (20..24).map(path).collect();
        for at in &next {
            pictures.follow(&ctx, &[], &next);
            pictures.put(&ctx, at.clone(), Some(ColorImage::filled([1024, 1024], Color32::RED)));
        }
        assert!(next.iter().all(|at| pictures.of(at).is_some()));
        assert!(pictures.bytes <= MOST_BYTES);
    }
}
