//! Which characters stand between columns and before decimals: those with which most of the first lines are numbers.

/// Lines that are looked at.
const SAMPLE: usize = 64;

/// How a line becomes numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dialect {
    /// Between columns; none for any number of blanks.
    delimiter: Option<u8>,
    /// Whether a comma stands before decimals.
    decimal_comma: bool,
}

/// From the last choice to the first. Commas before decimals and between columns need quotes.
const CANDIDATES: [(Option<u8>, bool); 9] = [
    (Some(b','), true),
    (None, true),
    (Some(b'\t'), true),
    (Some(b';'), true),
    (None, false),
    (Some(b'|'), false),
    (Some(b'\t'), false),
    (Some(b';'), false),
    (Some(b','), false),
];

impl Dialect {
    /// Of lines that hold something.
    pub fn of<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Self {
        let sample: Vec<&[u8]> = lines.take(SAMPLE).collect();
        let all = CANDIDATES.map(|(delimiter, decimal_comma)| Self { delimiter, decimal_comma });
        all.into_iter().max_by_key(|dialect| dialect.success(&sample)).unwrap_or(all[8])
    }

    /// How many lines are numbers alone; whether most lines have as many fields as the first; how many fields are numbers.
    fn success(self, sample: &[&[u8]]) -> (usize, bool, usize) {
        let counts =
            |line: &&[u8]| (self.fields(line).count(), self.fields(line).filter(|field| self.number(field).is_some()).count());
        let counts: Vec<(usize, usize)> = sample.iter().map(counts).collect();
        let alike = counts.iter().filter(|count| count.0 == counts[0].0).count();
        let whole = counts.iter().filter(|(all, numbers)| all == numbers).count();
        (whole, 2 * alike > counts.len(), counts.iter().map(|(_, numbers)| numbers).sum())
    }

    /// The fields of a line, without blanks and quotes around them.
    pub fn fields(self, line: &[u8]) -> impl Iterator<Item = &[u8]> {
        let mut rest = Some(line);
        std::iter::from_fn(move || match self.delimiter {
            Some(delimiter) => {
                let (field, behind) = split(rest?, delimiter);
                rest = behind;
                Some(unquoted(field))
            }
            None => {
                let line = rest?.trim_ascii();
                let end = line.iter().position(u8::is_ascii_whitespace).unwrap_or(line.len());
                rest = Some(&line[end..]);
                (end > 0).then(|| unquoted(&line[..end]))
            }
        })
    }

    /// The number that a field holds, finite or not.
    pub fn number(self, field: &[u8]) -> Option<f64> {
        let text = std::str::from_utf8(field).ok()?;
        match (self.decimal_comma, text.contains(',')) {
            (true, true) if !text.contains('.') && !text.ends_with(',') => text.replacen(',', ".", 1).parse().ok(),
            _ => text.parse().ok(),
        }
    }

    /// What is not the usual.
    pub fn remarks(self) -> impl Iterator<Item = &'static str> {
        let between = match self.delimiter {
            Some(b';') => "semicolons between columns",
            Some(b'\t') => "tabs between columns",
            Some(b'|') => "bars between columns",
            Some(_) => "",
            None => "blanks between columns",
        };
        [between, if self.decimal_comma { "decimal commas" } else { "" }].into_iter().filter(|text| !text.is_empty())
    }
}

/// A field and what follows its delimiter; one inside quotes is none.
fn split(line: &[u8], delimiter: u8) -> (&[u8], Option<&[u8]>) {
    let mut is_quoted = false;
    let end = line.iter().position(|byte| {
        is_quoted ^= *byte == b'"';
        *byte == delimiter && !is_quoted
    });
    end.map_or((line, None), |end| (&line[..end], Some(&line[end + 1..])))
}

fn unquoted(field: &[u8]) -> &[u8] {
    let field = field.trim_ascii();
    let inner = field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\""));
    inner.map_or(field, <[u8]>::trim_ascii)
}
