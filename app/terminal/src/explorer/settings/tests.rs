//! Settings: what is right comes back, and what is wrong is told with its place.

use proptest::prelude::*;
use ratatui::style::Color;

use super::actions::actions;
use super::*;

const ALL: &str = r##"
glyphs = "half"
color  = 256
frames = 30
ground = "light"
palette = ["#56b4e9", 178, "light-red", "#fa0"]

[keys]
pause = ["space", "G"]
quit  = "ctrl-q"
show-all = []

[symbols]
cross = "x"
"##;

fn read(text: &str) -> Result<Settings, String> {
    parse("explorer.toml", text, &actions()).map_err(|wrong| Trouble::Wrong(wrong).render(false))
}

#[test]
fn what_is_written_comes_back() {
    let keys = [("pause", vec![Key::Char(' '), Key::Char('G')]), ("quit", vec![Key::Ctrl('q')]), ("show-all", vec![])];
    let expected = Settings {
        glyphs: Some(Glyphs::Half),
        color: Some(ColorChoice::Ansi256),
        frames: Some(30),
        ground: Some(Ground::Light),
        palette: vec![Color::Rgb(0x56, 0xb4, 0xe9), Color::Indexed(178), Color::LightRed, Color::Rgb(0xff, 0xaa, 0)],
        keys: keys.map(|(name, keys)| (name.to_owned(), keys)).to_vec(),
        symbols: vec![("cross".into(), "x".into())],
    };
    assert_eq!(read(ALL), Ok(expected));
    assert_eq!(read(""), Ok(Settings::default()));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let table = [
        ("glyps = \"half\"", "1:1", "did you mean `glyphs`?"),
        ("glyphs = \"brail\"", "1:10", "did you mean `braille`?"),
        ("color = 17", "1:9", "expected one of auto"),
        ("frames = 0", "1:10", "1 … 60"),
        ("frames = 61", "1:10", "1 … 60"),
        ("frames = \"fast\"", "1:10", "expected an integer"),
        ("ground = \"drak\"", "1:10", "did you mean `dark`?"),
        ("palette = \"red\"", "1:11", "expected a list of colours"),
        ("palette = [1, \"gren\"]", "1:15", "did you mean \"green\"?"),
        ("palette = [256]", "1:12", "256 is no colour"),
        ("palette = [\"#12345\"]", "1:12", "is no colour"),
        ("palette = [\"#+12345\"]", "1:12", "is no colour"),
        ("palette = [\"56b4e9\"]", "1:12", "did you mean \"#56b4e9\"?"),
        ("palette = [\"178\"]", "1:12", "write 178 without quotes"),
        ("[keys]\npaus = \"p\"", "2:1", "did you mean `pause`?"),
        ("[keys]\npause = \"pagup\"", "2:9", "did you mean `pageup`?"),
        ("[keys]\npause = [\"G\", \"alt-p\"]", "2:15", "alt is not supported"),
        ("[keys]\nenter = 1", "2:9", "write \"1\""),
        ("[keys]\nquit = []", "2:8", "`quit` needs a key"),
        ("[keys]\npause = \"G\"\nonly = \"G\"", "3:8", "`pause` has it at explorer.toml:2:9"),
        ("[keys]\npause = \"q\"", "2:9", "give `quit` another key in this table"),
        ("[keys]\npause = \"o\"", "2:9", "or `[]` for none"),
        ("keys = 3", "1:8", "expected a table"),
        ("[symbols]\ncross = \"字\"", "2:9", "2 columns wide"),
        ("[symbols]\ncross = \"\"", "2:9", "0 columns wide"),
        ("[symbols]\ncross = \"\\u001b\"", "2:9", "a control character"),
        ("[symbols]\ncros = \"x\"", "2:1", "did you mean `cross`?"),
        ("[keys", "1:6", "unclosed table"),
    ];
    for (text, place, part) in table {
        let told = read(text).expect_err(text);
        assert!(
            told.contains(&format!("explorer.toml:{place}\n")) && told.contains(part) && told.contains('^'),
            "{text}\n{told}"
        );
        assert!(told.ends_with("1 error in the settings"), "{told}");
    }
}

