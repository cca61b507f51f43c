//! The people in the room: the seats with their holders, the spectators, and the requests for a seat.

use super::icons::Icon;
use super::person::{self, Person, SeatUse};
use super::theme;
use super::view::{Action, Model};
use super::widgets::{self, Button};
use crate::engine::PeerStatus;
use crate::input::Seat;
use crate::room::{PeerId, Permission, RoomCommand, SeatChange, SeatRequest};
use crate::session::protocol::SeatInfo;
use crate::text::{Texts, fill};
use egui::{CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui};

pub(super) fn show(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let (texts, snapshot) = (model.texts, model.snapshot);
    if !snapshot.seats.is_empty() {
        widgets::card(ui, |ui| {
            widgets::section(ui, texts.players);
            for seat in &snapshot.seats {
                let rect =
                    widgets::keyed(ui, ("seat", seat.seat), |ui| seat_rows(ui, model, seat, actions)).response.rect;
                drop_zone(ui, rect, ("seat", Some(seat.seat)), |dragged| dragged.onto(Some(seat.seat), actions));
            }
            if snapshot.peers.is_empty() {
                widgets::explain(ui, texts.nobody_yet);
            }
        });
    }
    let watching: Vec<&PeerStatus> = snapshot.peers.iter().filter(|peer| peer.seats.is_empty()).collect();
    // A game may have fewer seats than the last one: local players whose seat it lacks are listed here.
    let lost = |seat: Seat| seat.index() >= snapshot.seats.len();
    let host_watches = model.local_players.host.is_none_or(lost) && !snapshot.seats.is_empty();
    let guests = model.local_players.present_guests(model.gamepads);
    let guests: Vec<_> = guests.filter(|(_, guest)| !snapshot.seats.is_empty() && lost(guest.seat)).collect();
    if !watching.is_empty() || !guests.is_empty() || host_watches {
        let card = widgets::card(ui, |ui| {
            widgets::section(ui, texts.spectators);
            if host_watches {
                let you = fill(texts.you, &[("name", &model.settings.host_name)]);
                person::row(ui, model, None, &you, Person::Host, actions);
            }
            for (device, guest) in guests {
                person::row(ui, model, None, &guest.name, Person::LocalGuest(Some(device)), actions);
            }
            for peer in watching {
                person::row(ui, model, None, &peer.name, Person::Peer(peer), actions);
                seat_request(ui, model, peer, actions);
            }
        });
        drop_zone(ui, card.response.rect, ("seat", None), |dragged| dragged.onto(None, actions));
    }
    if snapshot.banned > 0 {
        let text = fill(texts.pardon_all, &[("n", &snapshot.banned.to_string())]);
        if ui.add(Button::text(&text).wide()).clicked() {
            actions.push(Action::room(RoomCommand::ClearBans));
        }
    }
}

/// "2.4 Mbit/s" or "640 kbit/s".
pub(super) fn rate(texts: &Texts, kbit_s: u32) -> String {
    if kbit_s >= 1000 {
        fill(texts.mbit, &[("n", &format!("{:.1}", f64::from(kbit_s) / 1000.0))])
    } else {
        fill(texts.kbit, &[("n", &kbit_s.to_string())])
    }
}

/// "Player 2".
pub(super) fn player(texts: &Texts, seat: Seat) -> String {
    fill(texts.player, &[("n", &seat.to_string())])
}

/// The first seat without a holder.
pub(super) fn first_free(seats: &[SeatInfo]) -> Option<Seat> {
    seats.iter().find(|seat| seat.holders.is_empty()).map(|seat| seat.seat)
}

fn seat_rows(ui: &mut Ui, model: &Model, seat: &SeatInfo, actions: &mut Vec<Action>) {
    let (texts, snapshot) = (model.texts, model.snapshot);
    // Of those at this machine, the host is told first.
    let mut host_may_be_here = model.local_players.host == Some(seat.seat);
    let guests = model.local_players.present_guests(model.gamepads);
    let mut guests: Vec<_> = guests.filter(|(_, guest)| guest.seat == seat.seat).collect();
    for holder in &seat.holders {
        let peer = holder.peer.and_then(|id| snapshot.peers.iter().find(|peer| peer.id == id));
        let host = holder.peer.is_none() && std::mem::take(&mut host_may_be_here);
        let you = fill(texts.you, &[("name", &holder.name)]);
        let name = if host { &you } else { &holder.name };
        let person = match (peer, holder.peer) {
            _ if host => Person::Host,
            (Some(peer), _) => Person::Peer(peer),
            (None, Some(id)) => Person::Away(id),
            (None, None) => {
                let place = guests.iter().position(|(_, guest)| guest.name == holder.name);
                Person::LocalGuest(place.map(|place| guests.remove(place).0))
            }
        };
        person::row(ui, model, Some(seat.seat), name, person, actions);
        // A peer on two seats shows its request once.
        if let Some(peer) = peer.filter(|peer| peer.seats.first() == Some(&seat.seat)) {
            seat_request(ui, model, peer, actions);
        }
    }
    if seat.holders.is_empty() {
        widgets::row(
            ui,
            30.0,
            |ui| {
                person::plate(ui, model, seat.seat, SeatUse::Free);
                ui.add_space(2.0);
                widgets::line(ui, texts.free_seat, theme::regular(14.0), theme::TEXT_WEAK.gamma_multiply(0.8));
            },
            |_| (),
        );
    }
    person::device(ui, model, seat.seat, actions);
}

