//! One person's row, and the menu with everything that the host may do about them.

use super::icons::Icon;
use super::local_players::{Device, LocalGuest};
use super::people::{self, Dragged};
use super::theme;
use super::view::{Action, Model};
use super::widgets;
use crate::engine::{Command, PeerStatus};
use crate::net::RoomCommand;
use crate::room::{PeerId, Right};
use crate::text::{Texts, fill};
use egui::{ComboBox, Ui};

/// How wide the menus are, in points.
const MENU_WIDTH: f32 = 224.0;

/// Somebody in the room, as the host sees them.
#[derive(Clone, Copy)]
pub(super) enum Who<'a> {
    /// The host.
    Host,
    /// Somebody else at the host's machine, with what they play with where that is known.
    LocalGuest(Option<Device>),
    /// Somebody in a browser.
    Peer(&'a PeerStatus),
    /// Their connection is lost and their seat is kept.
    Away(PeerId),
}

impl Who<'_> {
    /// What makes their row theirs.
    fn key(self) -> impl std::hash::Hash + std::fmt::Debug {
        match self {
            Who::Host => (0, 0, None),
            Who::LocalGuest(device) => (1, 0, device),
            Who::Peer(peer) => (2, peer.id, None),
            Who::Away(id) => (2, id, None),
        }
    }
}

pub(super) fn plate(ui: &mut Ui, model: &Model, seat: usize, held: bool) {
    let text = fill(model.texts.seat, &[("n", &(seat + 1).to_string())]);
    let color = theme::player(seat);
    let lit = held && model.snapshot.lights >> seat & 1 == 1;
    widgets::badge(ui, &text, if held { color } else { color.gamma_multiply(0.35) }, lit);
}

pub(super) fn row(
    ui: &mut Ui,
    model: &Model,
    seat: Option<usize>,
    name: &str,
    who: Who<'_>,
    actions: &mut Vec<Action>,
) {
    // A moment of uncertainty about who is who: nothing to click then, and perhaps two of them.
    if let Who::LocalGuest(None) = who {
        one_row(ui, model, seat, name, who, actions);
    } else {
        widgets::keyed(ui, (who.key(), seat), |ui| one_row(ui, model, seat, name, who, actions));
    }
}

fn one_row(ui: &mut Ui, model: &Model, seat: Option<usize>, name: &str, who: Who<'_>, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let (under, color) = match who {
        Who::Host => (None, theme::TEXT_WEAK),
        Who::LocalGuest(_) => (Some(texts.at_this_machine.to_owned()), theme::TEXT_WEAK),
        Who::Away(_) => (Some(texts.away.to_owned()), theme::WARNING),
        Who::Peer(peer) if peer.loss > 0.03 => (Some(connection(texts, peer)), theme::WARNING),
        Who::Peer(peer) => (Some(connection(texts, peer)), theme::TEXT_WEAK),
    };
    widgets::row(
        ui,
        if under.is_some() { 40.0 } else { 34.0 },
        |ui| {
            if let Who::Peer(peer) = who {
                people::drag(ui, ui.max_rect(), name, Dragged { peer: peer.id, from: seat });
            }
            if let Some(seat) = seat {
                plate(ui, model, seat, true);
                ui.add_space(2.0);
            }
            if matches!(who, Who::Peer(peer) if peer.muted) {
                widgets::icon(ui, Icon::Muted, 16.0, theme::WARNING);
            }
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                ui.add_space(if under.is_some() { 2.0 } else { 8.0 });
                widgets::line(ui, name, theme::regular(14.0), theme::TEXT);
                if let Some(under) = &under {
                    widgets::line(ui, under, theme::regular(12.0), color);
                }
            });
        },
        |ui| match who {
            Who::Host => {
                let button = people::more(ui, texts.more_for_you);
                widgets::menu(&button, "host", MENU_WIDTH, |ui| of_host(ui, model, name, actions));
            }
            Who::Peer(peer) => {
                let button = people::more(ui, &fill(texts.more_for, &[("name", &peer.name)]));
                // One menu for all rows of somebody on several seats.
                if seat == peer.seats.first().copied() {
                    widgets::menu(&button, peer.id, MENU_WIDTH, |ui| of_peer(ui, model, peer, actions));
                } else if button.clicked() {
                    egui::Popup::toggle_id(ui.ctx(), widgets::menu_id(peer.id));
                }
            }
            Who::LocalGuest(Some(device)) => {
                let button = people::more(ui, &fill(texts.more_for, &[("name", name)]));
                widgets::menu(&button, device, MENU_WIDTH, |ui| of_guest(ui, model, device, actions));
            }
            Who::LocalGuest(None) => {}
            Who::Away(id) => {
                let button = people::more(ui, &fill(texts.more_for, &[("name", name)]));
                widgets::menu(&button, (id, seat), MENU_WIDTH, |ui| of_away(ui, texts, id, name, seat, actions));
            }
        },
    );
}

/// What is plugged into a seat, where the core leaves a choice.
pub(super) fn device(ui: &mut Ui, model: &Model, seat: usize, actions: &mut Vec<Action>) {
    let Some(devices) = model.snapshot.game.as_ref().and_then(|game| game.devices.get(seat)) else { return };
    if devices.types.len() < 2 {
        return;
    }
    let called = |id| devices.types.iter().find(|(known, _)| *known == id).map_or("", |(_, name)| name.as_str());
    let mut chosen = devices.plugged;
    ui.horizontal(|ui| {
        ui.add_space(40.0);
        ui.spacing_mut().interact_size.y = 26.0;
        ui.spacing_mut().button_padding.y = 3.0;
        let name = fill(model.texts.device_of, &[("seat", &people::player(model.texts, seat))]);
        let width = (ui.available_width() - 4.0).max(60.0);
        let combo = ComboBox::from_id_salt(("device", seat)).selected_text(called(chosen)).width(width).truncate();
        let combo = combo.show_ui(ui, |ui| {
            for (id, name) in &devices.types {
                ui.selectable_value(&mut chosen, *id, name);
            }
        });
        combo.response.accessible_name(name);
    });
    if chosen != devices.plugged {
        actions.push(Action::Engine(Command::Device { port: seat as u32, id: chosen }));
    }
}

