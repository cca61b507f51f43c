//! The environment callback without a core.

use super::*;
use crate::libretro::sys::{self, Argument, GameFile};
use crate::link::message::{self, InvalidVideo, PortDevices};
use std::ffi::c_void;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;

fn environment() -> Environment {
    heard_environment(8).0
}

fn heard_environment(queue: usize) -> (Environment, Receiver<FromCore>) {
    let (out, heard) = std::sync::mpsc::sync_channel(queue);
    let (system, saves) = (Path::new("/system"), Path::new("/saves"));
    (Environment::new(Path::new("/cores/x.so"), system, saves, Options::default(), Spoken::English, out), heard)
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
fn every_call_is_answered_or_has_a_reason_and_null_arguments_are_survived() {
    let mut environment = environment();
    #[allow(unsafe_code)]
    // SAFETY: null is allowed.
    let null = unsafe { Argument::new(std::ptr::null_mut()) };
    for (call, name) in calls::CALLS {
        if *call == sys::RETRO_ENVIRONMENT_GET_CURRENT_SOFTWARE_FRAMEBUFFER {
            // That one is about the ring, and is answered where the ring is.
            continue;
        }
        environment.call(*call, null);
        let answered = environment.answers(*call, null).is_some();
        let reason = refusals::reason(*call);
        assert!(answered != reason.is_some(), "{name}: {reason:?}");
    }
    for command in 0..200 {
        environment.call(command | sys::RETRO_ENVIRONMENT_EXPERIMENTAL, null);
        environment.call(command | sys::RETRO_ENVIRONMENT_PRIVATE, null);
    }
    let seen = environment.calls.seen();
    let unknown = seen.iter().find(|seen| seen.call == 100).expect("it was made");
    assert_eq!((&*unknown.name, unknown.answered, unknown.refused), ("", 0, 1));
    let camera = seen.iter().find(|seen| seen.name == "GET_CAMERA_INTERFACE").expect("it was made");
    assert!(camera.answered == 0 && !camera.reason.is_empty());
}

#[test]
fn the_table_of_calls_has_a_row_for_each_with_a_test_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("docs/environment.md")).expect("the table");
    let sources: String = test_sources(root).collect();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    for (call, name) in calls::CALLS {
        let short = calls::name(*call).expect("a name");
        let row = rows.iter().find(|row| row[0].trim_matches('`') == short);
        let row = row.unwrap_or_else(|| panic!("{name} has no row in docs/environment.md"));
        let [_, number, answer, test] = row[..] else { panic!("{row:?}") };
        assert_eq!(number.parse().ok(), Some(*call & 0xffff), "{name}");
        assert!(!answer.is_empty(), "{name}");
        let test = test.trim_matches('`');
        assert!(sources.contains(&format!("fn {test}(")), "{name}: no test is called {test:?}");
        let refused = refusals::reason(*call);
        assert_eq!(answer.starts_with("no: "), refused.is_some(), "{name}: {answer:?} is not {refused:?}");
        if let Some(reason) = refused {
            assert_eq!(answer, format!("no: {reason}"), "{name}");
        }
    }
    assert_eq!(rows.len(), calls::CALLS.len());
}

/// All files with tests.
fn test_sources(root: &Path) -> impl Iterator<Item = String> {
    let mut folders = vec![root.join("src/libretro"), root.join("src/link"), root.join("tests")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                files.push(path);
            }
        }
    }
    files.into_iter().map(|path| std::fs::read_to_string(path).expect("text"))
}

fn asked<T: Default>(environment: &mut Environment, command: u32) -> Option<T> {
    let mut value = T::default();
    call(environment, command, &mut value).then_some(value)
}

