//! The loop: keys before frames, a frame only where something changed, and never a wait for the runs.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use elbow_engine::live::Live;

use super::export::save;
use super::fit::fit;
use super::picture::Ground;
use super::screen::Screen;
use super::state::State;
use super::terminal::{Printed, Terminal};
use super::update::{Ask, Effect, Message, update};
use super::view::render;
use super::{Exit, Session};

/// Numbers that change faster than this cannot be read, and cost more bytes than the curves.
const NUMBERS: Duration = Duration::from_millis(250);
/// A gap longer than this was no computing: the process was stopped.
const LONGEST_TICK: Duration = Duration::from_secs(1);

/// What the loop works with.
pub(crate) struct Loop<'a> {
    pub state: State,
    /// The command that shows these runs.
    pub command: String,
    pub ground: Ground,
    pub live: Arc<Live>,
    pub terminal: &'a Terminal,
    pub printed: Printed,
    pub messages: Receiver<Message>,
    pub frame: Duration,
    screen: Screen,
    scratch: Vec<f64>,
    dirty: bool,
    /// Whether the terminal has to be taken again before the next frame.
    away: bool,
    elapsed: Duration,
    last_tick: Instant,
    next_frame: Instant,
    next_numbers: Instant,
}

impl<'a> Loop<'a> {
    /// A loop whose first frame is due now.
    pub fn new(state: State, session: &Session, terminal: &'a Terminal, messages: Receiver<Message>, frame: Duration) -> Self {
        let now = Instant::now();
        Self {
            state,
            command: session.command.clone(),
            ground: session.ground,
            live: Arc::clone(&session.live),
            terminal,
            printed: terminal.printed(),
            messages,
            frame,
            screen: Screen::new(),
            scratch: Vec::new(),
            dirty: true,
            away: false,
            elapsed: Duration::ZERO,
            last_tick: now,
            next_frame: now,
            next_numbers: now,
        }
    }

    /// Until the user leaves or the terminal does.
    pub fn run(&mut self) -> io::Result<Exit> {
        loop {
            let wait = self.next_frame.saturating_duration_since(Instant::now());
            match self.messages.recv_timeout(wait) {
                Ok(message) => {
                    if let Some(exit) = self.handle_all(message)? {
                        return Ok(exit);
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.tick(),
                Err(RecvTimeoutError::Disconnected) => return Ok(Exit::HangUp),
            }
            if self.dirty && self.draw().is_err() {
                return Ok(Exit::HangUp);
            }
        }
    }

    /// This message and those that wait behind it, so that held keys cost one frame.
    fn handle_all(&mut self, first: Message) -> io::Result<Option<Exit>> {
        let mut next = Some(first);
        while let Some(message) = next {
            if let Some(exit) = self.handle(message)? {
                return Ok(Some(exit));
            }
            next = self.messages.try_recv().ok();
        }
        Ok(None)
    }

    fn handle(&mut self, message: Message) -> io::Result<Option<Exit>> {
        let effect = update(&mut self.state, message);
        self.dirty |= effect != Effect::Nothing;
        match effect {
            Effect::Nothing | Effect::Draw => {}
            Effect::Pause(paused) => self.live.control.set_paused(paused),
            Effect::Pace(pace) => match &self.live.replay {
                Some(replay) => replay.set_quarters(pace),
                None => self.live.control.set_pace(pace),
            },
            Effect::Hold(run, _) | Effect::Step(run) | Effect::End(run) => self.control(run, &effect),
            Effect::Ask(ask) => {
                let answer = self.ask(ask);
                self.handle_quietly(Message::Answer(answer));
            }
            Effect::Save { picture } => {
                let answer = save(&mut self.state, picture, &self.command, self.ground);
                self.handle_quietly(Message::Answer(answer));
            }
            Effect::Repaint => self.away = true,
            Effect::Suspend { job } => {
                self.terminal.suspend(job)?;
                self.away = true;
            }
            Effect::Exit(exit) => return Ok(Some(exit)),
        }
        Ok(None)
    }

    fn control(&self, run: usize, effect: &Effect) {
        let (control, Some(cell)) = (&self.live.control, self.live.cell(run)) else { return };
        match effect {
            Effect::Hold(_, held) => control.hold(&cell, *held),
            Effect::Step(_) => control.step_once(&cell),
            _ => control.stop_cell(&cell),
        }
    }

    fn ask(&self, ask: Ask) -> Result<String, String> {
        let steer = self.state.steer.as_ref().ok_or("there is nothing to steer")?;
        match ask {
            Ask::Edit { run, path, value } => steer.edit(run, &path, &value),
            Ask::Undo { run } => steer.undo(run),
            Ask::Fork { run, step, change } => {
                let change = change.as_ref().map(|(path, value)| (path.as_str(), value.as_str()));
                steer.fork(run, step, change)
            }
            Ask::Restart { run, seed } => steer.restart(run, seed),
            Ask::Launch { model, optimizer, seed } => steer.launch(&model, &optimizer, seed),
        }
    }

    fn repaint(&mut self) -> io::Result<()> {
        self.terminal.retake()?;
        self.state.size = self.terminal.tty().size();
        self.screen.forget();
        self.away = false;
        Ok(())
    }

    /// Takes in what the runs did, and the time.
    fn tick(&mut self) {
        let now = Instant::now();
        if self.state.is_moving() {
            self.elapsed += (now - self.last_tick).min(LONGEST_TICK);
        }
        self.last_tick = now;
        self.next_frame = now + self.frame;
        if !self.state.frozen {
            self.dirty |= self.state.absorb(&self.live, &mut self.scratch);
        }
        self.handle_quietly(Message::Printed(self.printed.take()));
        if now >= self.next_numbers {
            self.next_numbers = now + NUMBERS;
            self.handle_quietly(Message::Numbers(self.elapsed));
        }
    }

    /// A message that asks for nothing but a frame.
    fn handle_quietly(&mut self, message: Message) {
        self.dirty |= update(&mut self.state, message) != Effect::Nothing;
    }

    /// Draws, unless the shell has the terminal. A terminal that takes long to swallow a frame gets fewer of them.
    fn draw(&mut self) -> io::Result<()> {
        let begin = Instant::now();
        if !self.terminal.is_ours() {
            self.away = true;
            return Ok(());
        }
        if self.away {
            self.repaint()?;
        }
        fit(&mut self.state);
        let state = &self.state;
        let bytes = self.screen.frame(state.size, |buffer| render(state, buffer))?;
        self.terminal.write(bytes)?;
        self.dirty = false;
        self.next_frame = self.next_frame.max(begin + 4 * begin.elapsed());
        Ok(())
    }
}
