//! Every kind of file, and what is said of those that are wrong.

mod common;

use common::*;
use elbow_data::Data;

/// An IDX file of bytes.
fn idx(dimensions: &[u32], values: &[u8]) -> Vec<u8> {
    let header = [0, 0, 8, dimensions.len() as u8];
    let sizes = dimensions.iter().flat_map(|n| n.to_be_bytes());
    header.into_iter().chain(sizes).chain(values.iter().copied()).collect()
}

/// An .npy file of the first version.
fn npy(kind: &str, fortran: bool, shape: &str, values: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let quoted = if kind.starts_with('[') { kind.to_owned() } else { format!("'{kind}'") };
    let header = format!("{{'descr': {quoted}, 'fortran_order': {order}, 'shape': {shape}, }}");
    let header = format!("{header:<117}\n");
    [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes(), values].concat()
}

fn le(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// The values, whether they stay bytes, and the number of columns.
#[track_caller]
fn holds(data: elbow_sdk::Result<Data>, columns: usize, expected: &[f64], bytes: bool) {
    let data = data.unwrap();
    assert_eq!((data.columns(), values(&data), data.levels().is_some()), (columns, expected.to_vec(), bytes));
    let (mut row, mut single) = (vec![f64::NAN; columns], vec![f32::NAN; columns]);
    for (k, expected) in expected.chunks(columns).enumerate() {
        data.copy_row(k, &mut row);
        data.copy_row_single(k, &mut single);
        assert_eq!(row, expected);
        assert!(single.iter().zip(expected).all(|(a, b)| *a == *b as f32));
    }
}

#[test]
fn idx_images() {
    let file = idx(&[3, 1, 2], &[0, 51, 255, 102, 1, 254]);
    let expected = [0.0, 51.0 / 255.0, 1.0, 102.0 / 255.0, 1.0 / 255.0, 254.0 / 255.0];
    // Compressed or not is told by the bytes, not by the name.
    for (name, bytes) in [("a-idx3-ubyte", file.clone()), ("a.gz", file.clone()), ("a", gzip(&file)), ("a.csv", gzip(&file))] {
        holds(read(name, bytes), 2, &expected, true);
    }
    holds(read("matrix", idx(&[2, 2], &[1, 0, 0, 2])), 2, &[1.0 / 255.0, 0.0, 0.0, 2.0 / 255.0], true);
}

#[test]
fn wrong_idx() {
    refused("a", idx(&[3], &[0, 1, 2]), "holds labels (it begins with 0x00000801); expected images, 0x00000803");
    refused("a-idx3-ubyte", b"PNG!....", "begins with 0x504e4721, expected 0x00000803");
    refused("a", idx(&[3, 2], &[0; 5]), "truncated: 18 bytes expected, 17 found");
    refused("a", &idx(&[3, 2, 2], &[])[..9], "truncated: 16 bytes expected, 9 found");
    refused("a-ubyte", [0, 0], "truncated: 4 bytes expected, 2 found");
    refused("a", idx(&[3, 2], &[0; 8]), "2 bytes follow the 18");
    refused("a", idx(&[0, 28, 28], &[]), "announces 0 rows");
    refused("a", idx(&[2, 0], &[]), "2 rows of 0 values");
    refused("a", idx(&[1 << 16, 1 << 15], &[]), "announces 65536 × 32768 values; at most");
    refused("a", idx(&[u32::MAX, u32::MAX, u32::MAX], &[]), "at most");
    refused("a", [0, 0, 0x0d, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0], "type 0x0d; only unsigned bytes");
    refused("a", idx(&[], &[]), "no dimensions");
}

#[test]
fn matrices_of_numpy() {
    let real = [0.5, -1.0, 2.25, 3.0, 1e300, 0.0];
    holds(read("a.npy", npy("<f8", false, "(2, 3)", &le(&real))), 3, &real, false);
    holds(read("a", gzip(&npy("<f8", true, "(2, 3)", &le(&[0.5, 3.0, -1.0, 1e300, 2.25, 0.0])))), 3, &real, false);
    holds(
        read("a.npy", npy("<f8", false, "(3, 2)", &le(&[0.0, 1.0, 1.0, 0.0, 1.0, 1.0]))),
        2,
        &[0.0, 1.0, 1.0, 0.0, 1.0, 1.0],
        true,
    );
    holds(read("a.npy", npy("|u1", false, "(2, 2)", &[0, 255, 16, 1])), 2, &[0.0, 255.0, 16.0, 1.0], true);
    holds(read("a.npy", npy("|u1", true, "(2, 2)", &[0, 255, 16, 1])), 2, &[0.0, 16.0, 255.0, 1.0], true);
    holds(read("a.npy", npy("|b1", false, "(2, 1)", &[0, 1])), 1, &[0.0, 1.0], true);
    holds(read("a.npy", npy("|i1", false, "(1, 2)", &[0xff, 1])), 2, &[-1.0, 1.0], false);
    let singles: Vec<u8> = [0.1_f32, -3.5].iter().flat_map(|x| x.to_be_bytes()).collect();
    holds(read("a.npy", npy(">f4", false, "(1, 2)", &singles)), 2, &[f64::from(0.1_f32), -3.5], false);
    let shorts: Vec<u8> = [300_i16, -2].iter().flat_map(|x| x.to_le_bytes()).collect();
    holds(read("a.npy", npy("<i2", false, "(2, 1)", &shorts)), 1, &[300.0, -2.0], false);
}

/// Types as NumPy 2.4 names them in the header.
#[test]
fn npy_of_no_numbers() {
    let cases = [
        ("|O", "Python objects of type O"),
        ("[('a', '<f8'), ('b', '<i4')]", "records of type [('a', '<f8'), ('b', '<i4'), ]"),
        ("<c16", "complex numbers of type c16"),
        ("<U3", "text of type U3"),
        ("|S3", "text of type S3"),
        ("<M8[D]", "dates or durations of type M8[D]"),
        ("<f2", "values of type f2"),
        ("<f16", "values of type f16"),
        ("|V3", "values of type V3"),
    ];
    for (kind, expected) in cases {
        let expected = format!("the .npy file holds {expected}; expected numbers: f4, f8, u1 to u8, i1 to i8 or b1");
        refused("a.npy", npy(kind, false, "(2, 1)", &[0; 24]), &expected);
    }
    refused("a.npy", npy("<f8", false, "()", &le(&[3.0])), "has 0 dimensions; expected 2");
}

/// Arrays of one and two dimensions, in either order of bytes and storage, and as text; and no others.
#[test]
fn arrays() {
    let files = Files::new();
    let array = |name: &str, bytes: Vec<u8>| elbow_data::array(files.write(name, bytes).as_ref());
    let holds = |found: elbow_sdk::Result<elbow_data::Found<elbow_data::Array>>, shape: &[usize], values: &[f64]| {
        let found = found.unwrap().data;
        assert_eq!((&found.shape[..], &found.values[..]), (shape, values));
    };
    // numpy.save(file, numpy.asfortranarray(numpy.arange(6.).reshape(2, 3)).astype('>f8'))
    let big: Vec<u8> = [0.0, 3.0, 1.0, 4.0, 2.0, 5.0_f64].iter().flat_map(|x| x.to_be_bytes()).collect();
    holds(array("a.npy", npy(">f8", true, "(2, 3)", &big)), &[2, 3], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    holds(array("a.npy", npy(">f8", false, "(6,)", &big)), &[6], &[0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
    holds(array("a.npy.gz", gzip(&npy("|b1", false, "(2,)", &[1, 0]))), &[2], &[1.0, 0.0]);
    holds(array("a.csv", b"a;b\n0,5;1\n".to_vec()), &[1, 2], &[0.5, 1.0]);
    let wrong = |name: &str, bytes: Vec<u8>| array(name, bytes).unwrap_err().to_string();
    assert_eq!(wrong("a.npy", npy("<f8", false, "(1, 1, 1)", &le(&[1.0]))), "the .npy file has 3 dimensions; expected 1 or 2");
    assert_eq!(wrong("a.npy", npy("<f8", false, "()", &le(&[1.0]))), "the .npy file has 0 dimensions; expected 1 or 2");
    assert_eq!(
        wrong("a.npy", npy("<f8", false, "(2,)", &le(&[1.0, f64::NAN]))),
        "row 1, column 2 is NaN; expected a finite number"
    );
    assert!(wrong("a.npy", npy("|O", false, "(2,)", &[0; 9])).contains("Python objects"));
    assert_eq!(elbow_data::array_of("-", b"1 2\n3 4".to_vec()).unwrap().data.shape, [2, 2]);
}

#[test]
fn wrong_npy() {
    refused("a.npy", npy("<f8", false, "(2, 2)", &le(&[1.0, 2.0, 0.5, f64::NAN])), "row 2, column 2 is NaN; expected a finite");
    refused("a.npy", npy("<f8", true, "(2, 2)", &le(&[1.0, f64::INFINITY, 0.5, 0.0])), "row 2, column 1 is inf");
    refused("a.npy", npy("<f8", false, "(2,)", &le(&[1.0, 2.0])), "has 1 dimensions; expected 2");
    refused("a.npy", npy("<f8", false, "(2, 1, 1)", &le(&[1.0, 2.0])), "has 3 dimensions; expected 2");
    refused("a.npy", npy("<U3", false, "(1, 1)", &[0; 12]), "type U3; expected numbers");
    refused("a.npy", npy("<f8", false, "(2, 2)", &le(&[1.0])), "truncated: 32 bytes of values expected, 8 found");
    refused("a.npy", npy("<f4", false, "(1, 1)", &[0; 5]), "too long: 4 bytes of values expected, 5 found");
    refused("a.npy", npy("<f8", false, "(0, 2)", &[]), "there are no rows");
    refused("a.npy", npy("<f8", false, "(2, 0)", &[]), "there are no columns");
    refused(
        "a.npy",
        npy("<f8", false, "(4294967296, 4294967296)", &[]),
        "truncated: an array of shape [4294967296, 4294967296] expected",
    );
    refused("a.npy", npy("<f8", false, "(0, 4294967296, 4294967296)", &[]), "truncated");
    refused("a.npy", npy("<f8", false, "(99999999999999999999, 1)", &[]), "truncated");
    refused("a.npy", "no numbers", "cannot be read");
}

#[test]
fn commas() {
    holds(read("a.csv", "1,2\n3, 255 \n"), 2, &[1.0, 2.0, 3.0, 255.0], true);
    holds(read("a.csv", gzip(b"one,two\n\"0.5\",1e-3\n\n# no row\n256,7")), 2, &[0.5, 0.001, 256.0, 7.0], false);
    holds(read("a.csv", "-1\r\n12\r\n"), 1, &[-1.0, 12.0], false);
    refused("a.csv", "a,b\n1,2\n3\n", "line 3 has 1 columns; expected 2");
    refused("a.csv", "a,b\n1,2\n3,x\n", "line 3, column 2 is `x`; expected a finite number");
    refused("a.csv", "1,b\n1,2\n", "line 1, column 2 is `b`");
    refused("a.csv", "a,b\nc,d\n", "line 2, column 1 is `c`");
    refused("a.csv", "1,2\n1,nan\n", "line 2, column 2 is `nan`");
    refused("a.csv", "1,2\n-inf,1\n", "line 2, column 1 is `-inf`");
    refused("a.csv", "1,\n", "line 1, column 2 is ``");
    refused("a.csv", "a,b\n", "there are no rows");
    refused("a.csv", "", "is empty");
    // A mean does not overflow where no number does, and that of equal numbers is theirs.
    assert_eq!(read("a.csv", "1e308,0.1\n1e308,0.1\n1e308,0.1\n").unwrap().mean(), [1e308, 0.1]);
}

#[test]
fn zeros_and_ones() {
    holds(read("a.amat", "0 1 1 \n1.0 0 0\n\n"), 3, &[0.0, 1.0, 1.0, 1.0, 0.0, 0.0], true);
    holds(read("a.amat.gz", gzip(b"  0\t1\r\n1 0")), 2, &[0.0, 1.0, 1.0, 0.0], true);
    refused("a.amat", "0 1\n1 2\n", "line 2, column 2 is `2`; expected 0 or 1");
    refused("a.amat", "0 1\n1 nan\n", "line 2, column 2 is `nan`");
    refused("a.amat", "0 1\n\n1\n", "line 3 has 1 columns; expected 2");
    refused("a.amat", "\n", "there are no rows");
}

#[test]
fn unknown_files() {
    refused("a.txt", "0 1 1\n", "kind of the file is not known: it begins with 0x30203120");
    let mut damaged = gzip(&idx(&[1, 2], &[1, 2]));
    damaged.truncate(damaged.len() - 3);
    refused("a", damaged, "gzip file is damaged");
    let missing = elbow_data::read("/nowhere/at/all.csv").unwrap_err().to_string();
    assert!(missing.contains("/nowhere/at/all.csv: the file cannot be read"), "{missing}");
}

/// Sizes and values that make no data set.
#[test]
fn wrong_data() {
    let text = |data: elbow_sdk::Result<Data>| data.unwrap_err().to_string();
    assert!(text(Data::from_levels(2, vec![1; 3], 1)).contains("3 values do not make whole rows of 2"));
    assert!(text(Data::from_levels(2, vec![1; 4], 0)).contains("level of the value 1 is 0"));
    assert!(text(Data::from_levels(0, vec![1; 4], 1)).contains("no columns"));
    assert!(text(Data::from_numbers(2, Vec::new())).contains("no rows"));
}

/// Means, ranges, zeros and ones by hand.
#[test]
fn summaries() {
    let grey = Data::from_levels(2, vec![0, 16, 8, 4], 16).unwrap();
    assert_eq!((grey.mean(), grey.range(), grey.is_binary()), (vec![0.25, 0.625], (0.0, 1.0), false));
    let real = Data::from_numbers(2, vec![-0.5, 2.0, 1.5, 3.0]).unwrap();
    assert_eq!((real.mean(), real.range(), real.is_binary()), (vec![0.5, 2.5], (-0.5, 3.0), false));
    assert!(Data::from_levels(2, vec![0, 16], 16).unwrap().is_binary());
    assert!(!Data::from_levels(2, vec![0, 1], 16).unwrap().is_binary());
    assert!(Data::from_numbers(2, vec![0.0, 1.0]).unwrap().is_binary());
}