#[test]
fn the_machine_and_the_person_are_told_of_in_short() {
    let mut environment = environment();
    let it = &mut environment;
    assert_eq!(asked::<u32>(it, sys::RETRO_ENVIRONMENT_GET_LANGUAGE), Some(sys::RETRO_LANGUAGE_ENGLISH));
    it.language = Spoken::Chinese;
    assert_eq!(asked::<u32>(it, sys::RETRO_ENVIRONMENT_GET_LANGUAGE), Some(sys::RETRO_LANGUAGE_CHINESE_SIMPLIFIED));
    assert_eq!(asked::<u32>(it, sys::RETRO_ENVIRONMENT_GET_TARGET_SAMPLE_RATE), Some(48_000));
    assert_eq!(asked::<u8>(it, sys::RETRO_ENVIRONMENT_GET_JIT_CAPABLE), Some(1));
    assert_eq!(asked::<u32>(it, sys::RETRO_ENVIRONMENT_GET_SAVESTATE_CONTEXT), Some(0));
    assert_eq!(asked::<u32>(it, sys::RETRO_ENVIRONMENT_GET_DISK_CONTROL_INTERFACE_VERSION), Some(1));
    let memory: sys::retro_memory_status = asked(it, sys::RETRO_ENVIRONMENT_GET_MEMORY_STATUS).expect("Linux says");
    assert!(0 < memory.free && memory.free <= memory.total);
    let power: sys::retro_device_power = asked(it, sys::RETRO_ENVIRONMENT_GET_DEVICE_POWER).expect("a state");
    assert!((-1..=100).contains(&power.percent));
    for folder in [
        sys::RETRO_ENVIRONMENT_GET_SYSTEM_DIRECTORY,
        sys::RETRO_ENVIRONMENT_GET_SAVE_DIRECTORY,
        sys::RETRO_ENVIRONMENT_GET_CORE_ASSETS_DIRECTORY,
        sys::RETRO_ENVIRONMENT_GET_FILE_BROWSER_START_DIRECTORY,
        sys::RETRO_ENVIRONMENT_GET_LIBRETRO_PATH,
        sys::RETRO_ENVIRONMENT_GET_USERNAME,
    ] {
        let mut text: *const std::ffi::c_char = std::ptr::null();
        assert!(call(it, folder, &mut text) && !sys::text(text).is_empty());
    }
}

#[test]
fn interfaces_come_with_their_functions_and_not_newer_than_asked() {
    let mut environment = environment();
    let it = &mut environment;
    let mut vfs = sys::retro_vfs_interface_info { required_interface_version: 3, iface: std::ptr::null_mut() };
    assert!(call(it, sys::RETRO_ENVIRONMENT_GET_VFS_INTERFACE, &mut vfs));
    assert!(vfs.required_interface_version == 4 && !vfs.iface.is_null());
    vfs.required_interface_version = 5;
    assert!(!call(it, sys::RETRO_ENVIRONMENT_GET_VFS_INTERFACE, &mut vfs));
    let perf: sys::retro_perf_callback = asked(it, sys::RETRO_ENVIRONMENT_GET_PERF_INTERFACE).expect("it is there");
    assert!(perf.get_time_usec.is_some() && perf.perf_log.is_some());
    let mut mic = sys::retro_microphone_interface { interface_version: 1, ..Default::default() };
    assert!(call(it, sys::RETRO_ENVIRONMENT_GET_MICROPHONE_INTERFACE, &mut mic) && mic.open_mic.is_some());
    mic.interface_version = 2;
    assert!(!call(it, sys::RETRO_ENVIRONMENT_GET_MICROPHONE_INTERFACE, &mut mic));
    let float: sys::retro_audio_sample_float_callback =
        asked(it, sys::RETRO_ENVIRONMENT_GET_AUDIO_SAMPLE_BATCH_FLOAT).expect("it is there");
    assert!(float.batch.is_some());
    let mut memory = sys::retro_exec_mem_alloc { version: 1, ..Default::default() };
    assert!(call(it, sys::RETRO_ENVIRONMENT_EXEC_MEM_ALLOC, &mut memory));
    assert_eq!(memory.mode, sys::RETRO_EXEC_MEM_MODE_UNRESTRICTED);
    memory.size = 4096;
    assert!(!call(it, sys::RETRO_ENVIRONMENT_EXEC_MEM_ALLOC, &mut memory), "cores make their own");
    let mut negotiation =
        sys::retro_hw_render_context_negotiation_interface { interface_type: 0, interface_version: 2 };
    let support = sys::RETRO_ENVIRONMENT_GET_HW_RENDER_CONTEXT_NEGOTIATION_INTERFACE_SUPPORT;
    assert!(call(it, support, &mut negotiation) && negotiation.interface_version == 0);
}

