//! A program in a pseudo-terminal, with a terminal emulator as its screen. Nothing here sleeps for a time: it waits for
//! conditions, with more patience than any machine needs.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::termios::{OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longest wait for a condition; nothing waits this long where all is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a full repaint begins with, and what every frame ends with.
const CLEAR: &[u8] = b"\x1b[0m\x1b[2J";
const END: &[u8] = b"\x1b[?2026l";

/// A terminal is open for an instant before it is closed to children; no other child is born meanwhile.
static BIRTH: Mutex<()> = Mutex::new(());

fn birth() -> MutexGuard<'static, ()> {
    BIRTH.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a command to its end; its standard output, if it succeeded.
pub fn output(command: &mut Command) -> Option<String> {
    let child = {
        let _alone = birth();
        command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped()).spawn().ok()?
    };
    let output = child.wait_with_output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Starts a command that lives on.
pub fn spawn(command: &mut Command) -> Option<std::process::Child> {
    let _alone = birth();
    command.spawn().ok()
}

/// Waits until something holds; `told` says what there is instead.
pub fn eventually(what: &str, told: impl Fn() -> String, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "never {what}:\n{}", told());
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// A process that does not outlive the test.
pub struct Process(Box<dyn Child + Send + Sync>);

impl Process {
    /// Waits for its end; its exit code.
    pub fn ends(&mut self) -> u32 {
        let mut code = None;
        eventually("ends", String::new, || {
            code = self.0.try_wait().expect("the child can be asked").map(|status| status.exit_code());
            code.is_some()
        });
        code.expect("it has ended")
    }

    /// Whether it is over.
    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().expect("the child can be asked").is_some()
    }

    /// Sends a signal, as `-TERM`.
    pub fn signal(&self, name: &str) {
        let pid = self.0.process_id().expect("a process").to_string();
        output(Command::new("kill").args([name, &pid])).expect("kill runs");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            self.signal("-KILL");
            let _ = self.0.wait();
        }
    }
}

/// What came from the program so far.
pub struct Shown {
    parser: vt100::Parser,
    /// All bytes.
    pub bytes: Vec<u8>,
}

impl Shown {
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    pub fn has(&self, text: &str) -> bool {
        self.screen().contents().contains(text)
    }

    /// How often everything was painted, if no frame is under way.
    fn repaints(&self) -> Option<usize> {
        let whole = self.bytes.ends_with(END);
        whole.then(|| self.bytes.windows(CLEAR.len()).filter(|window| *window == CLEAR).count())
    }

    /// What every cell looks like, but for the digits of the first line: the clock is there.
    fn picture(&self) -> Vec<Vec<String>> {
        let (rows, columns) = self.screen().size();
        let row = |row| (0..columns.get()).map(|column| self.cell(row, column)).collect();
        let mut cells: Vec<Vec<String>> = (0..rows.get()).map(row).collect();
        cells[0].iter_mut().filter(|cell| cell.starts_with(|letter: char| letter.is_ascii_digit())).for_each(String::clear);
        cells
    }

    /// A cell with its attributes; of a blank one only the ground can be seen.
    fn cell(&self, row: u16, column: u16) -> String {
        let Some(cell) = self.screen().cell(row, column) else { return String::new() };
        match cell.contents() {
            "" | " " => format!("  {:?} {}", cell.bgcolor(), cell.inverse()),
            text => format!("{text} {:?} {:?} {} {}", cell.bgcolor(), cell.fgcolor(), cell.inverse(), cell.bold()),
        }
    }
}

/// How a terminal is read: so many bytes at a time, with a pause after them.
#[derive(Clone, Copy)]
pub struct Reading {
    pub chunk: usize,
    pub pause: Duration,
}

impl Reading {
    const FAST: Self = Self { chunk: 4096, pause: Duration::ZERO };
}

/// The program and its terminal.
pub struct Terminal {
    pub process: Process,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    shown: Arc<Mutex<Shown>>,
    reader: JoinHandle<()>,
    leave: Arc<AtomicBool>,
    path: PathBuf,
    before: Termios,
}

fn measures((columns, rows): (u16, u16)) -> (NonZeroU16, NonZeroU16, PtySize) {
    let whole = |n: u16| NonZeroU16::new(n).expect("a screen has a size");
    (whole(rows), whole(columns), PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 })
}

