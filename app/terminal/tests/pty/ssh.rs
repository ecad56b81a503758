//! Over a connection that breaks: a server of this test alone, on the loopback.

use crate::common::folder;
use crate::terminal::{Terminal, both_end, eventually, experiment, output, program, skip, spawn};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Server {
    process: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn key(folder: &Path, name: &str) -> Option<()> {
    let path = folder.join(name);
    output(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(path)).map(drop)
}

/// A server whose keys and settings are all in the folder, or why there is none.
fn serve(folder: &Path) -> Result<Server, String> {
    let missing = |name: &str| format!("there is no {name}");
    for name in ["host", "user"] {
        key(folder, name).ok_or_else(|| missing("ssh-keygen"))?;
    }
    // It insists on being called by its full name.
    let sshd = output(Command::new("sh").args(["-c", "PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin command -v sshd"]));
    let sshd = sshd.ok_or_else(|| missing("sshd"))?;
    output(Command::new("ssh").arg("-V").stderr(Stdio::null())).ok_or_else(|| missing("ssh"))?;
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(|error| error.to_string())?.port();
    let at = folder.display();
    let settings = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host\nPidFile {at}/sshd.pid\nAuthorizedKeysFile {at}/user.pub\n\
         UsePAM no\nStrictModes no\nPermitRootLogin yes\nPasswordAuthentication no\nPrintMotd no\nPrintLastLog no\n"
    );
    std::fs::write(folder.join("sshd_config"), settings).map_err(|error| error.to_string())?;
    let mut command = Command::new(sshd.trim());
    command.args(["-D", "-e", "-f"]).arg(folder.join("sshd_config"));
    let log = std::fs::File::create(folder.join("sshd.log")).map_err(|error| error.to_string())?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    let process = spawn(&mut command).ok_or("sshd does not start")?;
    let mut server = Server { process, port };
    let told = || std::fs::read_to_string(folder.join("sshd.log")).unwrap_or_default();
    let mut ended = false;
    eventually("listens", told, || {
        ended = matches!(server.process.try_wait(), Ok(Some(_)) | Err(_));
        ended || TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    if ended { Err(format!("sshd ends: {}", told())) } else { Ok(server) }
}

impl Server {
    /// Runs a command line in the folder, over a connection with a terminal of this size.
    fn run(&self, folder: &Path, size: (u16, u16), line: &str) -> Terminal {
        let at = folder.display();
        let mut command = program("ssh", folder);
        command.args(["-tt", "-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR"]);
        command.args(["-o", &format!("UserKnownHostsFile={at}/known"), "-o", "IdentitiesOnly=yes", "-i", &format!("{at}/user")]);
        let user = output(Command::new("id").arg("-un")).expect("a user");
        command.args(["-p", &self.port.to_string(), &format!("{}@127.0.0.1", user.trim())]);
        command.arg(format!("cd '{at}' && LC_ALL=C.UTF-8 exec '{}' {line}", env!("CARGO_BIN_EXE_elbow")));
        Terminal::of(command, size)
    }
}

#[test]
fn a_broken_connection_ends_no_run() {
    let folder = folder();
    let server = match serve(folder.path()) {
        Ok(server) => server,
        Err(reason) => return skip(&reason),
    };
    experiment(folder.path(), 3000, 10, "");
    // At this pace it would take hours: without eyes on it it goes at full speed.
    let mut first = server.run(folder.path(), (110, 30), "explore x.toml --out out --pace 1");
    first.shows("2 running");
    first.shows("╭ kl_visible ");
    first.press("3");
    first.shows("╭ table ");
    first.process.signal("-KILL");
    both_end(folder.path(), "finished");
    let mut second = server.run(folder.path(), (80, 24), "explore out");
    second.shows("2 finished");
    second.wait("has its size", |shown| shown.screen().rows(0, 80).nth(23).is_some_and(|row| row.contains("q quit")));
    second.resize((100, 40));
    second.wait("has another", |shown| shown.screen().rows(0, 100).nth(39).is_some_and(|row| row.contains("q quit")));
    second.press("q");
    assert_eq!(second.ends(), 0);
}