#[test]
fn content_may_be_wanted_otherwise_by_its_ending() {
    let mut environment = environment();
    let of = |extensions: &'static std::ffi::CStr, need_fullpath| sys::retro_system_content_info_override {
        extensions: extensions.as_ptr(),
        need_fullpath,
        persistent_data: 0,
    };
    let mut all = [of(c"bin|MD", 0), of(c"chd", 255), sys::retro_system_content_info_override::default()];
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_CONTENT_INFO_OVERRIDE, &mut all));
    assert!(!environment.needs_full_path("md", true) && environment.needs_full_path("chd", false));
    assert!(environment.needs_full_path("iso", true) && !environment.needs_full_path("iso", false));

    let mut info: *const sys::retro_game_info_ext = std::ptr::null();
    assert!(!call(&mut environment, sys::RETRO_ENVIRONMENT_GET_GAME_INFO_EXT, &mut info), "nothing is loaded yet");
    environment.set_content(&[Some(GameFile { path: Path::new("/roms/My Game.MD"), archive: None, data: b"data" })]);
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_GAME_INFO_EXT, &mut info));
    let info = sys::follow(info).expect("an info");
    let texts = [info.full_path, info.dir, info.name, info.ext, info.meta].map(sys::text);
    assert_eq!(texts, ["/roms/My Game.MD", "/roms", "My Game", "md", ""]);
    assert!(info.size == 4 && info.persistent_data == 1 && !info.data.is_null() && info.file_in_archive == 0);
    assert!(info.archive_path.is_null() && info.archive_file.is_null());

    let archive = (PathBuf::from("/roms/Set.zip"), "USA/My Game.MD".to_owned());
    let path = Path::new("/roms/Set.zip#USA/My Game.MD");
    environment.set_content(&[Some(GameFile { path, archive: Some(&archive), data: b"data" })]);
    let mut info: *const sys::retro_game_info_ext = std::ptr::null();
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_GAME_INFO_EXT, &mut info));
    let info = sys::follow(info).expect("an info");
    let texts = [info.archive_path, info.archive_file, info.dir, info.name, info.ext].map(sys::text);
    assert_eq!(texts, ["/roms/Set.zip", "USA/My Game.MD", "/roms", "My Game", "md"]);
    assert!(info.file_in_archive == 1 && info.full_path.is_null() && info.size == 4);
}

#[test]
fn what_is_odd_about_states_is_heeded_whichever_number_the_call_has() {
    for number in [sys::RETRO_ENVIRONMENT_SET_SERIALIZATION_QUIRKS, calls::OLD_SET_SERIALIZATION_QUIRKS] {
        let mut environment = environment();
        let mut quirks = u64::from(sys::RETRO_SERIALIZATION_QUIRK_MUST_INITIALIZE);
        assert!(!environment.runs_before_states());
        assert!(call(&mut environment, number, &mut quirks));
        assert!(environment.runs_before_states());
        assert_ne!(quirks & u64::from(sys::RETRO_SERIALIZATION_QUIRK_FRONT_VARIABLE_SIZE), 0);
    }
}

#[test]
fn a_core_that_wants_another_api_than_opengl_is_known_by_what_it_asked_for() {
    let mut environment = environment();
    let wants = |context_type, version_major, version_minor| sys::retro_hw_render_callback {
        context_type,
        version_major,
        version_minor,
        ..sys::retro_hw_render_callback::default()
    };
    let cases = [
        (wants(sys::RETRO_HW_CONTEXT_VULKAN, 1, 0), "Vulkan"),
        (wants(sys::RETRO_HW_CONTEXT_D3D11, 11, 0), "Direct3D"),
        (wants(77, 0, 0), "graphics API 77"),
    ];
    for (mut wanted, name) in cases {
        assert!(!call(&mut environment, sys::RETRO_ENVIRONMENT_SET_HW_RENDER, &mut wanted));
        assert!(wanted.get_proc_address.is_none());
        assert_eq!(environment.no_hardware, Some(NoHardware::NotOffered { api: name.to_owned() }));
    }
    // It draws in memory after all.
    let mut nothing = wants(sys::RETRO_HW_CONTEXT_NONE, 0, 0);
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_HW_RENDER, &mut nothing));
    assert_eq!(environment.no_hardware, None);
}

