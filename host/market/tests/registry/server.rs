//! The registry server that Debian packages, on loopback. It is taken from the `PATH`, or unpacked once into the user's
//! cache folder, which takes no root; where neither can be, the tests that ask for it say so and pass.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::thread::sleep;
use std::time::Duration;

const PACKAGE: &str = "docker-registry";

/// Whom the server knows, if it asks: with the password `secret`, as bcrypt has it.
pub(crate) const LOGIN: (&str, &str) = ("polder", "secret");
const HTPASSWD: &str = "polder:$2b$05$4OXDio5u7GTyKKBd/OZr9.lcgXHEeJUcBLPZjrv7ja.4.V7siG2Z2\n";

static PROGRAM: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
    let on_path = PathBuf::from(PACKAGE);
    if run(Command::new(&on_path).arg("--version")).is_ok() {
        return Ok(on_path);
    }
    let cache = std::env::var_os("POLDER_CACHE").map(PathBuf::from);
    let cache = cache.or_else(|| Some(std::env::home_dir()?.join(".cache/polder"))).ok_or("no cache folder")?;
    let place = cache.join("test-registry");
    let program = place.join("usr/bin").join(PACKAGE);
    if run(Command::new(&program).arg("--version")).is_ok() {
        return Ok(program);
    }
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    run(Command::new("apt-get").args(["download", PACKAGE]).current_dir(scratch.path()))?;
    let package =
        fs::read_dir(scratch.path()).ok().and_then(|mut files| files.next()?.ok()).ok_or("no package came")?;
    fs::create_dir_all(&place).map_err(|error| error.to_string())?;
    run(Command::new("dpkg").arg("-x").arg(package.path()).arg(&place))?;
    run(Command::new(&program).arg("--version"))?;
    Ok(program)
});

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// A server of its own, which ends with the value.
pub(crate) struct Server {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

/// What a server is to have.
#[derive(Clone, Copy, Default)]
pub(crate) struct Wanted<'a> {
    /// Asks for [`LOGIN`].
    pub(crate) login: bool,
    /// Certificate and key, as files.
    pub(crate) tls: Option<(&'a Path, &'a Path)>,
}

impl Server {
    /// None where there is no such program.
    pub(crate) fn start(wanted: Wanted) -> Option<Self> {
        let program = match PROGRAM.as_ref() {
            Ok(program) => program,
            Err(error) => {
                eprintln!("skipped, because {PACKAGE} cannot be had: {error}");
                return None;
            }
        };
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let mut config = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {}}}, delete: {{enabled: true}}}}\n\
             http:\n  addr: 127.0.0.1:{port}\n",
            at("data")
        );
        if let Some((certificate, key)) = wanted.tls {
            config += &format!("  tls: {{certificate: {}, key: {}}}\n", certificate.display(), key.display());
        }
        if wanted.login {
            fs::write(at("htpasswd"), HTPASSWD).unwrap();
            config += &format!("auth: {{htpasswd: {{realm: registry, path: {}}}}}\n", at("htpasswd"));
        }
        fs::write(at("config.yml"), config).unwrap();
        let mut command = Command::new(program);
        command.args(["serve", &at("config.yml")]).stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.stderr(fs::File::create(at("log")).unwrap()).spawn().unwrap();
        let server = Self { child, port, folder };
        for _try in 0..500 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Some(server);
            }
            sleep(Duration::from_millis(20));
        }
        let log = fs::read_to_string(server.folder.path().join("log")).unwrap_or_default();
        panic!("{PACKAGE} does not listen: {log}");
    }

    /// Host and port.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}