fn of_peer(ui: &mut Ui, model: &Model, peer: &PeerStatus, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let mut room = |command| actions.push(Action::room(command));
    whose(ui, &peer.name);
    widgets::section(ui, texts.plays_as);
    seats(ui, model, |seat| peer.seats.contains(&seat), |seat, on| room(RoomCommand::Sit(peer.id, seat, on)));
    if ui.add_enabled(!peer.seats.is_empty(), egui::Button::new(texts.watch_only)).clicked() {
        peer.seats.iter().for_each(|&seat| room(RoomCommand::Sit(peer.id, seat, false)));
        ui.close();
    }
    ui.separator();
    widgets::section(ui, texts.may);
    for right in Right::ALL {
        let mut on = peer.rights.has(right);
        if ui.checkbox(&mut on, people::right_text(texts, right)).changed() {
            room(RoomCommand::Rights(peer.id, peer.rights.with(right, on)));
        }
    }
    ui.separator();
    let mut muted = peer.muted;
    if ui.checkbox(&mut muted, texts.silence).on_hover_text(texts.silence_tip).changed() {
        room(RoomCommand::Mute(peer.id, muted));
    }
    removal(ui, texts, peer.id, &peer.name, actions);
}

/// The menu is under its button, which another row may have moved under meanwhile.
fn whose(ui: &mut Ui, name: &str) {
    widgets::line(ui, name, theme::semibold(14.0), theme::TEXT);
    ui.separator();
}

fn removal(ui: &mut Ui, texts: &Texts, id: PeerId, name: &str, actions: &mut Vec<Action>) {
    for (text, tip, command) in
        [(texts.kick, texts.kick_tip, RoomCommand::Kick(id)), (texts.ban, texts.ban_tip, RoomCommand::Ban(id))]
    {
        let button = egui::Button::new(egui::RichText::new(text).color(theme::ERROR));
        if ui.add(button).on_hover_text(fill(tip, &[("name", name)])).clicked() {
            actions.push(Action::room(command));
            ui.close();
        }
    }
}

fn of_away(ui: &mut Ui, texts: &Texts, id: PeerId, name: &str, seat: Option<usize>, actions: &mut Vec<Action>) {
    whose(ui, name);
    if let Some(seat) = seat
        && ui.button(texts.free_it).clicked()
    {
        actions.push(Action::room(RoomCommand::Sit(id, seat, false)));
        ui.close();
    }
    ui.separator();
    removal(ui, texts, id, name, actions);
}

fn of_guest(ui: &mut Ui, model: &Model, device: Device, actions: &mut Vec<Action>) {
    let Some(guest) = model.local_players.guests.get(&device) else { return };
    whose(ui, &guest.name);
    widgets::section(ui, model.texts.plays_as);
    let mut chosen = None;
    seats(ui, model, |seat| guest.seat == seat, |seat, on| chosen = on.then_some(seat));
    if let Some(seat) = chosen {
        let mut local_players = model.local_players.clone();
        local_players.guests.insert(device, LocalGuest { seat, name: guest.name.clone() });
        actions.push(Action::LocalPlayers(local_players));
        ui.close();
    }
}

fn of_host(ui: &mut Ui, model: &Model, name: &str, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let mut sit = |host| {
        let mut local_players = model.local_players.clone();
        local_players.host = host;
        actions.push(Action::LocalPlayers(local_players));
    };
    whose(ui, name);
    widgets::section(ui, texts.plays_as);
    let mut chosen = None;
    seats(ui, model, |seat| model.local_players.host == Some(seat), |seat, on| chosen = Some(on.then_some(seat)));
    if let Some(seat) = chosen {
        sit(seat);
        // There is one seat to choose, and the row moves there.
        ui.close();
    }
    if ui.add_enabled(model.local_players.host.is_some(), egui::Button::new(texts.watch_only)).clicked() {
        sit(None);
        ui.close();
    }
}

fn seats(ui: &mut Ui, model: &Model, holds: impl Fn(usize) -> bool, mut change: impl FnMut(usize, bool)) {
    ui.horizontal_wrapped(|ui| {
        for seat in model.snapshot.seats.iter().map(|seat| seat.seat) {
            let (on, name) = (holds(seat), people::player(model.texts, seat));
            let text = fill(model.texts.seat, &[("n", &(seat + 1).to_string())]);
            if widgets::seat_toggle(ui, &text, &name, on, theme::player(seat)) {
                change(seat, !on);
            }
        }
    });
}

fn connection(texts: &Texts, peer: &PeerStatus) -> String {
    let ping = peer.round_trip.map_or_else(
        || texts.ping_unknown.to_owned(),
        |time| fill(texts.milliseconds, &[("n", &format!("{:.0}", time.as_secs_f64() * 1000.0))]),
    );
    let mut parts = vec![ping, people::rate(texts, peer.kbit_s)];
    if peer.loss >= 0.005 {
        parts.push(fill(texts.lost, &[("n", &format!("{:.0}", peer.loss * 100.0))]));
    }
    if peer.muted {
        parts.insert(0, texts.silenced.to_owned());
    }
    parts.join(" · ")
}
