//! Which part of the library is shown: all of it, the favourites, the games of one machine.

use super::super::theme;
use super::super::widgets::Button;
use crate::library::catalog::{Query, short_name};
use crate::text::Texts;
use egui::{ScrollArea, Ui, vec2};

/// The place of what is shown: everything, the favourites, then each machine.
fn place(query: &Query, systems: &[String]) -> usize {
    let system = query.system.as_ref().and_then(|wanted| systems.iter().position(|it| it == wanted));
    match (query.favourites, system) {
        (true, _) => 1,
        (false, Some(at)) => at + 2,
        (false, None) => 0,
    }
}

fn choose(query: &mut Query, systems: &[String], place: usize) {
    query.favourites = place == 1;
    query.system = place.checked_sub(2).and_then(|at| systems.get(at)).cloned();
}

/// The next one, or the one before; behind the last comes the first.
pub(super) fn step(query: &mut Query, systems: &[String], by: isize) {
    let count = systems.len() + 2;
    let next = (place(query, systems) + count).saturating_add_signed(by) % count;
    choose(query, systems, next);
}

pub(super) fn show(ui: &mut Ui, texts: &Texts, query: &mut Query, systems: &[String]) {
    let shown = place(query, systems);
    ScrollArea::horizontal().id_salt("library-tabs").auto_shrink([false, true]).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing = vec2(4.0, 0.0);
            let names = [texts.library_all, texts.library_favourites]
                .into_iter()
                .chain(systems.iter().map(|it| short_name(it)));
            for (at, name) in names.enumerate() {
                let is_shown = at == shown;
                let button = Button::text(name).quiet().selected(is_shown);
                let button = if is_shown { button.color(theme::ACCENT) } else { button };
                let response = ui.add(button);
                if response.clicked() {
                    choose(query, systems, at);
                }
                // By keys it may have moved out of sight.
                if is_shown && ui.memory(|memory| memory.data.get_temp(ui.scope_id()) != Some(at)) {
                    response.scroll_to_me(None);
                    let id = ui.scope_id();
                    ui.memory_mut(|memory| memory.data.insert_temp(id, at));
                }
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_goes_around_all_favourites_and_the_machines() {
        let systems = ["GB".to_owned(), "NES".to_owned()];
        let mut query = Query::default();
        let mut seen = Vec::new();
        for _ in 0..4 {
            step(&mut query, &systems, 1);
            seen.push((query.favourites, query.system.clone()));
        }
        let system = |name: &str| (false, Some(name.to_owned()));
        assert_eq!(seen, [(true, None), system("GB"), system("NES"), (false, None)]);
        step(&mut query, &systems, -1);
        assert_eq!(query.system.as_deref(), Some("NES"));
        // One whose games are gone counts as everything.
        step(&mut query, &[], 1);
        assert!(query.favourites);
    }
}
