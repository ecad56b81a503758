//! What the environment says about the terminal, and what that means.

use crate::explorer::theme::{Depth, Environment};

/// The environment, with what only the doctor asks about.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    pub environment: Environment,
    /// The variable that the locale comes from; empty: none is set.
    pub locale_variable: &'static str,
    pub tmux: bool,
    pub screen: bool,
    pub ssh: bool,
}

impl Surroundings {
    /// That of this process.
    pub fn read() -> Self {
        let set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self {
            environment: Environment::read(),
            locale_variable: ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find(set).unwrap_or_default(),
            tmux: set(&"TMUX"),
            screen: set(&"STY"),
            ssh: set(&"SSH_CONNECTION") || set(&"SSH_TTY"),
        }
    }

    /// The locale and where it is from.
    pub fn locale(&self) -> String {
        match self.locale_variable {
            "" => "not set (LC_ALL, LC_CTYPE, LANG)".into(),
            variable => format!("{} ({variable})", self.environment.locale.escape_debug()),
        }
    }

    /// Programs between us and the terminal: name and what it means.
    pub fn inside(&self, depth: Depth) -> Vec<(&'static str, String)> {
        let mut inside = Vec::new();
        if self.tmux {
            inside.push(("tmux", tmux(depth).into()));
        }
        if self.screen {
            let means = "at most 256 colours before its version 5; UTF-8 needs `screen -U`";
            inside.push(("screen", format!("we are inside screen: {means}")));
        }
        if self.ssh {
            inside.push(("ssh", ssh(&self.environment).into()));
        }
        inside
    }
}

fn tmux(depth: Depth) -> &'static str {
    match depth {
        Depth::True => {
            "we are inside tmux: it lowers 24 bits to 256 colours, unless its configuration has: \
             set -as terminal-features ',*:RGB'"
        }
        _ => "we are inside tmux: for 24 bits, its configuration needs: set -as terminal-features ',*:RGB'; then --color true",
    }
}

fn ssh(environment: &Environment) -> &'static str {
    if environment.colorterm.is_empty() {
        "we are at the far end of SSH: COLORTERM stays behind; --color true if the terminal has 24 bits"
    } else {
        "we are at the far end of SSH: COLORTERM came along"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_is_told() {
        let plain = Surroundings::default();
        assert!(plain.inside(Depth::True).is_empty());
        let tmux = Surroundings { tmux: true, ..Surroundings::default() };
        assert!(tmux.inside(Depth::True)[0].1.contains("lowers 24 bits"));
        assert!(tmux.inside(Depth::Ansi256)[0].1.contains("--color true"));
        let mut far = Surroundings { ssh: true, screen: true, ..Surroundings::default() };
        assert_eq!(far.inside(Depth::Ansi16).iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["screen", "ssh"]);
        assert!(far.inside(Depth::Ansi16)[1].1.contains("stays behind"));
        far.environment.colorterm = "truecolor".into();
        assert!(far.inside(Depth::True)[1].1.contains("came along"));
    }

    #[test]
    fn a_locale_is_told_with_its_variable() {
        assert!(Surroundings::default().locale().starts_with("not set"));
        let environment = Environment { locale: "C.UTF-8\u{1b}".into(), ..Environment::default() };
        let surroundings = Surroundings { environment, locale_variable: "LC_CTYPE", ..Surroundings::default() };
        assert_eq!(surroundings.locale(), "C.UTF-8\\u{1b} (LC_CTYPE)", "nothing of the environment reaches the terminal raw");
    }
}