/// The seat that a peer asks for, and a button that gives it.
fn seat_request(ui: &mut Ui, model: &Model, peer: &PeerStatus, actions: &mut Vec<Action>) {
    let texts = model.texts;
    let Some(request) = peer.wants else { return };
    let (text, seat) = match request {
        SeatRequest::Any => (texts.wants_any.to_owned(), first_free(&model.snapshot.seats)),
        SeatRequest::Seat(seat) => (fill(texts.wants_seat, &[("seat", &player(texts, seat))]), Some(seat)),
    };
    let left = |ui: &mut Ui| drop(widgets::line(ui, &text, theme::regular(13.0), theme::WARNING));
    let right = |ui: &mut Ui| {
        let name = fill(texts.seat_them_name, &[("name", &peer.name)]);
        let Some(seat) = seat else { return };
        if ui.add(Button::text(texts.seat_them).primary().named(&name)).on_hover_text(name.as_str()).clicked() {
            actions.push(Action::room(RoomCommand::AssignSeat { peer: peer.id, seat, change: SeatChange::Seat }));
        }
    };
    widgets::keyed(ui, ("seat-request", peer.id), |ui| widgets::row(ui, 34.0, left, right));
}

/// A peer that is dragged from a seat, or from among the spectators.
#[derive(Debug, Clone, Copy)]
pub(super) struct DraggedPeer {
    pub peer: PeerId,
    pub from: Option<Seat>,
}

impl DraggedPeer {
    fn onto(self, to: Option<Seat>, actions: &mut Vec<Action>) {
        if self.from == to {
            return;
        }
        // The new seat first, or the peer would be a spectator for a moment.
        for (seat, change) in [(to, SeatChange::Seat), (self.from, SeatChange::Unseat)] {
            if let Some(seat) = seat {
                actions.push(Action::room(RoomCommand::AssignSeat { peer: self.peer, seat, change }));
            }
        }
    }
}

fn drop_zone(ui: &Ui, rect: Rect, salt: (&str, Option<Seat>), dropped: impl FnOnce(DraggedPeer)) {
    let zone = ui.interact(rect, ui.scope_id().with(salt), Sense::hover());
    if zone.dnd_hover_payload::<DraggedPeer>().is_some() {
        let ring = Stroke::new(1.5, theme::ACCENT);
        ui.painter().rect_stroke(rect.expand(3.0), CornerRadius::same(8), ring, StrokeKind::Outside);
    }
    if let Some(dragged) = zone.dnd_release_payload::<DraggedPeer>() {
        dropped(*dragged);
    }
}

/// Makes a row draggable, and paints a plate with the name under the pointer meanwhile.
pub(super) fn drag_handle(ui: &Ui, rect: Rect, name: &str, dragged: DraggedPeer) {
    // Not focusable: without a pointer, the menu does the same.
    let handle = ui.interact(rect, ui.scope_id().with(("drag", dragged.peer, dragged.from)), Sense::DRAG);
    handle.dnd_set_drag_payload(dragged);
    if !handle.dragged() {
        handle.on_hover_cursor(egui::CursorIcon::Grab);
        return;
    }
    ui.ctx().set_cursor_icon(egui::CursorIcon::Grabbing);
    let Some(at) = ui.ctx().pointer_interact_pos() else { return };
    let layer = egui::LayerId::new(egui::Order::Tooltip, ui.scope_id().with("dragged"));
    let painter = ui.ctx().layer_painter(layer);
    let galley = painter.layout_no_wrap(name.to_owned(), theme::semibold(14.0), theme::ON_ACCENT);
    let plate = Rect::from_min_size(at + egui::vec2(12.0, 4.0), galley.size()).expand2(egui::vec2(10.0, 5.0));
    painter.rect_filled(plate, CornerRadius::same(8), theme::ACCENT);
    painter.galley(plate.center() - galley.size() / 2.0, galley, theme::ON_ACCENT);
}

pub(super) fn permission_text(texts: &Texts, permission: Permission) -> &'static str {
    match permission {
        Permission::Pause => texts.right_pause,
        Permission::States => texts.right_states,
        Permission::Discs => texts.right_discs,
        Permission::Time => texts.right_time,
        Permission::Seats => texts.right_seats,
        Permission::Invite => texts.right_invite,
    }
}

pub(super) fn menu_button(ui: &mut Ui, name: &str) -> egui::Response {
    ui.add(Button::icon(Icon::More, name)).on_hover_text(name)
}
