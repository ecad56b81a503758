//! Tables as text in the dialects that programs write: read, or refused by name. What pandas writes is `DataFrame(x).to_csv(…)` with
//! x = [[5.1, 3.5, 1.4, 0.2], [4.9, 3.0, 1.4, 0.2], [4.7, 3.2, 1.3, 0.2]], pandas 3.1.

mod common;

use common::*;

const X: [f64; 12] = [5.1, 3.5, 1.4, 0.2, 4.9, 3.0, 1.4, 0.2, 4.7, 3.2, 1.3, 0.2];

/// Reads these numbers in so many columns, and says this of them.
#[track_caller]
fn found(bytes: impl AsRef<[u8]>, columns: usize, expected: &[f64], summary: &str) {
    let files = Files::new();
    let found = elbow_data::described(&files.write("a.csv", bytes)).unwrap();
    assert_eq!((found.data.columns(), values(&found.data)), (columns, expected.to_vec()));
    assert_eq!(found.summary, summary);
}

/// The defaults; without index; in another locale; without names; with names and a text index, by tabs.
#[test]
fn as_pandas_writes_them() {
    let of = "3 × 4 values from 0.2 to 5.1";
    let index = "the column without a name left out as an index";
    let whole = ",0,1,2,3\n0,5.1,3.5,1.4,0.2\n1,4.9,3.0,1.4,0.2\n2,4.7,3.2,1.3,0.2\n";
    found(whole, 4, &X, &format!("CSV (names in line 1, {index}), {of}"));
    let plain = "0,1,2,3\n5.1,3.5,1.4,0.2\n4.9,3.0,1.4,0.2\n4.7,3.2,1.3,0.2\n";
    found(plain, 4, &X, &format!("CSV (names in line 1), {of}"));
    let locale = ";0;1;2;3\n0;5,1;3,5;1,4;0,2\n1;4,9;3,0;1,4;0,2\n2;4,7;3,2;1,3;0,2\n";
    found(locale, 4, &X, &format!("CSV (semicolons between columns, decimal commas, names in line 1, {index}), {of}"));
    let tabs = "\tw\tx\ty\tz\na\t5.1\t3.5\t1.4\t0.2\nb\t4.9\t3.0\t1.4\t0.2\nc\t4.7\t3.2\t1.3\t0.2\n";
    found(tabs, 4, &X, &format!("CSV (tabs between columns, names in line 1, {index}), {of}"));
    let headless = "0,5.1,3.5,1.4,0.2\n1,4.9,3.0,1.4,0.2\n2,4.7,3.2,1.3,0.2\n";
    let counted: Vec<f64> = X.chunks(4).zip(0..).flat_map(|(row, k)| [&[f64::from(k)], row].concat()).collect();
    let what = "CSV, 3 × 5 values from 0.0 to 5.1; column 1 counts the rows: as an index it should be left out";
    found(headless, 5, &counted, what);
}

/// Whole numbers below 0, 1, 2, 3 do not tell names from numbers: refused, unless a line above says which.
#[test]
fn names_that_may_be_numbers() {
    let what =
        "line 1 counts the columns from 0, as names by pandas do, but may be numbers; expected names with letters, or none";
    refused("a.csv", "0,1,2,3\n51,35,14,2\n49,30,14,2\n", what);
    refused("a.csv", "0,1\n1,1\n", what);
    let row = [0.0, 1.0, 2.0, 3.0, 51.0, 35.0, 14.0, 2.0];
    found("a,b,c,d\n0,1,2,3\n51,35,14,2\n", 4, &row, "CSV (names in line 1), 2 × 4 values from 0.0 to 51.0");
    found("0,1,2,3\n", 4, &row[..4], "CSV, 1 × 4 values from 0.0 to 3.0");
    found("0\n1\n2\n", 1, &row[..3], "CSV, 3 × 1 values from 0.0 to 2.0");
    found("0,2,1\n1,1,1\n", 3, &[0.0, 2.0, 1.0, 1.0, 1.0, 1.0], "CSV, 2 × 3 values from 0.0 to 2.0");
}