/// The binary, in a folder and an environment of its own.
pub fn elbow(folder: &Path, arguments: &[&str]) -> CommandBuilder {
    let mut command = program(env!("CARGO_BIN_EXE_elbow"), folder);
    command.args(arguments);
    command
}

/// A program in a folder, with the environment that a good terminal sets.
pub fn program(name: &str, folder: &Path) -> CommandBuilder {
    let mut command = CommandBuilder::new(name);
    command.cwd(folder);
    for name in ["NO_COLOR", "ELBOW_PLUGIN_PATH", "LANG", "LC_CTYPE", "TMUX"] {
        command.env_remove(name);
    }
    for (key, value) in [("TERM", "xterm-256color"), ("LC_ALL", "C.UTF-8"), ("COLORTERM", "truecolor"), ("RUST_BACKTRACE", "0")] {
        command.env(key, value);
    }
    command
}

impl Terminal {
    /// Starts `elbow` in a terminal of so many columns and rows.
    pub fn elbow(folder: &Path, size: (u16, u16), arguments: &[&str]) -> Self {
        Self::start(elbow(folder, arguments), size, Reading::FAST)
    }

    /// Starts a command that is read fast.
    pub fn of(command: CommandBuilder, size: (u16, u16)) -> Self {
        Self::start(command, size, Reading::FAST)
    }

    pub fn start(command: CommandBuilder, size: (u16, u16), reading: Reading) -> Self {
        let _alone = birth();
        let (rows, columns, size) = measures(size);
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let path = pair.master.tty_name().expect("a name");
        let before = without_end_of_file(&path);
        let child = pair.slave.spawn_command(command).expect("the program starts");
        let shown = Arc::new(Mutex::new(Shown { parser: vt100::Parser::new(rows, columns, 0), bytes: Vec::new() }));
        let leave = Arc::new(AtomicBool::new(false));
        let reader = pair.master.try_clone_reader().expect("a reader");
        let reader = read(reader, reading, Arc::clone(&shown), Arc::clone(&leave));
        let keys = pair.master.take_writer().expect("a writer");
        Self { process: Process(child), master: pair.master, keys, shown, reader, leave, path, before }
    }

