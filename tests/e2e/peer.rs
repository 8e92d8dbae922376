//! The other end of a request: a server on loopback that says what it was sent, and misbehaves where it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A server; it serves until the test ends.
pub(crate) struct Peer {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let heard = Arc::<Mutex<Vec<String>>>::default();
        let ears = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let ears = Arc::clone(&ears);
                std::thread::spawn(move || while answer(&stream, &ears).is_ok() {});
            }
        });
        Self { address, heard }
    }

    /// A URL of it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The heads of all requests so far, as they came.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("nobody failed").clone()
    }
}

/// Answers one request; fails when there is none any more.
fn answer(stream: &TcpStream, ears: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let ended = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(ended());
        }
    }
    ears.lock().expect("nobody failed").push(head.clone());
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let lower = head.to_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    let mut body = Vec::new();
    if lower.contains("transfer-encoding: chunked") {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size)?;
            let size = usize::from_str_radix(size.trim(), 16).map_err(|_| ended())?;
            let mut chunk = vec![0; size + 2];
            reader.read_exact(&mut chunk)?;
            if size == 0 {
                break;
            }
            body.extend_from_slice(&chunk[..size]);
        }
    } else {
        body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body)?;
    }
    let mut writer = stream;
    let mut say = |status: &str, more: &str, text: &str| {
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{more}\r\n", text.len());
        writer.write_all(head.as_bytes())?;
        writer.write_all(text.as_bytes())
    };
    match path.split(['?', '/']).nth(1).unwrap_or_default() {
        // What is asked for lies elsewhere: in the query.
        "redirect" => {
            let place = path.split_once('?').map_or("/", |(_, place)| place);
            say("302 Found", &format!("location: {place}\r\n"), "")
        }
        // So many bytes.
        "bytes" => {
            let bytes = path.split_once('?').and_then(|(_, bytes)| bytes.parse().ok()).unwrap_or(0);
            say("200 OK", "", &"y".repeat(bytes))
        }
        // An answer that never begins.
        "silence" => {
            std::thread::sleep(Duration::from_secs(600));
            Err(ended())
        }
        // One that begins, and never goes on.
        "stall" => {
            writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegun")?;
            std::thread::sleep(Duration::from_secs(600));
            Err(ended())
        }
        // One that breaks off.
        "break" => {
            writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegun")?;
            stream.shutdown(std::net::Shutdown::Both)?;
            Err(ended())
        }
        _ => say("200 OK", "", &format!("{head}{}", String::from_utf8_lossy(&body))),
    }
}