#[test]
fn callbacks_are_kept_and_taken_back() {
    extern "C" fn nothing() {}
    extern "C" fn status(_active: bool, _percent: u32, _runs_out: bool) {}
    extern "C" fn display() -> bool {
        false
    }
    let mut environment = environment();
    let it = &mut environment;
    let mut audio = sys::retro_audio_callback { callback: Some(nothing), set_state: None };
    assert!(call(it, sys::RETRO_ENVIRONMENT_SET_AUDIO_CALLBACK, &mut audio) && it.audio_callback.is_some());
    audio.callback = None;
    assert!(call(it, sys::RETRO_ENVIRONMENT_SET_AUDIO_CALLBACK, &mut audio) && it.audio_callback.is_none());
    let mut buffer = sys::retro_audio_buffer_status_callback { callback: Some(status) };
    assert!(call(it, sys::RETRO_ENVIRONMENT_SET_AUDIO_BUFFER_STATUS_CALLBACK, &mut buffer));
    assert!(it.buffer_status.is_some());
    let mut shown = sys::retro_core_options_update_display_callback { callback: Some(display) };
    assert!(call(it, sys::RETRO_ENVIRONMENT_SET_CORE_OPTIONS_UPDATE_DISPLAY_CALLBACK, &mut shown));
    assert!(it.options_display.is_some());
    let mut time = sys::retro_frame_time_callback { callback: None, reference: 16_667 };
    assert!(call(it, sys::RETRO_ENVIRONMENT_SET_FRAME_TIME_CALLBACK, &mut time) && it.frame_time.is_some());
    let mut disks = sys::retro_disk_control_callback::default();
    assert!(call(it, sys::RETRO_ENVIRONMENT_SET_DISK_CONTROL_INTERFACE, &mut disks) && it.drive.is_none());
}

#[test]
fn a_picture_that_is_turned_keeps_the_shape_that_was_stated() {
    let mut environment = environment();
    let geometry = |aspect_ratio| sys::retro_game_geometry {
        base_width: 288,
        base_height: 224,
        max_width: 224,
        max_height: 288,
        aspect_ratio,
    };
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_ROTATION, &mut 1u32));
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_GEOMETRY, &mut geometry(0.75)));
    assert_eq!(environment.video.aspect_of(288, 224), 0.75);
    // Nothing stated: the picture's own shape, turned as it is.
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_GEOMETRY, &mut geometry(0.0)));
    assert_eq!(environment.video.aspect_of(288, 224), 224.0 / 288.0);
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
fn motors_leds_sensors_and_capabilities_are_offered() {
    let mut environment = environment();
    let mut rumble = sys::retro_rumble_interface::default();
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_RUMBLE_INTERFACE, &mut rumble));
    assert!(rumble.set_rumble_state.is_some());
    let mut led = sys::retro_led_interface::default();
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_LED_INTERFACE, &mut led));
    assert!(led.set_led_state.is_some());
    let mut sensors = sys::retro_sensor_interface::default();
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_SENSOR_INTERFACE, &mut sensors));
    assert!(sensors.set_sensor_state.is_some() && sensors.get_sensor_input.is_some());
    let mut capabilities = 0u64;
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_INPUT_DEVICE_CAPABILITIES, &mut capabilities));
    assert_eq!(capabilities, 0b111_1110);
}

