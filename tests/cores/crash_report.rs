//! What is known of a crash can be read afterwards.

use crate::common::host::Setup;
use crate::common::{LONG, TempDir, content, until};
use std::path::Path;
use std::sync::Arc;

/// The report of a core that falls in this way, once it has what it is waited for.
fn report(way: &str, code: &str, waited_for: &str) -> String {
    let home = Arc::new(TempDir::new());
    let core = content::c_core(&home, "falling_core");
    std::fs::create_dir_all(home.path().join("games")).expect("a folder");
    let game = home.file("games/Game.fall", way.as_bytes());
    let mut host = Setup::core(&core).content(&game).home(home.clone()).start();
    let died = host.wait_for("core_died", LONG);
    assert_eq!((&died["code"], &died["restarting"]), (&code.into(), &true.into()), "{died}");
    let file = died["report"].as_str().unwrap_or_else(|| panic!("{died}")).to_owned();
    assert!(Path::new(&file).starts_with(home.path().join("data/hotseat/crashes")), "{file}");
    // It is there at once; the names of functions come a moment later.
    let read = || std::fs::read_to_string(&file).expect("the report can be read");
    assert!(read().contains(code), "{}", read());
    let text =
        until(&format!("{waited_for} in {}", read()), LONG, || Some(read()).filter(|text| text.contains(waited_for)));
    for part in
        ["Falling 7.5", "content  Game.fall\n", "sandbox  Landlock", "GET_VARIABLE_UPDATE, 1", "  SET_PIXEL_FORMAT\n"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains(&format!("  about to fall by {way}\n")), "{text}");
    host.wait_for("core_restarted", LONG);
    host.assert_alive();
    text
}

/// The functions of the stack, in their order.
fn stack_has(text: &str, functions: &[&str]) {
    let mut lines = text.lines();
    for function in functions {
        assert!(lines.any(|line| line.contains(&format!(" {function}+0x"))), "{function}: {text}");
    }
}

#[test]
fn a_core_that_reached_for_foreign_memory_is_named_with_the_function_that_did() {
    let text = report("segv", "crash.memory", "retro_run+0x");
    assert!(text.contains("signal   11 (code 1), address 0x8\n"), "{text}");
    stack_has(&text, &["fall_deep_inside", "draw_what_comes_next", "retro_run"]);
    // It begins with what fell, not with the handler that wrote it down.
    let first = text.lines().find(|line| line.starts_with("   0 ")).expect("a stack");
    assert!(first.contains(" fall_deep_inside+0x"), "{text}");
}

#[test]
fn a_core_that_gave_up_is_named_with_the_function_that_did() {
    let text = report("abort", "crash.abort", "retro_run+0x");
    stack_has(&text, &["fall_deep_inside", "draw_what_comes_next", "retro_run"]);
}

#[test]
fn a_core_that_hung_is_named_with_where_it_stood() {
    let text = report("hang", "crash.hung", "retro_run+0x");
    stack_has(&text, &["fall_deep_inside", "draw_what_comes_next", "retro_run"]);
}

#[test]
fn a_core_that_ended_by_itself_has_a_report_without_a_stack() {
    let text = report("exit", "crash.code", "stack");
    assert!(text.contains("none: it did not end by a signal"), "{text}");
}
