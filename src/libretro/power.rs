//! What the machine runs on, and how much memory it has left: read from Linux's own files, for cores that show a battery or
//! size a cache by it.

use super::sys::{self, retro_device_power, retro_memory_status};
use std::fs;
use std::path::Path;

/// Where Linux lists batteries and mains adapters.
const SUPPLIES: &str = "/sys/class/power_supply";
const MEMORY: &str = "/proc/meminfo";

/// The state now.
pub fn now() -> retro_device_power {
    read(Path::new(SUPPLIES))
}

/// Memory that is free and that there is, in bytes; none where the system does not say.
pub fn memory() -> Option<retro_memory_status> {
    parse_memory(&fs::read_to_string(MEMORY).ok()?)
}

/// What batteries say, added up; those of pads and mice do not count. Without any the machine is plugged in.
fn read(supplies: &Path) -> retro_device_power {
    let unknown = sys::RETRO_POWERSTATE_NO_ESTIMATE;
    let mut power =
        retro_device_power { state: sys::RETRO_POWERSTATE_PLUGGED_IN, seconds: unknown, percent: unknown as i8 };
    let (mut now, mut full, mut draw) = (0u64, 0u64, 0u64);
    for supply in fs::read_dir(supplies).into_iter().flatten().flatten() {
        let text = |name: &str| {
            let text = fs::read_to_string(supply.path().join(name)).ok()?;
            Some(text.trim().to_owned())
        };
        if text("type").as_deref() != Some("Battery") || text("scope").as_deref() == Some("Device") {
            continue;
        }
        let number = |names: [&str; 2]| names.iter().find_map(|name| text(name)?.parse::<u64>().ok()).unwrap_or(0);
        now = now.saturating_add(number(["energy_now", "charge_now"]));
        full = full.saturating_add(number(["energy_full", "charge_full"]));
        draw = draw.saturating_add(number(["power_now", "current_now"]));
        power.state = match text("status").as_deref() {
            Some("Discharging") => sys::RETRO_POWERSTATE_DISCHARGING,
            Some("Charging") => sys::RETRO_POWERSTATE_CHARGING,
            Some("Full" | "Not charging") => sys::RETRO_POWERSTATE_CHARGED,
            _ => sys::RETRO_POWERSTATE_UNKNOWN,
        };
    }
    if full > 0 {
        power.percent = (now.min(full) as f64 * 100.0 / full as f64).round() as i8;
    }
    if power.state == sys::RETRO_POWERSTATE_DISCHARGING && draw > 0 {
        power.seconds = (now as f64 * 3600.0 / draw as f64).min(f64::from(i32::MAX)) as i32;
    }
    power
}

fn parse_memory(text: &str) -> Option<retro_memory_status> {
    let bytes = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
    };
    Some(retro_memory_status { free: bytes("MemAvailable")?, total: bytes("MemTotal")? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    struct Supplies(PathBuf);

    impl Supplies {
        fn new(name: &str) -> Supplies {
            let folder = std::env::temp_dir().join(format!("hotseat-power-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            Supplies(folder)
        }

        fn add(&self, name: &str, files: &[(&str, &str)]) {
            let folder = self.0.join(name);
            fs::create_dir_all(&folder).unwrap();
            for (name, text) in files {
                fs::write(folder.join(name), format!("{text}\n")).unwrap();
            }
        }
    }

    impl Drop for Supplies {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn told(power: retro_device_power) -> (sys::retro_power_state, i32, i8) {
        (power.state, power.seconds, power.percent)
    }

    #[test]
    fn a_machine_without_a_battery_is_plugged_in() {
        let supplies = Supplies::new("none");
        let wanted = (sys::RETRO_POWERSTATE_PLUGGED_IN, -1, -1);
        assert_eq!(told(read(&supplies.0)), wanted);
        supplies.add("AC", &[("type", "Mains"), ("online", "1")]);
        supplies.add("pad", &[("type", "Battery"), ("scope", "Device"), ("status", "Discharging")]);
        assert_eq!(told(read(&supplies.0)), wanted);
    }

    #[test]
    fn batteries_are_added_up_and_the_time_is_what_is_left_by_the_draw() {
        let supplies = Supplies::new("two");
        let battery = |now, full| {
            [
                ("type", "Battery"),
                ("status", "Discharging"),
                ("energy_now", now),
                ("energy_full", full),
                ("power_now", "5000"),
            ]
        };
        supplies.add("BAT0", &battery("10000", "30000"));
        supplies.add("BAT1", &battery("20000", "30000"));
        assert_eq!(told(read(&supplies.0)), (sys::RETRO_POWERSTATE_DISCHARGING, 3 * 3600, 50));
    }

    #[test]
    fn nonsense_from_the_system_is_survived() {
        let supplies = Supplies::new("nonsense");
        let files =
            [("type", "Battery"), ("status", "?"), ("charge_now", "18446744073709551615"), ("charge_full", "-1")];
        supplies.add("BAT0", &files);
        assert_eq!(told(read(&supplies.0)), (sys::RETRO_POWERSTATE_UNKNOWN, -1, -1));
        assert!(parse_memory("MemTotal: lots kB\nMemAvailable: 99999999999999999999 kB\n").is_none());
        let memory = parse_memory("MemTotal:       100 kB\nMemFree: 1 kB\nMemAvailable:    40 kB\n").unwrap();
        assert_eq!((memory.free, memory.total), (40 << 10, 100 << 10));
    }
}
