//! Logiqx XML, which No-Intro and Redump give: `<datafile><header><name/></header><game name=""><rom name="" size="" crc="" sha1=""/></game></datafile>`.

use super::{DEEPEST, Dat, DatRom, Fault, MOST_ROMS, add_bounded, bounded, crc, is_findable, players, sha1};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Of one element that are looked at; real ones have ten. Each is compared with all before it.
const MOST_ATTRIBUTES: usize = 64;

pub(super) fn parse(text: &str) -> Result<Dat, Fault> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut dat = Dat::default();
    let mut open: Vec<Element> = Vec::new();
    let mut game = String::new();
    let mut any = false;
    loop {
        let event = reader.read_event();
        let at = usize::try_from(reader.error_position()).unwrap_or(0);
        match event.map_err(|_| Fault::Damaged(at))? {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err(Fault::TooDeep);
                }
                let element = Element::of(&start);
                take(element, &start, &mut game, &mut dat)?;
                any |= element == Element::Datafile;
                open.push(element);
            }
            Event::Empty(start) => take(Element::of(&start), &start, &mut game, &mut dat)?,
            Event::End(_) => {
                open.pop();
            }
            Event::Text(text) if matches!(open.as_slice(), [.., Element::Header, Element::Name]) => {
                add_bounded(&mut dat.system, &text.decode().unwrap_or_default());
            }
            // Those that are built in; others would have to be declared, which is refused below.
            Event::GeneralRef(reference) if matches!(open.as_slice(), [.., Element::Header, Element::Name]) => {
                if let Ok(Some(c)) = reference.resolve_char_ref() {
                    add_bounded(&mut dat.system, c.encode_utf8(&mut [0; 4]));
                } else if &*reference == b"amp" {
                    add_bounded(&mut dat.system, "&");
                }
            }
            Event::DocType(declaration) if declaration.windows(8).any(|it| it == b"<!ENTITY") => {
                return Err(Fault::Entities);
            }
            Event::Eof if !open.is_empty() => return Err(Fault::Damaged(text.len())),
            Event::Eof if any => return Ok(dat),
            Event::Eof => return Err(Fault::NotAList),
            _ => {}
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Datafile,
    Header,
    Name,
    Game,
    Rom,
    Other,
}

impl Element {
    fn of(start: &BytesStart) -> Element {
        match start.name().as_ref() {
            b"datafile" => Element::Datafile,
            b"header" => Element::Header,
            b"name" => Element::Name,
            b"game" | b"machine" => Element::Game,
            b"rom" | b"disk" => Element::Rom,
            _ => Element::Other,
        }
    }
}

fn take(element: Element, start: &BytesStart, game: &mut String, dat: &mut Dat) -> Result<(), Fault> {
    match element {
        Element::Game => *game = attribute(start, b"name").map(|it| bounded(&it)).unwrap_or_default(),
        Element::Rom => {
            if dat.roms.len() >= MOST_ROMS {
                return Err(Fault::TooMany);
            }
            let of = |name| attribute(start, name);
            let rom = DatRom {
                game: game.clone(),
                size: of(b"size").and_then(|it| it.trim().parse().ok()),
                crc: of(b"crc").and_then(|it| crc(&it)),
                sha1: of(b"sha1").and_then(|it| sha1(&it)),
                players: of(b"users").and_then(|it| players(&it)),
            };
            if is_findable(&rom) && !rom.game.is_empty() {
                dat.roms.push(rom);
            }
        }
        _ => {}
    }
    Ok(())
}

/// What cannot be read of an attribute is as if it were not there.
fn attribute(start: &BytesStart, name: &[u8]) -> Option<String> {
    let found = start.attributes().take(MOST_ATTRIBUTES).flatten().find(|it| it.key.as_ref() == name)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}
