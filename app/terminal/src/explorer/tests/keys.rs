//! From bytes to keys, and numbers to words.

use std::time::Duration;

use crate::explorer::key::{Decoder, Key};
use crate::explorer::number::{clock, number};
use crate::explorer::terminal::plain;

fn keys(bytes: &[u8]) -> Vec<Key> {
    let (mut decoder, mut keys) = (Decoder::default(), Vec::new());
    decoder.feed(bytes, &mut keys);
    decoder.idle(&mut keys);
    keys
}

#[test]
fn bytes_are_keys() {
    let table: [(&[u8], &[Key]); 15] = [
        (b"q", &[Key::Char('q')]),
        (b"\x03", &[Key::Ctrl('c')]),
        (b"\r", &[Key::Enter]),
        (b"\t", &[Key::Tab]),
        (b"\x1b", &[Key::Esc]),
        (b"\x7f\x08", &[Key::Backspace, Key::Backspace]),
        (b"\x1b[A\x1bOB", &[Key::Up, Key::Down]),
        (b"\x1b[1;5C", &[Key::Right]),
        (b"\x1b[Z", &[Key::BackTab]),
        (b"\x1b[5~", &[Key::PageUp]),
        (b"\x1b[200~", &[]),
        (b"\x1bq", &[Key::Esc, Key::Char('q')]),
        ("é€".as_bytes(), &[Key::Char('é'), Key::Char('€')]),
        (b"\xff\x80\x00", &[]),
        (b"\x1b[", &[]),
    ];
    for (bytes, expected) in table {
        assert_eq!(keys(bytes), expected, "{bytes:?}");
    }
}

#[test]
fn editing_and_function_keys() {
    let table: [(&[u8], &[Key]); 12] = [
        (b"\x7f\x08", &[Key::Backspace, Key::Backspace]),
        (b"\x1b[2~\x1b[3~", &[Key::Insert, Key::Delete]),
        (b"\x1bOP\x1bOS", &[Key::F(1), Key::F(4)]),
        (b"\x1b[11~\x1b[15~", &[Key::F(1), Key::F(5)]),
        (b"\x1b[17~\x1b[21~", &[Key::F(6), Key::F(10)]),
        (b"\x1b[23~\x1b[24~", &[Key::F(11), Key::F(12)]),
        (b"\x1b[[A\x1b[[E", &[Key::F(1), Key::F(5)]),
        (b"\x1b[1;2P\x1b[15;5~", &[Key::F(1), Key::F(5)]),
        (b"\x1b[5;5~\x1b[3;2~", &[Key::PageUp, Key::Delete]),
        (b"\x1b[16~\x1b[22~\x1b[25~", &[]),
        (b"\x1b[12;40R", &[]),
        (b"\x1b[[A\x1b[A", &[Key::F(1), Key::Up]),
    ];
    for (bytes, expected) in table {
        assert_eq!(keys(bytes), expected, "{bytes:?}");
    }
}

#[test]
fn a_sequence_may_come_in_pieces() {
    let (mut decoder, mut keys) = (Decoder::default(), Vec::new());
    b"\x1b[A".iter().for_each(|&byte| decoder.feed(&[byte], &mut keys));
    assert_eq!(keys, [Key::Up]);
}

#[test]
fn noise_ends() {
    let mut bytes = vec![b'\x1b', b'['];
    bytes.extend([b'1'; 100]);
    bytes.push(b'q');
    assert_eq!(keys(&bytes).last(), Some(&Key::Char('q')));
}

#[test]
fn numbers_stand_still() {
    let table = [
        (0.0, "0"),
        (1.0, "1"),
        (-3.0, "-3"),
        (0.5, "0.5000"),
        (0.00213, "0.0021"),
        (12.3456, "12.346"),
        (-1234.56, "-1234.6"),
        (99999.5, "99999.5"),
        (1e5, "1.00e5"),
        (-4.21e-5, "-4.21e-5"),
        (1e300, "1.00e300"),
        (f64::NAN, "NaN"),
        (f64::NEG_INFINITY, "-inf"),
    ];
    for (value, expected) in table {
        assert_eq!(number(value), expected);
    }
}

#[test]
fn words() {
    assert_eq!(clock(Duration::from_secs(12)), "00:12");
    assert_eq!(clock(Duration::from_secs(3723)), "1:02:03");
    assert_eq!(plain("\x1b[31mred\x1b[0m\tand\x07 plain\r\n"), "red and plain");
}