#[test]
fn a_core_s_texts_go_where_it_wants_and_of_progress_the_newest() {
    use crate::link::message::{CoreMessage, MessageKind};
    let (mut environment, heard) = heard_environment(64);
    let mut say = |text: &std::ffi::CStr, kind, target, progress| {
        let mut message = sys::retro_message_ext {
            msg: text.as_ptr(),
            duration: 1,
            priority: 7,
            level: sys::RETRO_LOG_WARN,
            target,
            type_: kind,
            progress,
        };
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_MESSAGE_EXT, &mut message));
    };
    let (all, osd, log) = (sys::RETRO_MESSAGE_TARGET_ALL, sys::RETRO_MESSAGE_TARGET_OSD, sys::RETRO_MESSAGE_TARGET_LOG);
    let note = sys::RETRO_MESSAGE_TYPE_NOTIFICATION;
    say(c"one\ntwo", note, all, 0);
    say(c"seen", sys::RETRO_MESSAGE_TYPE_NOTIFICATION_ALT, osd, 0);
    say(c"noted", note, log, 0);
    say(c"", note, all, 0);
    say(c"of a newer header", 99, osd, 0);
    for percent in 0..=100 {
        say(c"loading", sys::RETRO_MESSAGE_TYPE_PROGRESS, all, percent);
    }
    say(c"60 fps", sys::RETRO_MESSAGE_TYPE_STATUS, osd, 0);
    let message = |text: &str, kind| {
        let (text, duration_ms) = (text.to_owned(), 500);
        FromCore::Message(CoreMessage { text, kind, level: sys::RETRO_LOG_WARN, priority: 7, duration_ms })
    };
    let logged = |text: &str| FromCore::Log { level: sys::RETRO_LOG_WARN, text: text.into() };
    let told: Vec<FromCore> = heard.try_iter().collect();
    let first = [
        logged("one\ntwo"),
        message("one\ntwo", MessageKind::Note),
        message("seen", MessageKind::Note),
        logged("noted"),
        message("of a newer header", MessageKind::Note),
        message("loading", MessageKind::Progress(Some(0))),
    ];
    assert_eq!(told[..6], first);
    assert_eq!(told.last(), Some(&message("60 fps", MessageKind::Status)), "its first is not late");
    // How many of the hundred came in between depends on the machine; the newest is never lost.
    assert!(told.len() < 107);
    environment.tell_frequent(crate::sync::now() + std::time::Duration::from_secs(1));
    let late = heard.try_iter().last();
    let newest = late.as_ref().or(told.get(told.len() - 2));
    assert_eq!(newest, Some(&message("loading", MessageKind::Progress(Some(100)))));
    let (mut environment, heard) = heard_environment(8);
    let mut unknown = sys::retro_message_ext {
        msg: c"how long?".as_ptr(),
        type_: sys::RETRO_MESSAGE_TYPE_PROGRESS,
        progress: -1,
        ..sys::retro_message_ext::default()
    };
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_MESSAGE_EXT, &mut unknown));
    assert!(matches!(heard.try_recv(), Ok(FromCore::Message(CoreMessage { kind: MessageKind::Progress(None), .. }))));
    let mut plain = sys::retro_message { msg: c"two seconds".as_ptr(), frames: 120 };
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_MESSAGE, &mut plain));
    let told = heard.try_recv();
    assert!(matches!(told, Ok(FromCore::Message(CoreMessage { duration_ms: 2000, .. }))), "{told:?}");
}

#[test]
fn what_a_core_says_of_machines_of_several_files_is_taken_over() {
    let mut environment = environment();
    let memory = |extension: &'static std::ffi::CStr, id| sys::retro_subsystem_memory_info {
        extension: extension.as_ptr(),
        type_: id,
    };
    let memories = [memory(c"srm", 0x100), memory(c"rtc", 0x101)];
    // A core written in C may leave any byte where a yes or no is meant.
    let rom = |required| sys::retro_subsystem_rom_info {
        desc: c"Game".as_ptr(),
        valid_extensions: c"GB| gbc".as_ptr(),
        need_fullpath: 0,
        block_extract: 0,
        required,
        memory: memories.as_ptr(),
        num_memory: 2,
    };
    let roms = [rom(255), rom(0)];
    let machine = |ident: &'static std::ffi::CStr, num_roms| sys::retro_subsystem_info {
        desc: c"Super Game Boy".as_ptr(),
        ident: ident.as_ptr(),
        roms: roms.as_ptr(),
        num_roms,
        id: 9,
    };
    let mut all = [machine(c"sgb", 2), machine(c"none", 0), sys::retro_subsystem_info::default()];
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_SET_SUBSYSTEM_INFO, &mut all));
    let [machine] = &environment.subsystems[..] else { panic!("{:?}", environment.subsystems) };
    assert_eq!((&*machine.ident, &*machine.name, machine.id), ("sgb", "Super Game Boy", 9));
    assert_eq!(machine.roms[0].extensions, ["gb", "gbc"]);
    assert!(machine.roms[0].required && !machine.roms[1].required);
    let memories: Vec<(usize, u32, bool)> = machine.memories().map(|(at, it)| (at, it.id, it.is_clock())).collect();
    assert_eq!(memories, [(0, 0x100, false), (0, 0x101, true), (1, 0x100, false), (1, 0x101, true)]);
}