#[test]
fn a_key_may_move_from_one_action_to_another() {
    assert!(read("[keys]\npause = \"o\"\nonly = \"space\"").is_ok());
    assert!(read("[keys]\npause = \"o\"\nonly = []").is_ok());
}

#[test]
fn every_action_has_a_name_of_its_own() {
    let names: Vec<&str> = actions().iter().map(|(name, _)| *name).collect();
    for (index, name) in names.iter().enumerate() {
        assert!(!names[..index].contains(name), "{name} twice");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{name}");
    }
    assert!(["quit", "help"].iter().all(|needed| names.contains(needed)), "keys.rs names them");
}

#[test]
fn the_example_is_right_and_holds_the_defaults() {
    let example = example(&actions());
    assert_eq!(read(&example), Ok(Settings::default()), "{example}");
    let awake: Vec<&str> =
        example.lines().map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line)).collect();
    let settings = read(&awake.join("\n")).expect("every default is right");
    let defaults = crate::explorer::Options::default();
    assert_eq!((settings.glyphs, settings.color), (Some(defaults.glyphs), Some(defaults.color)));
    assert_eq!((settings.frames, settings.ground), (Some(defaults.frames), Some(Ground::default())));
    let theme = crate::explorer::theme::Theme::new(crate::explorer::theme::Depth::True, defaults.glyphs);
    let shown = (0..settings.palette.len()).filter_map(|run| theme.run(run).fg);
    assert!(shown.eq(settings.palette.iter().copied()), "the palette is the theme's");
    let keys: Vec<(String, Vec<Key>)> = actions().iter().map(|(name, keys)| ((*name).to_owned(), keys.to_vec())).collect();
    assert_eq!(settings.keys, keys);
}

#[test]
fn one_key_changes_and_nothing_else() {
    let table = [
        ("", "glyphs = \"half\"\n"),
        ("# mine", "# mine\nglyphs = \"half\"\n"),
        ("# mine\n[keys]\npause = \"p\"\n", "# mine\nglyphs = \"half\"\n[keys]\npause = \"p\"\n"),
        ("# mine\nframes = 3 # slow\n", "# mine\nglyphs = \"half\"\nframes = 3 # slow\n"),
        ("frames = 3\nglyphs   =  'ascii' # old\n", "frames = 3\nglyphs   =  \"half\" # old\n"),
    ];
    for (before, after) in table {
        assert_eq!(edit::set(before, "glyphs", "\"half\""), after);
        assert_eq!(edit::written(after, "glyphs"), Some("\"half\""));
    }
    assert_eq!(edit::written("[keys]\nglyphs = 3", "glyphs"), None);
}

#[test]
fn a_link_to_the_file_stays_a_link() {
    let folder = tempfile::tempdir().expect("a folder");
    let (real, link) = (folder.path().join("real.toml"), folder.path().join("deep/explorer.toml"));
    edit::save(&link, "frames = 1\n").expect("the folder is made");
    std::fs::remove_file(&link).expect("it was there");
    std::fs::write(&real, "").expect("a file");
    std::os::unix::fs::symlink(&real, &link).expect("a link");
    edit::save(&link, "frames = 2\n").expect("it is written");
    assert!(link.is_symlink());
    assert_eq!(std::fs::read_to_string(&real).expect("a file"), "frames = 2\n");
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "[a-z=\"\\[\\]#0-9 \\n.{},é\u{1b}]{0,60}") {
        let _ = read(&text);
        let _ = edit::set(&text, "glyphs", "\"half\"");
    }

    #[test]
    fn a_change_keeps_a_right_file_right(lines in prop::sample::subsequence(ALL.lines().collect::<Vec<_>>(), 0..14)) {
        let text = lines.join("\n");
        let Ok(before) = read(&text) else { return Ok(()) };
        let after = read(&edit::set(&text, "glyphs", "\"ascii\""));
        prop_assert_eq!(after, Ok(Settings { glyphs: Some(Glyphs::Ascii), ..before }));
    }
}
