//! The table of octants against names in the Unicode character database.

use std::collections::HashSet;

use crate::explorer::plot::octant::octant;

/// The bits of dots as the names number them.
fn bits(dots: &[u8]) -> u8 {
    dots.iter().map(|dot| 1 << (dot - 1)).sum()
}

#[test]
fn each_pattern_has_a_character_of_its_own() {
    let all: HashSet<char> = (0..=255).map(octant).collect();
    assert_eq!(all.len(), 256);
    let new = ('\u{1CD00}'..='\u{1CDE5}').filter(|character| all.contains(character)).count();
    assert_eq!(new, 230, "the whole range is in use");
}

#[test]
fn octants_have_their_names() {
    let table: [(char, &[u8]); 9] = [
        ('\u{1CD00}', &[3]),
        ('\u{1CD01}', &[2, 3]),
        ('\u{1CD02}', &[1, 2, 3]),
        ('\u{1CD03}', &[4]),
        ('\u{1CD04}', &[1, 4]),
        ('\u{1CD05}', &[1, 2, 4]),
        ('\u{1CD06}', &[3, 4]),
        ('\u{1CDE4}', &[1, 3, 4, 5, 6, 7, 8]),
        ('\u{1CDE5}', &[2, 3, 4, 5, 6, 7, 8]),
    ];
    for (character, dots) in table {
        assert_eq!(octant(bits(dots)), character, "BLOCK OCTANT-{dots:?}");
    }
}

#[test]
fn older_characters_are_used_where_there_are_any() {
    let table: [(char, &[u8]); 26] = [
        (' ', &[]),
        ('\u{1CEA8}', &[1]),                // LEFT HALF UPPER ONE QUARTER BLOCK
        ('\u{1CEAB}', &[2]),                // RIGHT HALF UPPER ONE QUARTER BLOCK
        ('\u{1CEA3}', &[7]),                // LEFT HALF LOWER ONE QUARTER BLOCK
        ('\u{1CEA0}', &[8]),                // RIGHT HALF LOWER ONE QUARTER BLOCK
        ('\u{1FB82}', &[1, 2]),             // UPPER ONE QUARTER BLOCK
        ('\u{2582}', &[7, 8]),              // LOWER ONE QUARTER BLOCK
        ('\u{1FB85}', &[1, 2, 3, 4, 5, 6]), // UPPER THREE QUARTERS BLOCK
        ('\u{2586}', &[3, 4, 5, 6, 7, 8]),  // LOWER THREE QUARTERS BLOCK
        ('\u{1FBE6}', &[3, 5]),             // MIDDLE LEFT ONE QUARTER BLOCK
        ('\u{1FBE7}', &[4, 6]),             // MIDDLE RIGHT ONE QUARTER BLOCK
        ('▀', &[1, 2, 3, 4]),
        ('▄', &[5, 6, 7, 8]),
        ('▌', &[1, 3, 5, 7]),
        ('▐', &[2, 4, 6, 8]),
        ('█', &[1, 2, 3, 4, 5, 6, 7, 8]),
        ('▘', &[1, 3]),
        ('▝', &[2, 4]),
        ('▖', &[5, 7]),
        ('▗', &[6, 8]),
        ('▚', &[1, 3, 6, 8]),
        ('▞', &[2, 4, 5, 7]),
        ('▛', &[1, 2, 3, 4, 5, 7]),
        ('▜', &[1, 2, 3, 4, 6, 8]),
        ('▙', &[1, 3, 5, 6, 7, 8]),
        ('▟', &[2, 4, 5, 6, 7, 8]),
    ];
    for (character, dots) in table {
        assert_eq!(octant(bits(dots)), character, "the dots {dots:?}");
    }
}