#[test]
fn a_game_of_several_files_is_told_of_one_after_another() {
    let mut environment = environment();
    let file = |path: &'static str| GameFile { path: Path::new(path), archive: None, data: b"data" };
    environment.set_content(&[Some(file("/roms/A.gb")), None, Some(file("/other/B.sfc"))]);
    let mut infos: *const sys::retro_game_info_ext = std::ptr::null();
    assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_GAME_INFO_EXT, &mut infos));
    let all = sys::list_of_at_most(infos, 3, |_| false);
    let names: Vec<String> = all.iter().map(|info| sys::text(info.name)).collect();
    assert_eq!(names, ["A", "", "B"]);
    assert_eq!(all.iter().map(|info| info.size).collect::<Vec<_>>(), [4, 0, 4]);
    let mut folder: *const std::ffi::c_char = std::ptr::null();
    call(&mut environment, sys::RETRO_ENVIRONMENT_GET_FILE_BROWSER_START_DIRECTORY, &mut folder);
    assert_eq!(sys::text(folder), "/roms");
}

#[test]
fn what_holds_the_game_back_is_told_as_it_is() {
    let mut environment = environment();
    let mut told = |tempo, stepping| {
        (environment.tempo, environment.stepping) = (tempo, stepping);
        let mut fast = false;
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_FASTFORWARDING, &mut fast));
        let mut state = sys::retro_throttle_state::default();
        assert!(call(&mut environment, sys::RETRO_ENVIRONMENT_GET_THROTTLE_STATE, &mut state));
        (fast, state.mode, state.rate)
    };
    assert_eq!(told(Tempo::Normal, false), (false, sys::RETRO_THROTTLE_NONE, 60.0));
    assert_eq!(told(Tempo::Fast(4), false), (true, sys::RETRO_THROTTLE_FAST_FORWARD, 240.0));
    assert_eq!(told(Tempo::Fast(0), false), (true, sys::RETRO_THROTTLE_FAST_FORWARD, 0.0));
    assert_eq!(told(Tempo::Slow(4), false), (false, sys::RETRO_THROTTLE_SLOW_MOTION, 15.0));
    assert_eq!(told(Tempo::Rewind, false), (false, sys::RETRO_THROTTLE_REWINDING, 60.0));
    assert_eq!(told(Tempo::Normal, true), (false, sys::RETRO_THROTTLE_FRAME_STEPPING, 0.0));
}

#[test]
fn a_core_says_how_fast_it_wants_to_be() {
    let mut environment = environment();
    let mut said = |ratio, fastforward: bool, inhibit_toggle: bool| {
        let mut wanted = sys::retro_fastforwarding_override {
            ratio,
            fastforward: u8::from(fastforward),
            notification: 1,
            inhibit_toggle: u8::from(inhibit_toggle),
        };
        let taken = call(&mut environment, sys::RETRO_ENVIRONMENT_SET_FASTFORWARDING_OVERRIDE, &mut wanted);
        (taken, environment.fast_override)
    };
    let wanted = |fast, factor, inhibit| (true, Some(FastOverride { fast, factor, inhibit }));
    assert_eq!(said(5.0, true, false), wanted(true, Some(5), false));
    assert_eq!(said(0.5, true, false), wanted(true, Some(0), false));
    assert_eq!(said(-1.0, true, true), wanted(true, None, true));
    assert_eq!(said(1e30, true, false), wanted(true, Some(16), false));
    for nonsense in [f32::NAN, f32::INFINITY] {
        assert!(!said(nonsense, false, false).0);
    }
    assert_eq!(said(1.0, false, true), wanted(false, Some(1), true));
    assert_eq!(said(1.0, false, false), (true, None));
}