    /// What is shown now.
    pub fn look<T>(&self, look: impl FnOnce(&Shown) -> T) -> T {
        look(&self.shown.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn wait(&self, what: &str, holds: impl Fn(&Shown) -> bool) {
        eventually(what, || self.look(|shown| shown.screen().contents()), || self.look(&holds));
    }

    pub fn shows(&self, text: &str) {
        self.wait(&format!("shows {text:?}"), |shown| shown.has(text));
    }

    pub fn hides(&self, text: &str) {
        self.wait(&format!("hides {text:?}"), |shown| !shown.has(text));
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("keys are taken");
    }

    /// Presses keys and waits for the frame that they make. The runs must have ended.
    pub fn draws_after(&mut self, keys: &str) {
        let then = self.look(|shown| shown.bytes.len());
        self.press(keys);
        self.wait("answers", |shown| shown.bytes.len() > then && shown.bytes.ends_with(END));
    }

    /// Gives the terminal another size; what the program has not yet said about it is garbled, as in a real one.
    pub fn resize(&mut self, size: (u16, u16)) {
        let (rows, columns, size) = measures(size);
        self.shown.lock().expect("the screen").parser.screen_mut().set_size(rows, columns);
        self.master.resize(size).expect("a resize");
    }

    /// Waits until `change` has made the program paint everything.
    pub fn repaints(&mut self, change: impl FnOnce(&mut Self)) {
        let before = self.look(|shown| shown.bytes.windows(CLEAR.len()).filter(|window| *window == CLEAR).count());
        change(self);
        self.wait("is painted afresh", |shown| shown.repaints().is_some_and(|count| count > before));
    }

    /// A forced repaint changes nothing. The runs must have ended.
    pub fn is_intact(&mut self) {
        self.wait("ends its frame", |shown| shown.bytes.ends_with(END));
        let (before, text) = self.look(|shown| (shown.picture(), shown.screen().contents()));
        self.repaints(|terminal| terminal.press("\u{c}"));
        let after = self.look(Shown::picture);
        let lines = before.iter().zip(&after).enumerate().filter(|(_, (before, after))| before != after);
        let wrong: Vec<usize> = lines.map(|(line, _)| line).collect();
        assert!(wrong.is_empty() && before.len() == after.len(), "lines {wrong:?} held what does not belong there:\n{text}");
    }

    /// Waits for the end of the process: the alternate screen is left, the cursor shown, the settings are those of before.
    pub fn ends(mut self) -> u32 {
        let code = self.process.ends();
        self.wait("leaves the screen", |shown| !shown.screen().alternate_screen() && !shown.screen().hide_cursor());
        let after = tcgetattr(File::open(&self.path).expect("the terminal")).expect("settings");
        assert_eq!(
            (after.input_modes, after.output_modes, after.local_modes),
            (self.before.input_modes, self.before.output_modes, self.before.local_modes)
        );
        code
    }

    /// Closes the terminal, as a window or a connection that goes; the process is left.
    pub fn hang_up(mut self) -> Process {
        self.leave.store(true, Ordering::SeqCst);
        // The reader looks around after what it reads next.
        self.press("\u{c}");
        self.reader.thread().unpark();
        self.reader.join().expect("the reader ends");
        self.process
    }
}

/// The writer of a terminal types an end of file when it is closed, where there is such a key.
fn without_end_of_file(path: &Path) -> Termios {
    let terminal = File::open(path).expect("the terminal");
    let mut settings = tcgetattr(&terminal).expect("settings");
    settings.special_codes[SpecialCodeIndex::VEOF] = 0;
    tcsetattr(&terminal, OptionalActions::Now, &settings).expect("settings");
    settings
}

fn read(mut from: Box<dyn Read + Send>, reading: Reading, to: Arc<Mutex<Shown>>, leave: Arc<AtomicBool>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut buffer = vec![0; reading.chunk];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let mut shown = to.lock().unwrap_or_else(PoisonError::into_inner);
            shown.parser.process(&buffer[..count]);
            shown.bytes.extend_from_slice(&buffer[..count]);
            drop(shown);
            if leave.load(Ordering::SeqCst) {
                return;
            }
            std::thread::park_timeout(reading.pause);
        }
    })
}

/// An experiment of `adam` and `fisher-rao`, with more lines, as `x.toml` in a folder. In any number of steps they go the same way,
/// which ends before they have converged.
pub fn experiment(folder: &Path, steps: u64, every: u64, more: &str) {
    let [adam, natural] = [0.2, 0.3].map(|way| way / steps as f64);
    let text = format!(
        "name = \"small\"\nrun = {{ steps = {steps}, record = {{ every = {every}, parameters = true }} }}\n\
         [[model]]\nplugin = \"bayesian-network\"\npreset = \"non-cylindrical\"\n\
         target = {{ parameters = [0.7, 0.3, 0.6, 0.2, 0.9] }}\n\
         [[optimizer]]\nplugin = \"adam\"\nstep_size = {adam:e}\n\
         [[optimizer]]\nplugin = \"fisher-rao\"\nstep_size = {natural:e}\n{more}"
    );
    std::fs::write(folder.join("x.toml"), text).expect("the experiment is written");
}

/// More steps than any test waits for.
pub const ENDLESS: u64 = 1_000_000_000;

/// Waits until both journals of the small experiment in `out` have come to an end of this name.
pub fn both_end(folder: &Path, status: &str) {
    let journal = folder.join("out/journal");
    let named = format!("\"status\":\"{status}\"");
    let ends = || -> Vec<String> {
        let files = std::fs::read_dir(&journal).into_iter().flatten().flatten();
        let texts = files.map(|file| std::fs::read_to_string(file.path()).unwrap_or_default());
        texts.filter(|text| text.ends_with('\n')).filter_map(|text| text.lines().last().map(str::to_owned)).collect()
    };
    eventually(
        &format!("both are {status}"),
        || ends().join("\n"),
        || ends().iter().filter(|end| end.starts_with("{\"end\"") && end.contains(&named)).count() == 2,
    );
}

/// Says why a test tests nothing here.
pub fn skip(reason: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}
