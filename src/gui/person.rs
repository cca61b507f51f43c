//! A person's row, and the menu with everything that the host may do about that person.

use super::icons::Icon;
use super::local_players::{Device, LocalGuest};
use super::people::{self, DraggedPeer};
use super::theme;
use super::view::{Action, Model};
use super::widgets;
use crate::engine::{Command, PeerStatus};
use crate::input::Seat;
use crate::room::{Muting, PeerId, Permission, RoomCommand, SeatChange};
use crate::session::connection::PathKind;
use crate::text::{Texts, fill};
use egui::{ComboBox, Ui};

/// In points.
const MENU_WIDTH: f32 = 224.0;

/// A person in the room, as the host sees them.
#[derive(Clone, Copy)]
pub(super) enum Person<'a> {
    Host,
    /// At the host's machine, with the device that is played with where that is known.
    LocalGuest(Option<Device>),
    Peer(&'a PeerStatus),
    /// A peer whose connection is lost and whose seat is kept.
    Away(PeerId),
}

impl Person<'_> {
    /// Identifies the row, wherever it stands in the list.
    fn key(self) -> impl std::hash::Hash + std::fmt::Debug {
        match self {
            Person::Host => (0, PeerId::default(), None),
            Person::LocalGuest(device) => (1, PeerId::default(), device),
            Person::Peer(peer) => (2, peer.id, None),
            Person::Away(id) => (2, id, None),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SeatUse {
    Taken,
    Free,
}

pub(super) fn plate(ui: &mut Ui, model: &Model, seat: Seat, seat_use: SeatUse) {
    let text = fill(model.texts.seat, &[("n", &seat.to_string())]);
    let color = theme::player(seat);
    let taken = seat_use == SeatUse::Taken;
    let lit = taken && model.snapshot.activity.contains(seat);
    widgets::badge(ui, &text, if taken { color } else { color.gamma_multiply(0.35) }, lit);
}

pub(super) fn row(
    ui: &mut Ui,
    model: &Model,
    seat: Option<Seat>,
    name: &str,
    person: Person<'_>,
    actions: &mut Vec<Action>,
) {
    // For a moment it may not be known which local guest this is, and there may be two such rows: no menu, no key.
    if let Person::LocalGuest(None) = person {
        row_content(ui, model, seat, name, person, actions);
    } else {
        widgets::keyed(ui, (person.key(), seat), |ui| row_content(ui, model, seat, name, person, actions));
    }
}

fn row_content(
    ui: &mut Ui,
    model: &Model,
    seat: Option<Seat>,
    name: &str,
    person: Person<'_>,
    actions: &mut Vec<Action>,
) {
    let texts = model.texts;
    let (under, color) = match person {
        Person::Host => (None, theme::TEXT_WEAK),
        Person::LocalGuest(_) => (Some(texts.at_this_machine.to_owned()), theme::TEXT_WEAK),
        Person::Away(_) => (Some(texts.away.to_owned()), theme::WARNING),
        Person::Peer(peer) if peer.stats.is_some_and(|stats| stats.loss > 0.03) => {
            (Some(connection(texts, peer)), theme::WARNING)
        }
        Person::Peer(peer) => (Some(connection(texts, peer)), theme::TEXT_WEAK),
    };
    widgets::row(
        ui,
        if under.is_some() { 40.0 } else { 34.0 },
        |ui| {
            if let Person::Peer(peer) = person {
                people::drag_handle(ui, ui.max_rect(), name, DraggedPeer { peer: peer.id, from: seat });
            }
            if let Some(seat) = seat {
                plate(ui, model, seat, SeatUse::Taken);
                ui.add_space(2.0);
            }
            if matches!(person, Person::Peer(peer) if peer.muted) {
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
        |ui| match person {
            Person::Host => {
                let button = people::menu_button(ui, texts.more_for_you);
                widgets::menu(&button, "host", MENU_WIDTH, |ui| host_menu(ui, model, name, actions));
            }
            Person::Peer(peer) => {
                let button = people::menu_button(ui, &fill(texts.more_for, &[("name", &peer.name)]));
                // A peer on several seats has one menu for all of its rows.
                if seat == peer.seats.first().copied() {
                    widgets::menu(&button, peer.id, MENU_WIDTH, |ui| peer_menu(ui, model, peer, actions));
                } else if button.clicked() {
                    egui::Popup::toggle_id(ui.ctx(), widgets::menu_id(peer.id));
                }
            }
            Person::LocalGuest(Some(device)) => {
                let button = people::menu_button(ui, &fill(texts.more_for, &[("name", name)]));
                widgets::menu(&button, device, MENU_WIDTH, |ui| local_guest_menu(ui, model, device, actions));
            }
            Person::LocalGuest(None) => {}
            Person::Away(id) => {
                let button = people::menu_button(ui, &fill(texts.more_for, &[("name", name)]));
                widgets::menu(&button, (id, seat), MENU_WIDTH, |ui| away_menu(ui, texts, id, name, seat, actions));
            }
        },
    );
}

/// What is plugged into a seat, where the core leaves a choice.
pub(super) fn device(ui: &mut Ui, model: &Model, seat: Seat, actions: &mut Vec<Action>) {
    let Some(devices) = model.snapshot.game.as_ref().and_then(|game| game.devices.get(seat.index())) else { return };
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
        // A gun is for one game, seldom for another.
        let device = (device_key(seat.index() as u32), chosen.to_string());
        let edit = LayerEdit::Set(vec![device]);
        actions.push(Action::Engine(Command::Layer { kind: LayerKind::Settings, layer: Layer::Game, edit }));
    }
}

fn peer_menu(ui: &mut Ui, model: &Model, peer: &PeerStatus, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let mut room = |command| actions.push(Action::room(command));
    menu_heading(ui, &peer.name);
    widgets::section(ui, texts.plays_as);
    seats(
        ui,
        model,
        |seat| peer.seats.contains(&seat),
        |seat, change| room(RoomCommand::AssignSeat { peer: peer.id, seat, change }),
    );
    if ui.add_enabled(!peer.seats.is_empty(), egui::Button::new(texts.watch_only)).clicked() {
        peer.seats
            .iter()
            .for_each(|&seat| room(RoomCommand::AssignSeat { peer: peer.id, seat, change: SeatChange::Unseat }));
        ui.close();
    }
    ui.separator();
    widgets::section(ui, texts.may);
    for permission in Permission::ALL {
        let mut on = peer.permissions.has(permission);
        if ui.checkbox(&mut on, people::permission_text(texts, permission)).changed() {
            room(RoomCommand::SetPermissions(peer.id, peer.permissions.with(permission, on)));
        }
    }
    ui.separator();
    let mut muted = peer.muted;
    if ui.checkbox(&mut muted, texts.silence).on_hover_text(texts.silence_tip).changed() {
        room(RoomCommand::SetMuting(peer.id, if muted { Muting::Muted } else { Muting::Unmuted }));
    }
    removal(ui, texts, peer.id, &peer.name, actions);
}

/// Whose menu it is: rows may move under the open menu meanwhile.
fn menu_heading(ui: &mut Ui, name: &str) {
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

fn away_menu(ui: &mut Ui, texts: &Texts, id: PeerId, name: &str, seat: Option<Seat>, actions: &mut Vec<Action>) {
    menu_heading(ui, name);
    if let Some(seat) = seat
        && ui.button(texts.free_it).clicked()
    {
        actions.push(Action::room(RoomCommand::AssignSeat { peer: id, seat, change: SeatChange::Unseat }));
        ui.close();
    }
    ui.separator();
    removal(ui, texts, id, name, actions);
}

fn local_guest_menu(ui: &mut Ui, model: &Model, device: Device, actions: &mut Vec<Action>) {
    let Some(guest) = model.local_players.guests.get(&device) else { return };
    menu_heading(ui, &guest.name);
    widgets::section(ui, model.texts.plays_as);
    let mut chosen = None;
    seats(ui, model, |seat| guest.seat == seat, |seat, change| chosen = (change == SeatChange::Seat).then_some(seat));
    if let Some(seat) = chosen {
        let mut local_players = model.local_players.clone();
        local_players.guests.insert(device, LocalGuest { seat, name: guest.name.clone() });
        actions.push(Action::LocalPlayers(local_players));
        ui.close();
    }
}

fn host_menu(ui: &mut Ui, model: &Model, name: &str, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let mut sit = |host| {
        let mut local_players = model.local_players.clone();
        local_players.host = host;
        actions.push(Action::LocalPlayers(local_players));
    };
    menu_heading(ui, name);
    widgets::section(ui, texts.plays_as);
    let mut chosen = None;
    seats(
        ui,
        model,
        |seat| model.local_players.host == Some(seat),
        |seat, change| {
            chosen = Some((change == SeatChange::Seat).then_some(seat));
        },
    );
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

fn seats(ui: &mut Ui, model: &Model, holds: impl Fn(Seat) -> bool, mut change: impl FnMut(Seat, SeatChange)) {
    ui.horizontal_wrapped(|ui| {
        for seat in model.snapshot.seats.iter().map(|seat| seat.seat) {
            let (on, name) = (holds(seat), people::player(model.texts, seat));
            let text = fill(model.texts.seat, &[("n", &seat.to_string())]);
            if widgets::seat_toggle(ui, &text, &name, on, theme::player(seat)) {
                change(seat, if on { SeatChange::Unseat } else { SeatChange::Seat });
            }
        }
    });
}

fn connection(texts: &Texts, peer: &PeerStatus) -> String {
    let stats = peer.stats.unwrap_or_default();
    let ping = stats.round_trip.map_or_else(
        || texts.ping_unknown.to_owned(),
        |time| fill(texts.milliseconds, &[("n", &format!("{:.0}", time.as_secs_f64() * 1000.0))]),
    );
    let mut parts = vec![ping, people::rate(texts, stats.kbit_s)];
    if stats.loss >= 0.005 {
        parts.push(fill(texts.lost, &[("n", &format!("{:.0}", stats.loss * 100.0))]));
    }
    // What is as usual needs no word.
    let path = stats.path.and_then(|path| match path.kind {
        PathKind::Local => None,
        PathKind::Internet => Some(texts.path_internet),
        PathKind::Relayed => Some(texts.path_relayed),
        PathKind::Tcp => Some(texts.path_tcp),
    });
    parts.extend(path.map(str::to_owned));
    if peer.muted {
        parts.insert(0, texts.silenced.to_owned());
    }
    parts.join(" · ")
}
