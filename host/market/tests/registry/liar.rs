//! A registry that says what a test tells it to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request: its first line, all of its headers, and its body.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct Liar {
    pub(crate) host: String,
    pub(crate) asked: Arc<Mutex<Vec<Asked>>>,
}

/// What is answered: the whole of it, or its beginning and then zeros without end.
pub(crate) enum Answer {
    Whole(Vec<u8>),
    Endless(Vec<u8>),
}

/// An answer with a status and headers, of the right length.
pub(crate) fn answer(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut whole = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for (name, value) in headers {
        whole += &format!("{name}: {value}\r\n");
    }
    Answer::Whole([whole.as_bytes(), b"\r\n", body].concat())
}

impl Liar {
    /// Answers each request, until the test ends.
    pub(crate) fn start(answers: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (record, answers) = (Arc::clone(&asked), Arc::new(answers));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (record, answers) = (Arc::clone(&record), Arc::clone(&answers));
                thread::spawn(move || drop(serve(stream, &record, &*answers)));
            }
        });
        Self { host, asked }
    }
}

fn serve(stream: TcpStream, record: &Mutex<Vec<Asked>>, answers: &dyn Fn(&Asked) -> Answer) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut line, mut headers, mut length) = (String::new(), String::new(), 0);
    reader.read_line(&mut line)?;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        if header.trim().is_empty() {
            break;
        }
        if let Some(said) = header.to_lowercase().strip_prefix("content-length:") {
            length = said.trim().parse().unwrap_or(0);
        }
        headers += &header;
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let asked = Asked { line: line.trim().to_owned(), headers, body };
    record.lock().unwrap().push(asked.clone());
    let mut stream = stream;
    match answers(&asked) {
        Answer::Whole(bytes) => stream.write_all(&bytes),
        Answer::Endless(bytes) => {
            stream.write_all(&bytes)?;
            while stream.write_all(&[0; 4096]).is_ok() {}
            Ok(())
        }
    }
}
