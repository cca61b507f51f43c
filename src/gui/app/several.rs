//! Games of several files: which machines cores have for them, asked on a thread of its own, and their opening.

use super::super::several::{Machines, SeveralFiles};
use super::super::view::Dialog;
use super::App;
use crate::engine::{Bounds, Game};
use crate::library::{self, SeveralError};
use crate::link::subsystem::{self, Subsystem, SubsystemGame};
use crate::settings::RecentFiles;
use crate::text::Message;
use egui::Context;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

/// What a core said, and which it was.
type Answer = (PathBuf, Result<Vec<Subsystem>, SeveralError>);

/// Cores are asked once in a run of the program, and only those that a person may be about to choose.
#[derive(Default)]
pub(super) struct CoreQuestions {
    pub(super) known: Machines,
    asked: Vec<PathBuf>,
    answers: Vec<Receiver<Answer>>,
    /// A game that is opened when its core has said what it has.
    waiting: Option<(PathBuf, RecentFiles)>,
    /// Files that are looked into, in case they are archives.
    together: Option<(SeveralFiles, Receiver<Result<SubsystemGame, SeveralError>>)>,
}

impl CoreQuestions {
    /// Another game is opened.
    pub(super) fn forget_games(&mut self) {
        self.waiting = None;
        self.together = None;
    }
}

impl App {
    /// Asks these cores, one after another, if they were not asked yet.
    pub(super) fn ask_cores(&mut self, cores: &[PathBuf], ctx: &Context) {
        let new = cores.iter().filter(|core| !self.core_questions.asked.contains(core));
        let new: Vec<(PathBuf, Bounds)> = new.map(|core| (core.clone(), self.settings.bounds_of(core))).collect();
        if new.is_empty() {
            return;
        }
        self.core_questions.asked.extend(new.iter().map(|(core, _)| core.clone()));
        // Room for all that come.
        let (sender, answers) = sync_channel(new.len());
        let ctx = ctx.clone();
        let ask = move || {
            for (core, bounds) in new {
                let answer = library::subsystems_of(&core, &bounds);
                if sender.send((core, answer)).is_err() {
                    return;
                }
                ctx.request_repaint();
            }
        };
        if std::thread::Builder::new().name("core-questions".into()).spawn(ask).is_ok() {
            self.core_questions.answers.push(answers);
        }
    }

    /// Takes over what cores said.
    pub(super) fn look_at_answers(&mut self) {
        let mut heard: Vec<Answer> = Vec::new();
        self.core_questions.answers.retain(|answers| {
            loop {
                match answers.try_recv() {
                    Ok(answer) => heard.push(answer),
                    Err(error) => break error == TryRecvError::Empty,
                }
            }
        });
        for (core, answer) in heard {
            let waits = self.core_questions.waiting.as_ref().is_some_and(|(waiting, _)| *waiting == core);
            match answer {
                Ok(subsystems) => drop(self.core_questions.known.insert(core.clone(), subsystems)),
                // It is not asked again until somebody wants a game of it.
                Err(error) => {
                    if waits {
                        self.core_questions.waiting = None;
                        self.complain(error.text(&self.texts));
                    }
                }
            }
        }
        if let Some((_, answer)) = &self.core_questions.together {
            let game = answer.try_recv();
            if game != Err(TryRecvError::Empty)
                && let Some((chosen, _)) = self.core_questions.together.take()
                && let Ok(game) = game
            {
                self.were_put_together(chosen, game);
            }
        }
        let known = |(core, _): &mut (PathBuf, RecentFiles)| self.core_questions.known.contains_key(core);
        if let Some((core, files)) = self.core_questions.waiting.take_if(known) {
            self.open_files(&core, files);
        }
    }

    /// While a core is chosen, those that are listed are asked.
    pub(super) fn ask_listed_cores(&mut self, ctx: &Context) {
        let listed = match &self.view.dialog {
            Some(Dialog::ChooseCore { content, .. }) => super::super::core_choice::cores(&self.cores, content),
            _ => Vec::new(),
        };
        let mut cores: Vec<PathBuf> = listed.into_iter().map(|core| core.path.clone()).collect();
        if let (Some(Dialog::Options(_)), Some(game)) = (&self.view.dialog, &self.snapshot.game) {
            cores.push(game.core.clone());
        }
        self.ask_cores(&cores, ctx);
    }

    /// What was put together in the dialog, which stays open where it is refused.
    pub(super) fn play_together(&mut self, chosen: SeveralFiles) {
        let (sender, answer) = sync_channel(1);
        let (subsystem, files, ctx) = (chosen.subsystem.clone(), chosen.files.clone(), self.ctx.clone());
        let put_together = move || {
            let _ = sender.send(library::with_files(&subsystem, files));
            ctx.request_repaint();
        };
        match std::thread::Builder::new().name("look-inside".into()).spawn(put_together) {
            Ok(_) => self.core_questions.together = Some((chosen, answer)),
            Err(_) => {
                let game = library::with_files(&chosen.subsystem, chosen.files.clone());
                self.were_put_together(chosen, game);
            }
        }
    }

    fn were_put_together(&mut self, chosen: SeveralFiles, game: Result<SubsystemGame, SeveralError>) {
        match game {
            Ok(game) => {
                let mut game = Game::of_several(&chosen.core, game);
                game.bounds = self.settings.bounds_of(&chosen.core);
                self.open(game);
            }
            Err(error) => {
                let problem = Some(error.text(&self.texts));
                self.view.dialog = Some(Dialog::SeveralFiles(SeveralFiles { problem, ..chosen }));
            }
        }
    }

    /// A game that was opened before.
    pub(super) fn open_several(&mut self, core: &Path, files: RecentFiles, ctx: &Context) {
        self.core_questions.waiting = Some((core.to_owned(), files));
        if !self.core_questions.known.contains_key(core) {
            // What it did not say last time it may say now.
            self.core_questions.asked.retain(|it| it != core);
        }
        self.ask_cores(&[core.to_owned()], ctx);
    }

    fn open_files(&mut self, core: &Path, files: RecentFiles) {
        let known = self.core_questions.known.get(core).cloned().unwrap_or_default();
        let paths = files.paths.into_iter().map(|path| Some(path).filter(|path| !path.as_os_str().is_empty()));
        let name = library::describe_core(core).name;
        match subsystem::find(&known, &files.subsystem, &name) {
            Ok(subsystem) => {
                let chosen = SeveralFiles {
                    core: core.to_owned(),
                    subsystem: subsystem.clone(),
                    files: paths.collect(),
                    problem: None,
                };
                self.play_together(chosen);
            }
            Err(error) => self.complain(error.text(&self.texts)),
        }
    }
}
