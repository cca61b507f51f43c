//! Who is in the room: the seats and who holds them, and those who watch.

use super::icons::Icon;
use super::text::{Texts, fill};
use super::theme;
use super::view::{Action, Model};
use super::widgets::{self, Button};
use crate::engine::{Command, PeerStatus, SeatStatus, Snapshot};
use egui::Ui;

pub(super) fn show(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let (texts, snapshot) = (model.texts, model.snapshot);
    if !snapshot.seats.is_empty() {
        widgets::card(ui, |ui| {
            widgets::section(ui, texts.players);
            for seat in &snapshot.seats {
                seat_row(ui, texts, snapshot, seat, actions);
            }
            if snapshot.peers.is_empty() {
                widgets::explain(ui, texts.nobody_yet);
            }
        });
    }
    let watching: Vec<&PeerStatus> = snapshot.peers.iter().filter(|peer| peer.seat.is_none()).collect();
    if !watching.is_empty() {
        widgets::card(ui, |ui| {
            widgets::section(ui, texts.spectators);
            for peer in watching {
                person(ui, texts, None, &peer.name, Some(peer), actions);
            }
        });
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

fn seat_row(ui: &mut Ui, texts: &Texts, snapshot: &Snapshot, seat: &SeatStatus, actions: &mut Vec<Action>) {
    let peer = seat.peer.and_then(|id| snapshot.peers.iter().find(|peer| peer.id == id));
    match (&seat.name, seat.peer) {
        (Some(name), None) => person(ui, texts, Some(seat.seat), &fill(texts.you, &[("name", name)]), None, actions),
        (Some(name), Some(_)) => person(ui, texts, Some(seat.seat), name, peer, actions),
        (None, _) => {
            widgets::row(
                ui,
                30.0,
                |ui| {
                    plate(ui, texts, seat.seat, false);
                    ui.add_space(2.0);
                    widgets::line(ui, texts.free_seat, theme::regular(14.0), theme::TEXT_WEAK.gamma_multiply(0.8));
                },
                |_| (),
            );
        }
    }
}

fn plate(ui: &mut Ui, texts: &Texts, seat: usize, held: bool) {
    let text = fill(texts.seat, &[("n", &(seat + 1).to_string())]);
    let color = theme::player(seat);
    widgets::badge(ui, &text, if held { color } else { color.gamma_multiply(0.35) });
}

fn person(
    ui: &mut Ui,
    texts: &Texts,
    seat: Option<usize>,
    name: &str,
    peer: Option<&PeerStatus>,
    actions: &mut Vec<Action>,
) {
    widgets::row(
        ui,
        if peer.is_some() { 40.0 } else { 30.0 },
        |ui| {
            if let Some(seat) = seat {
                plate(ui, texts, seat, true);
                ui.add_space(2.0);
            }
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                ui.add_space(if peer.is_some() { 2.0 } else { 6.0 });
                widgets::line(ui, name, theme::regular(14.0), theme::TEXT);
                if let Some(peer) = peer {
                    let color = if peer.loss > 0.03 { theme::WARNING } else { theme::TEXT_WEAK };
                    widgets::line(ui, &connection(texts, peer), theme::regular(12.0), color);
                }
            });
        },
        |ui| {
            if let Some(peer) = peer {
                let name = fill(texts.kick, &[("name", &peer.name)]);
                let tip = fill(texts.kick_tip, &[("name", &peer.name)]);
                if ui.add(Button::icon(Icon::Kick, &name)).on_hover_text(tip).clicked() {
                    actions.push(Action::Engine(Command::Kick(peer.id)));
                }
            }
        },
    );
}

fn connection(texts: &Texts, peer: &PeerStatus) -> String {
    let ping = peer.round_trip.map_or_else(
        || texts.ping_unknown.to_owned(),
        |time| fill(texts.milliseconds, &[("n", &format!("{:.0}", time.as_secs_f64() * 1000.0))]),
    );
    let mut parts = vec![ping, rate(texts, peer.kbit_s)];
    if peer.loss >= 0.005 {
        parts.push(fill(texts.lost, &[("n", &format!("{:.0}", peer.loss * 100.0))]));
    }
    parts.join(" · ")
}
