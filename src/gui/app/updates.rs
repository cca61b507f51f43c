//! Takes over what changed elsewhere since the last painting: in the engine, among the gamepads, in a file dialog.

use super::super::view::PictureShape;
use super::super::{preview, theme};
use super::{App, set_inputs};
use crate::engine::{Command, GameState, GameStatus, Level};
use crate::room::RoomCommand;
use crate::text::Spoken;
use egui::{Context, UserAttentionType, ViewportCommand};

impl App {
    pub(super) fn update(&mut self, ctx: &Context) {
        self.snapshot = self.engine.snapshot();
        if let Some(picture) = self.engine.new_picture() {
            if let Some(render_state) = &self.render_state {
                preview::upload(render_state, picture);
            }
            self.picture = (picture.width > 0 && picture.height > 0)
                .then_some(PictureShape { size: [picture.width, picture.height], aspect: picture.aspect });
        }
        if self.snapshot.game.is_none() {
            self.picture = None;
        }
        let running = self.snapshot.game.as_ref().is_some_and(|game| game.state == GameState::Running);
        self.local_input.set_running(running);
        self.local_input.set_in_window(self.snapshot.game.is_none() || self.view.waits_for_pad());
        self.follow_layers();
        let game = self.snapshot.game.as_ref().map(|game| (&game.core, &game.content));
        self.leds.update(game, self.feedback.leds());
        self.gamepads = self.local_input.gamepads();
        self.gamepad_error = self.local_input.gamepad_error();
        self.fit_seats();
        self.send_locals();
        if let Some(picked) = self.picker.poll() {
            self.picked(picked);
        }
        self.look_at_downloads();
        self.look_at_library();
        self.ask_listed_cores(ctx);
        self.look_at_answers();
        self.look_at_looking(ctx);
        self.set_title(ctx);
        self.request_attention(ctx);
    }

    /// What is set for the game, or is not any more, counts at once.
    pub(super) fn follow_layers(&mut self) {
        if self.played.follow(&self.settings, self.snapshot.game.as_ref()) {
            set_inputs(&self.local_input, self.played.settings());
        }
    }

    /// The seats in the snapshot are the game's own once it runs.
    fn fit_seats(&mut self) {
        let game = self.snapshot.game.as_ref();
        let runs = game.is_some_and(|game| matches!(game.state, GameState::Running | GameState::Paused));
        if runs && self.local_players.fit(self.snapshot.seats.len()) {
            self.local_input.set_players(&self.local_players);
        }
    }

    /// Tells the room who plays at this machine, when that changed: also when a local guest's gamepad comes or goes.
    pub(super) fn send_locals(&mut self) {
        let locals = self.local_players.locals(&self.settings.host_name, &self.gamepads);
        if locals != self.sent_locals {
            self.engine.send(Command::Room(RoomCommand::SetLocalPlayers(locals.clone())));
            self.sent_locals = locals;
        }
    }

    /// For a new join request, as the host may be looking at another program.
    fn request_attention(&mut self, ctx: &Context) {
        let newest = self.snapshot.requests.iter().map(|request| request.id).max();
        if newest > self.newest_request && !ctx.input(|input| input.focused) {
            ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
        }
        self.newest_request = self.newest_request.max(newest);
    }

    fn set_title(&mut self, ctx: &Context) {
        let title = match &self.snapshot.game {
            Some(GameStatus { title, .. }) => format!("{title} – Hotseat"),
            None => "Hotseat".to_owned(),
        };
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    pub(super) fn set_language(&mut self, spoken: Spoken) {
        self.spoken = spoken;
        self.texts = spoken.texts();
        self.font_checked = false;
    }

    /// Chinese without a font for it would be a window full of boxes.
    pub(super) fn check_font(&mut self, ctx: &Context) {
        if std::mem::replace(&mut self.font_checked, true) || self.spoken == Spoken::English {
            return;
        }
        let sample = self.texts.open_game.to_owned();
        if !ctx.fonts_mut(|fonts| fonts.has_glyphs(&theme::regular(14.0), &sample)) {
            self.view.notices.push(Level::Warning, self.texts.no_chinese_font.to_owned());
            self.set_language(Spoken::English);
        }
    }
}
