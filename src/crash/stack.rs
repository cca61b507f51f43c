//! From addresses to files and to names of functions.

use crate::link::Fall;
use object::{Object, ObjectSegment, ObjectSymbol, SymbolKind};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest file that is read for names, in bytes. The map comes from the core, so any file may be named in it.
const LARGEST: u64 = 128 << 20;
/// Of its symbols; MAME has fewer. One name may be many symbols', so the size of the file bounds nothing.
const MOST_SYMBOLS: usize = 200_000;
/// Files that are read for one report.
const MOST_FILES: usize = 32;
/// The longest name that is shown, in characters: those of C++ templates have no end.
const LONGEST_NAME: usize = 300;

/// One place of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub address: u64,
    /// Where that lies in the file that is mapped there.
    pub file: Option<(PathBuf, u64)>,
    /// The address is where it would return to, one past the call.
    returns: bool,
}

/// The stack from where the process fell outwards, without the handler that noted it.
pub fn frames(fall: &Fall) -> Vec<Frame> {
    let fell = fall.stack.iter().position(|address| *address == fall.at);
    let callers = fell.map_or(&fall.stack[..], |index| &fall.stack[index + 1..]);
    let maps: Vec<Mapping> = fall.map.lines().filter_map(Mapping::parse).collect();
    let frame = |address: u64, returns: bool| {
        let inside = if returns { address.saturating_sub(1) } else { address };
        let file = maps
            .iter()
            .find_map(|map| Some((map.file.clone()?, map.offset_of(inside)?.saturating_add(address - inside))));
        Frame { address, file, returns }
    };
    let at = (fall.at != 0).then(|| frame(fall.at, false));
    at.into_iter().chain(callers.iter().filter(|it| **it != 0).map(|it| frame(*it, true))).collect()
}

/// A line of /proc/PID/maps: `7f00-7f10 r-xp 00001000 08:01 7   /path`.
struct Mapping {
    start: u64,
    end: u64,
    offset: u64,
    file: Option<PathBuf>,
}

impl Mapping {
    fn parse(line: &str) -> Option<Mapping> {
        let mut rest = line;
        let mut field = || {
            let (word, after) = rest.trim_start().split_once(' ')?;
            rest = after;
            Some(word)
        };
        let (start, end) = field()?.split_once('-')?;
        field()?;
        let offset = field()?;
        field()?;
        field();
        let number = |text| u64::from_str_radix(text, 16).ok();
        let path = rest.trim();
        let file = path.starts_with('/').then(|| PathBuf::from(path));
        Some(Mapping { start: number(start)?, end: number(end)?, offset: number(offset)?, file })
    }

    fn offset_of(&self, address: u64) -> Option<u64> {
        (self.start..self.end).contains(&address).then(|| (address - self.start).saturating_add(self.offset))
    }
}

/// A function of a file.
struct Function {
    start: u64,
    size: u64,
    name: String,
}

/// Names of functions, by the symbol tables of the files.
#[derive(Default)]
pub struct Names(HashMap<PathBuf, Option<Symbols>>);

struct Symbols {
    /// Where in the file, how long, and at which address it is meant to be.
    segments: Vec<(u64, u64, u64)>,
    functions: Vec<Function>,
}

impl Names {
    /// What a place is called, such as `retro_run+0x1f`; none where the file does not say.
    pub fn name(&mut self, frame: &Frame) -> Option<String> {
        let (file, offset) = frame.file.as_ref()?;
        if !self.0.contains_key(file) && self.0.len() >= MOST_FILES {
            return None;
        }
        let symbols = self.0.entry(file.clone()).or_insert_with(|| Symbols::read(file)).as_ref()?;
        symbols.name(*offset, frame.returns)
    }
}

impl Symbols {
    fn read(path: &Path) -> Option<Symbols> {
        // Anything else could keep whoever opens it waiting.
        let found = fs::metadata(path).ok().filter(|found| found.is_file() && found.len() <= LARGEST)?;
        let mut data = Vec::with_capacity(usize::try_from(found.len()).ok()?);
        File::open(path).ok()?.take(LARGEST).read_to_end(&mut data).ok()?;
        let file = object::File::parse(&data[..]).ok()?;
        let segments = file.segments().map(|it| {
            let (offset, len) = it.file_range();
            (offset, len, it.address())
        });
        let segments = segments.collect();
        let function = |symbol: object::Symbol<'_, '_>| {
            let is_code = symbol.kind() == SymbolKind::Text && symbol.is_definition();
            let name = symbol.name().ok().filter(|name| is_code && !name.is_empty())?;
            Some(Function {
                start: symbol.address(),
                size: symbol.size(),
                name: name.chars().take(LONGEST_NAME).collect(),
            })
        };
        let symbols = file.symbols().chain(file.dynamic_symbols());
        let mut functions: Vec<Function> = symbols.filter_map(function).take(MOST_SYMBOLS).collect();
        functions.sort_by_key(|it| it.start);
        Some(Symbols { segments, functions })
    }

    fn name(&self, offset: u64, returns: bool) -> Option<String> {
        // A call may be a function's last instruction.
        let inside = offset.checked_sub(u64::from(returns))?;
        let address = self.segments.iter().find_map(|(start, len, address)| {
            let into = inside.checked_sub(*start).filter(|into| into < len)?;
            address.checked_add(into)
        })?;
        let before = self.functions.partition_point(|it| it.start <= address);
        let near = self.functions[..before].iter().rev().take(8);
        let function = near.into_iter().find(|it| address - it.start < it.size.max(1))?;
        Some(format!("{}+{:#x}", function.name, address - function.start + u64::from(returns)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stack_begins_where_it_fell_and_every_place_is_found_in_its_file() {
        let map = "1000-3000 r-xp 00000800 08:01 7                          /lib/a b.so\n\
                   3000-4000 rw-p 00000000 00:00 0 \n5000-6000 r-xp 00000000 00:00 0    [vdso]\nnonsense\n-\n";
        let stack = vec![0x5000, 0x5010, 0x1234, 0x3000, 0x3500, 0];
        let fall = Fall { at: 0x1234, stack, map: map.into(), ..Fall::default() };
        let file = |offset| Some((PathBuf::from("/lib/a b.so"), offset));
        let frame = |address, file, returns| Frame { address, file, returns };
        let wanted = [frame(0x1234, file(0xa34), false), frame(0x3000, file(0x2800), true), frame(0x3500, None, true)];
        assert_eq!(frames(&fall), wanted);
    }

    #[test]
    fn a_function_of_this_program_has_its_name() {
        let here = the_stack_begins_where_it_fell_and_every_place_is_found_in_its_file as *const () as u64;
        let map = fs::read_to_string("/proc/self/maps").expect("Linux tells");
        let fall = Fall { at: here + 1, map, ..Fall::default() };
        let name = Names::default().name(&frames(&fall)[0]).expect("it has symbols");
        assert!(name.contains("every_place_is_found") && name.ends_with("+0x1"), "{name}");
    }

    #[test]
    fn what_is_no_program_has_no_names() {
        let mut names = Names::default();
        for file in ["/dev/zero", "/proc/self/maps", "/nowhere", "/etc/passwd", "/"] {
            let frame = Frame { address: 1, file: Some((file.into(), 1)), returns: true };
            assert_eq!(names.name(&frame), None, "{file}");
        }
    }
}
