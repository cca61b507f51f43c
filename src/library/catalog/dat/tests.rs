use super::*;
use proptest::prelude::*;

fn read_text(text: &str) -> Result<Dat, String> {
    parse(text.as_bytes().to_vec(), "list.dat".into()).map_err(|error| error.to_string())
}

const LOGIQX: &str = r#"<?xml version="1.0"?>
<!DOCTYPE datafile PUBLIC "-//Logiqx//DTD ROM Management Datafile//EN" "http://www.logiqx.com/Dats/datafile.dtd">
<datafile>
  <header><name>Nintendo - Game Boy &amp; more (Headered) (20260101-000000)</name><description>x</description></header>
  <game name="Tale &amp; Song (USA)"><description>y</description>
    <rom name="Tale &amp; Song (USA).gb" size="32768" crc="0A1B2C3D" md5="x" sha1="00112233445566778899AABBCCDDEEFF00112233"/>
  </game>
  <machine name="Arcade"><rom name="a.u1" crc="1"/><rom name="nothing"/></machine>
</datafile>"#;

const CLRMAMEPRO: &str = r#"clrmamepro (
	name "Sega - Mega Drive - Genesis"
	description "x (y) \"z\""
)
game (
	name "Tale \"of\" (Two) (USA)"
	users 4
	rom ( name "Tale (USA).md" size 1048576 crc 0A1B2C3D sha1 00112233445566778899AABBCCDDEEFF00112233 )
)
game (
	comment "Late"
	rom ( crc 00000002 )
	users 2
)"#;

#[test]
fn both_kinds_of_list_give_names_systems_and_sums() {
    let dat = read_text(LOGIQX).unwrap();
    assert_eq!(dat.system, "Nintendo - Game Boy & more");
    assert_eq!(dat.roms.len(), 2, "what cannot be found by anything is left out");
    assert_eq!((dat.roms[0].game.as_str(), dat.roms[0].crc), ("Tale & Song (USA)", Some(0x0a1b_2c3d)));
    assert_eq!(dat.roms[0].sha1.unwrap()[..3], [0x00, 0x11, 0x22]);
    let dat = read_text(CLRMAMEPRO).unwrap();
    assert_eq!(dat.system, "Sega - Mega Drive - Genesis");
    let found: Vec<_> = dat.roms.iter().map(|it| (it.game.as_str(), it.crc, it.players)).collect();
    assert_eq!(found, [("Tale \"of\" (Two) (USA)", Some(0x0a1b_2c3d), Some(4)), ("Late", Some(2), Some(2))]);
}

#[test]
fn what_is_no_list_or_half_of_one_is_refused_with_its_line() {
    assert_eq!(read_text("<html></html>").unwrap_err(), "list.dat is no list of games.");
    assert_eq!(read_text("some words").unwrap_err(), "list.dat is no list of games.");
    assert_eq!(read_text("").unwrap_err(), "list.dat is no list of games.");
    let half = &LOGIQX[..LOGIQX.len() - 30];
    assert!(read_text(half).unwrap_err().starts_with("list.dat is damaged (line "), "{half}");
    let half = "clrmamepro (\n name \"x\"\n)\ngame (\n name \"a\"\n";
    assert_eq!(read_text(half).unwrap_err(), "list.dat is damaged (line 6): get it again.");
}

#[test]
fn a_list_that_would_do_harm_is_refused() {
    let bomb = r#"<?xml version="1.0"?><!DOCTYPE datafile [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
        <datafile><game name="&b;"><rom crc="1"/></game></datafile>"#;
    assert!(read_text(bomb).unwrap_err().contains("entities"));
    // Without the declaration the name is none.
    let undeclared = r#"<datafile><game name="&b;"><rom crc="1"/></game></datafile>"#;
    assert_eq!(read_text(undeclared).unwrap().roms, []);
    let deep = format!("<datafile>{}", "<game name='x'>".repeat(100_000));
    assert!(read_text(&deep).unwrap_err().contains("deep"));
    let deep = "game ( ".repeat(100_000);
    assert!(read_text(&deep).unwrap_err().contains("deep"));
    let many = format!("<datafile><game name='x'>{}</game></datafile>", "<rom crc='1'/>".repeat(MOST_ROMS + 1));
    assert!(read_text(&many).unwrap_err().contains("400000"));
}

#[test]
fn a_long_list_is_read_whole() {
    let game = |n: u32| format!("game ( name \"Game {n} (USA)\" rom ( size {n} crc {n:08x} ) )\n");
    let list: String = (0..10_000).map(game).collect();
    let dat = read_text(&list).unwrap();
    assert_eq!(dat.roms.len(), 10_000);
    assert_eq!(dat.roms[9_999].crc, Some(9_999));
}

#[test]
fn names_in_latin_1_are_read_as_they_are_meant() {
    for text in [
        "<datafile><game name=\"Caf\u{e9} (France)\"><rom crc=\"1\"/></game></datafile>",
        "game ( name \"Caf\u{e9} (France)\" rom ( crc 1 ) )",
    ] {
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let dat = parse(latin, "list.dat".into()).unwrap();
        assert_eq!(dat.roms[0].game, "Café (France)");
    }
}

#[test]
fn a_name_is_bounded_and_of_one_line() {
    let long = format!("<datafile><game name=\"{}\"><rom crc=\"1\"/></game></datafile>", "é&#10;".repeat(5000));
    let dat = read_text(&long).unwrap();
    assert!(dat.roms[0].game.len() <= LONGEST_NAME && !dat.roms[0].game.contains('\n'));
}

#[test]
fn a_system_is_bounded_however_its_name_is_written() {
    let header = |name: &str| format!("<datafile><header>{}</header></datafile>", name.repeat(2000));
    let text = |name: &str| format!("clrmamepro ( name \"{}\" )", name.repeat(2000));
    for list in [header("<name>&amp;</name>"), header("<name>é&#10;</name>"), header("<name>&#233;</name>"), text("é")]
    {
        let dat = read_text(&list).unwrap();
        assert!((LONGEST_NAME - 1..=LONGEST_NAME).contains(&dat.system.len()), "{}", dat.system.len());
        assert!(!dat.system.contains('\n'));
    }
}

#[test]
fn of_an_element_with_endless_attributes_the_first_are_read() {
    let more: String = (0..100).map(|n| format!(" a{n}='1'")).collect();
    let list = |rom: &str| format!("<datafile><game name='x'><rom {rom}/></game></datafile>");
    assert_eq!(read_text(&list(&format!("crc='1'{more}"))).unwrap().roms.len(), 1);
    assert_eq!(read_text(&list(&format!("{more} crc='1'"))).unwrap().roms.len(), 0);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in r#"(<datafile>|<game name=|"|'|&|;|<!|\[|\]|>|game|rom|\(|\)|\\|é|crc|[a-f0-9]| |\n){0,80}"#) {
        let _ = read_text(&text);
    }

    #[test]
    fn nor_do_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(bytes, String::new());
    }
}
