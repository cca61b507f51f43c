//! The environment callback without a core.

use super::*;
use crate::libretro::sys::{self, Argument};
use crate::link::message::{self, InvalidVideo, PortDevices};
use std::ffi::c_void;
use std::sync::mpsc::Receiver;

fn environment() -> Environment {
    heard_environment(8).0
}

fn heard_environment(queue: usize) -> (Environment, Receiver<FromCore>) {
    let (out, heard) = std::sync::mpsc::sync_channel(queue);
    let (system, saves) = (Path::new("/system"), Path::new("/saves"));
    (Environment::new(Path::new("/cores/x.so"), system, saves, Options::default(), out), heard)
}

fn news(environment: &mut Environment, heard: &Receiver<FromCore>) -> Vec<FromCore> {
    environment.tell_news();
    heard.try_iter().collect()
}

fn call<T>(environment: &mut Environment, command: u32, value: &mut T) -> bool {
    #[allow(unsafe_code)]
    // SAFETY: a valid, writable T, and each test passes the type of its call.
    let argument = unsafe { Argument::new(std::ptr::from_mut(value).cast::<c_void>()) };
    environment.call(command, argument)
}

#[test]
fn geometry_with_an_absurd_aspect_ratio_falls_back_to_square_pixels() {
    for aspect in [f32::NAN, f32::INFINITY, -1.0, 0.0, 1e9] {
        let mut environment = environment();
        let mut geometry = sys::retro_game_geometry {
            base_width: 320,
            base_height: 240,
            max_width: 1,
            max_height: 1,
            aspect_ratio: aspect,
        };
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_GEOMETRY, &mut geometry));
        assert_eq!(environment.video.aspect_of(320, 240), 320.0 / 240.0);
    }
}

#[test]
fn a_frame_rate_that_is_no_number_is_refused_and_the_old_one_kept() {
    let mut environment = environment();
    for fps in [f64::NAN, 0.0, -60.0, 1e12] {
        let mut info = sys::retro_system_av_info::default();
        info.timing.fps = fps;
        assert!(!call(&mut environment, sys::RETRO_ENVIRONMENT_SET_SYSTEM_AV_INFO, &mut info));
    }
    assert_eq!(environment.video.fps, 60.0);
}

#[test]
fn a_pixel_format_that_does_not_exist_is_refused() {
    let mut environment = environment();
    assert!(!call(&mut environment, sys::RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &mut 7u32));
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &mut 1u32));
    assert_eq!(environment.video.format, PixelFormat::Xrgb8888);
}

#[test]
fn calls_that_we_lack_are_counted_and_null_arguments_survived() {
    let mut environment = environment();
    #[allow(unsafe_code)]
    // SAFETY: null is allowed.
    let null = unsafe { Argument::new(std::ptr::null_mut()) };
    for command in 0..200 {
        environment.call(command, null);
    }
    assert_eq!(environment.missing.get(&199), Some(&1));
    assert!(!environment.missing.contains_key(&sys::RETRO_ENVIRONMENT_SET_VARIABLES));
    for command in 0..200 {
        environment.call(command | sys::RETRO_ENVIRONMENT_EXPERIMENTAL, null);
    }
    assert_eq!(environment.missing.get(&199), Some(&2));
}

fn port(types: &[sys::retro_controller_description]) -> sys::retro_controller_info {
    sys::retro_controller_info { types: types.as_ptr(), num_types: types.len() as u32 }
}

fn offered(names: &[(u32, &str)], plugged: u32) -> PortDevices {
    PortDevices { types: names.iter().map(|(id, name)| (*id, (*name).to_owned())).collect(), plugged }
}

