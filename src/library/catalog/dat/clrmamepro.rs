//! clrmamepro's text, in which libretro-database has its lists: `game ( name "..." rom ( name "..." size 1 crc 00000000 sha1 ... ) )`.

use super::{DEEPEST, Dat, DatRom, Fault, MOST_ROMS, bounded, crc, is_findable, players, sha1};

/// What the text is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token<'a> {
    Open,
    Close,
    Word(&'a str),
}

struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = &self.text[self.at..];
        let begin = self.at + (rest.len() - rest.trim_start().len());
        let rest = &self.text[begin..];
        let (token, length) = match rest.chars().next()? {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '"' => {
                let (word, escaped) = quoted(&rest[1..]);
                (Token::Word(word), 1 + escaped)
            }
            _ => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (Token::Word(&rest[..end]), end)
            }
        };
        self.at = begin + length;
        Some(token)
    }
}

/// Up to the closing mark on the same line, and how long that is with the mark. A mark behind a backslash belongs to the text.
fn quoted(rest: &str) -> (&str, usize) {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if bytes.get(at + 1) == Some(&b'"') => at += 2,
            b'"' => return (&rest[..at], at + 1),
            b'\n' => return (&rest[..at], at),
            _ => at += 1,
        }
    }
    (rest, rest.len())
}

/// Where a value belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Header,
    Game,
    Rom,
    Other,
}

pub(super) fn parse(text: &str) -> Result<Dat, Fault> {
    let mut tokens = Tokens { text, at: 0 };
    let mut dat = Dat::default();
    let mut open: Vec<Block> = Vec::new();
    let (mut game, mut first_rom) = (DatRom::default(), 0);
    let mut rom = DatRom::default();
    let mut any = false;
    let mut key: Option<&str> = None;
    while let Some(token) = tokens.next() {
        match (token, key.take()) {
            (Token::Open, word) => {
                if open.len() >= DEEPEST {
                    return Err(Fault::TooDeep);
                }
                let block = match (open.as_slice(), word) {
                    ([], Some("clrmamepro" | "emulator")) => Block::Header,
                    ([], Some("game" | "machine" | "resource")) => Block::Game,
                    ([Block::Game], Some("rom" | "disk")) => Block::Rom,
                    ([], None) => return Err(Fault::NotAList),
                    _ => Block::Other,
                };
                match block {
                    Block::Game => (game, first_rom) = (DatRom::default(), dat.roms.len()),
                    Block::Rom => rom = DatRom::default(),
                    Block::Header | Block::Other => {}
                }
                any |= block != Block::Other;
                open.push(block);
            }
            (Token::Close, _) => match open.pop() {
                None => return Err(Fault::Damaged(tokens.at)),
                Some(Block::Rom) if is_findable(&rom) => {
                    if dat.roms.len() >= MOST_ROMS {
                        return Err(Fault::TooMany);
                    }
                    dat.roms.push(std::mem::take(&mut rom));
                }
                // Its name may stand behind its files.
                Some(Block::Game) => {
                    for it in &mut dat.roms[first_rom..] {
                        it.game.clone_from(&game.game);
                        it.players = game.players;
                    }
                }
                Some(_) => {}
            },
            (Token::Word(value), Some(key)) => match open.last() {
                Some(Block::Header) if key == "name" => dat.system = bounded(&unescaped(value)),
                // Lists about one thing, such as the players, call the game's name a comment.
                Some(Block::Game) if key == "name" || (key == "comment" && game.game.is_empty()) => {
                    game.game = bounded(&unescaped(value));
                }
                Some(Block::Game) if key == "users" => game.players = players(value),
                Some(Block::Rom) => match key {
                    "size" => rom.size = value.parse().ok(),
                    "crc" => rom.crc = crc(value),
                    "sha1" => rom.sha1 = sha1(value),
                    _ => {}
                },
                _ => {}
            },
            (Token::Word(word), None) => key = Some(word),
        }
    }
    match (any, open.is_empty()) {
        (false, _) => Err(Fault::NotAList),
        (true, false) => Err(Fault::Damaged(text.len())),
        (true, true) => Ok(dat),
    }
}

fn unescaped(text: &str) -> String {
    text.replace("\\\"", "\"")
}