/// Delimiters, decimal commas, comments, marks and ends of lines.
#[test]
fn dialects() {
    let numbers = [1.5, 2.0, -3.25, 4e3];
    let of = "2 × 2 values from -3.25 to 4000.0";
    let cases = [
        ("1.5,2\n-3.25,4e3", ""),
        ("\u{feff}1.5,2\n-3.25,4e3", ""),
        ("1.5, 2\r\n\r\n# note, with commas\r\n-3.25 ,4e3\r\n", ""),
        ("% made by hand\n1.5,2\n  % on\n-3.25,4e3", ""),
        ("1.5,2\r-3.25,4e3\r", ""),
        ("\"1.5\",\"2\"\n\"-3.25\",\"4e3\"\n", ""),
        ("1.5;2\n-3.25;4e3\n", "semicolons between columns"),
        ("sep=;\n1,5;2\n-3,25;4e3\n", "semicolons between columns, decimal commas"),
        ("1.5\t2\n-3.25\t4e3\n", "tabs between columns"),
        ("1,5\t2\n-3,25\t4e3\n", "tabs between columns, decimal commas"),
        ("1.5|2\n-3.25|4e3\n", "bars between columns"),
        ("  1.5   2\n-3.25 4e3 \n", "blanks between columns"),
        ("1,5 2\n-3,25 4e3\n", "blanks between columns, decimal commas"),
        ("\"1,5\",\"2\"\n\"-3,25\",\"4e3\"\n", "decimal commas"),
        ("x;\"y, in m; or so\"\n1.5;2\n-3.25;4e3\n", "semicolons between columns, names in line 1"),
        ("# units\nx y\n1,5 2\n-3,25 4e3\n", "blanks between columns, decimal commas, names in line 2"),
    ];
    for (text, remarks) in cases {
        let format = if remarks.is_empty() { "CSV".to_owned() } else { format!("CSV ({remarks})") };
        found(text, 2, &numbers, &format!("{format}, {of}"));
    }
    found(
        "x\n1,5\n-3,25\n",
        1,
        &[1.5, -3.25],
        "CSV (semicolons between columns, decimal commas, names in line 1), 2 × 1 values from -3.25 to 1.5",
    );
    let files = Files::new();
    assert_eq!(values(&elbow_data::read(&files.write("a.tsv.gz", gzip(b"1\t2\n3\t4\n"))).unwrap()), [1.0, 2.0, 3.0, 4.0]);
}

/// A first line in which something is no number is no line of names for that.
#[test]
fn mistakes_in_the_first_line() {
    refused("a.csv", "5.1,3.5,1.4,O.2\n4.9,3.0,1.4,0.2\n", "line 1, column 4 is `O.2`; expected a finite number");
    refused(
        "a.csv",
        "5.1x,3..5\n4.9,3.0\n",
        "line 1, column 1 is `5.1x`, no number and no name; expected numbers, or names of which one",
    );
    refused("a.csv", "5.1x\n4.9\n", "line 1, column 1 is `5.1x`, no number and no name");
    refused("a.csv", "nan,inf\n1,2\n", "line 1, column 1 is `nan`; expected a finite number");
    refused("a.csv", ",0.5,1\n1,2,3\n", "line 1, column 1 is ``; a value is missing");
    refused("a.csv", "year,2019,2020\n1,2,3\n", "line 1, column 1 is `year`");
    found("label,1x1,1x2\n7,0,9\n", 3, &[7.0, 0.0, 9.0], "CSV (names in line 1), 1 × 3 values from 0.0 to 9.0");
}

#[test]
fn mistakes_below() {
    refused("a.csv", "a,b\n1,2\n\n# three\n1,2,3\n", "line 5 has 3 columns; expected 2, as in line 1");
    refused("a.csv", "a;b\n1,5;2\n1,5;2;3\n", "line 3 has 3 columns; expected 2, as in line 1");
    refused("a.csv", "a b c\n1 5 2 4\n1 5 2 4\n", "line 2 has 4 columns; expected 3, as in line 1");
    refused("a.csv", "1,2\n3,\n", "line 2, column 2 is ``; a value is missing; expected a finite number");
    refused("a.csv", "1,2\n3,NA\n", "line 2, column 2 is `NA`; expected a finite number");
    refused("a.csv", "1;2\n1.234,5;2\n", "line 2, column 1 is `1.234,5`; expected a number without separators of thousands");
    refused("a.csv", "1,2\n3,1e999\n", "line 2, column 2 is `1e999`; expected a finite number");
    refused("a.csv", "# nothing\n\n", "there are no rows");
    refused("a.csv", ["1,", &"9".repeat(100), "x\n"].concat(), &["`", &"9".repeat(40), "…`"].concat());
}

/// UTF-16 with its mark and without, in either order; and what is no text at all.
#[test]
fn what_is_not_utf_8() {
    let wide = |text: &str, mark: &[u8], big: bool| -> Vec<u8> {
        let units = text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
        mark.iter().copied().chain(units).collect()
    };
    for name in ["a.csv", "a.amat"] {
        refused(name, wide("1,2\n", &[0xff, 0xfe], false), "the text is in UTF-16; expected UTF-8");
        refused(name, wide("1,2\n", &[0xfe, 0xff], true), "the text is in UTF-16; expected UTF-8");
        refused(name, wide("1,2\n", &[], false), "there are zero bytes, so this is no text, or one in UTF-16");
    }
    refused("a.csv", b"PK\x03\x04\x14\x00rest", "this is a zip archive (.npz, .xlsx, …)");
    // Names in Latin-1 are names.
    found(b"Gr\xf6\xdfe,b\n1,2\n", 2, &[1.0, 2.0], "CSV (names in line 1), 1 × 2 values from 1.0 to 2.0");
}