#[test]
fn controllers_are_told_with_their_names_and_what_is_plugged_in() {
    let (mut environment, heard) = heard_environment(8);
    let describe = |desc: &'static std::ffi::CStr, id| sys::retro_controller_description { desc: desc.as_ptr(), id };
    let first = [describe(c"Pa\x01d\n", 1), describe(c"Gun \xff", 260)];
    let second = [describe(c"Pad", 1)];
    let mut info = [port(&first), port(&second), sys::retro_controller_info::default()];
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_CONTROLLER_INFO, &mut info));
    assert_eq!(environment.ports, 2);
    let (pad_and_gun, pad) = ([(1, "Pad"), (260, "Gun \u{fffd}")], [(1, "Pad")]);
    let wanted = vec![offered(&pad_and_gun, 1), offered(&pad, 1)];
    assert_eq!(news(&mut environment, &heard), [FromCore::Controllers(wanted)]);
    assert!(news(&mut environment, &heard).is_empty());

    assert!(environment.plug(0, 260) && environment.plug(1, 0));
    for (port, device) in [(1, 260), (0, 2), (2, 1), (u32::MAX, 1)] {
        assert!(!environment.plug(port, device), "{device} in {port}");
    }
    assert_eq!(environment.plugged(), [260, 0]);
    let wanted = vec![offered(&pad_and_gun, 260), offered(&pad, 0)];
    assert_eq!(news(&mut environment, &heard), [FromCore::Controllers(wanted)]);
}

#[test]
fn a_core_that_names_no_controllers_takes_those_of_libretro() {
    let mut environment = environment();
    assert!(environment.plug(1, sys::RETRO_DEVICE_MOUSE));
    assert!(!environment.plug(1, 7) && !environment.plug(1, 257));
}

#[test]
fn more_controllers_than_there_are_seats_or_names_are_cut() {
    let (mut environment, heard) = heard_environment(8);
    let long = CString::new("x".repeat(3000)).expect("no NUL in it");
    let types = [sys::retro_controller_description { desc: long.as_ptr(), id: 5 }; 40];
    // Without an end mark: no more than eight are looked at.
    let mut info = [port(&types); MAX_SEATS];
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_CONTROLLER_INFO, &mut info));
    let name = "x".repeat(message::MAX_NAME);
    let wanted = vec![offered(&[(5, name.as_str()); message::MAX_DEVICES], 1); MAX_SEATS];
    assert_eq!(news(&mut environment, &heard), [FromCore::Controllers(wanted)]);
}

#[test]
fn controls_are_told_with_their_names() {
    let (mut environment, heard) = heard_environment(8);
    let describe = |port, device, index, id, name: &'static std::ffi::CStr| sys::retro_input_descriptor {
        port,
        device,
        index,
        id,
        description: name.as_ptr(),
    };
    let mut named = [
        describe(0, 1, 0, 8, c"Jump"),
        describe(3, 5, 1, 1, c"Look\tup"),
        describe(9, 1, 0, 0, c"Too far"),
        sys::retro_input_descriptor::default(),
    ];
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_INPUT_DESCRIPTORS, &mut named));
    assert_eq!(environment.ports, MAX_SEATS);
    let control = |seat, device, index, id, name: &str| ControlName { seat, device, index, id, name: name.into() };
    let wanted = vec![control(0, 1, 0, 8, "Jump"), control(3, 5, 1, 1, "Lookup")];
    assert!(news(&mut environment, &heard).contains(&FromCore::Controls(wanted)));

    let mut many = [describe(0, 1, 0, 0, c"B"); message::MAX_CONTROLS];
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_INPUT_DESCRIPTORS, &mut many));
    let wanted = vec![control(0, 1, 0, 0, "B"); message::MAX_CONTROLS];
    assert_eq!(news(&mut environment, &heard), [FromCore::Controls(wanted)]);
}

#[test]
fn what_the_core_asks_for_is_told_once_and_again_only_if_the_queue_was_full() {
    let (mut environment, heard) = heard_environment(1);
    environment.asked_for(sys::RETRO_DEVICE_JOYPAD);
    assert!(matches!(news(&mut environment, &heard)[..], [FromCore::Controllers(_)]));
    environment.asked_for(3 << 8 | sys::RETRO_DEVICE_MOUSE);
    environment.asked_for(sys::RETRO_DEVICE_MOUSE);
    environment.warn(InvalidVideo::Hardware);
    environment.tell_news();
    assert!(matches!(heard.try_iter().collect::<Vec<_>>()[..], [FromCore::Warning(_)]));
    let mut wants = Wants { mouse: true, ..Wants::default() };
    assert_eq!(news(&mut environment, &heard), [FromCore::Wants(wants)]);
    assert!(news(&mut environment, &heard).is_empty());

    extern "C" fn hear(_down: bool, _code: u32, _character: u32, _modifiers: u16) {}
    let mut none = sys::retro_keyboard_callback { callback: None };
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_KEYBOARD_CALLBACK, &mut none));
    assert!(news(&mut environment, &heard).is_empty());
    let mut keyboard = sys::retro_keyboard_callback { callback: Some(hear) };
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_KEYBOARD_CALLBACK, &mut keyboard));
    wants.keyboard = true;
    assert_eq!(news(&mut environment, &heard), [FromCore::Wants(wants)]);
}

#[test]
fn nonsense_about_pictures_is_warned_of_once_and_changes_nothing() {
    let (mut environment, heard) = heard_environment(16);
    environment.set_core_name("Odd core");
    let geometry = |aspect_ratio| sys::retro_game_geometry {
        base_width: 256,
        base_height: 224,
        max_width: 512,
        max_height: 448,
        aspect_ratio,
    };
    let timing = |fps| sys::retro_system_timing { fps, sample_rate: 44_100.0 };
    let mut said = sys::retro_system_av_info { geometry: geometry(1.5), timing: timing(50.0) };
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_SYSTEM_AV_INFO, &mut said));
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &mut 2u32));
    for _ in 0..3 {
        for aspect in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30] {
            call(&mut environment, sys::RETRO_ENVIRONMENT_SET_GEOMETRY, &mut geometry(aspect));
        }
        for fps in [f64::NAN, f64::INFINITY, 0.0, -60.0] {
            let mut wrong = sys::retro_system_av_info { geometry: geometry(1.5), timing: timing(fps) };
            assert!(!call(&mut environment, sys::RETRO_ENVIRONMENT_SET_SYSTEM_AV_INFO, &mut wrong));
        }
        assert!(!call(&mut environment, sys::RETRO_ENVIRONMENT_SET_PIXEL_FORMAT, &mut 77u32));
    }
    let video = environment.video;
    assert_eq!((video.aspect, video.fps, video.format), (1.5, 50.0, PixelFormat::Rgb565));
    let warnings: Vec<String> = heard
        .try_iter()
        .map(|told| match told {
            FromCore::Warning(warning) => warning.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    assert!(warnings.iter().all(|text| text.starts_with("Odd core: it states ")), "{warnings:?}");
}

#[test]
fn without_an_aspect_ratio_the_usual_size_has_it() {
    let mut environment = environment();
    let mut geometry = sys::retro_game_geometry {
        base_width: 256,
        base_height: 224,
        max_width: 512,
        max_height: 448,
        aspect_ratio: 0.0,
    };
    call(&mut environment, sys::RETRO_ENVIRONMENT_SET_GEOMETRY, &mut geometry);
    // Twice as many pixels across on the same screen.
    assert_eq!(environment.video.aspect_of(512, 224), 256.0 / 224.0);
    (geometry.base_width, geometry.base_height) = (0, 0);
    call(&mut environment, sys::RETRO_ENVIRONMENT_SET_GEOMETRY, &mut geometry);
    assert_eq!(environment.video.aspect_of(512, 224), 512.0 / 224.0);
}

#[test]
fn motors_leds_and_capabilities_are_offered() {
    let mut environment = environment();
    let mut rumble = sys::retro_rumble_interface::default();
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_RUMBLE_INTERFACE, &mut rumble));
    assert!(rumble.set_rumble_state.is_some());
    let mut led = sys::retro_led_interface::default();
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_LED_INTERFACE, &mut led));
    assert!(led.set_led_state.is_some());
    let mut capabilities = 0u64;
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_INPUT_DEVICE_CAPABILITIES, &mut capabilities));
    assert_eq!(capabilities, 0b111_1110);
}
