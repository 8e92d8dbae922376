//! A component that works for another, and asks for more than it is given.

use std::cell::Cell;

wit_bindgen::generate!({
    path: ["../../../../../wit", "../composed/wit", "wit"],
    inline: "
        package test:part;
        world part {
            import polder:host/log@0.1.0;
            import polder:host/random@0.1.0;
            import wasi:cli/environment@0.2.12;
            import wasi:cli/stdin@0.2.12;
            import wasi:cli/stdout@0.2.12;
            import wasi:clocks/monotonic-clock@0.2.12;
            import wasi:filesystem/preopens@0.2.12;
            import wasi:io/poll@0.2.12;
            import wasi:random/random@0.2.12;
            import wasi:sockets/tcp-create-socket@0.2.12;
            export polder:plugin/description@0.1.0;
            export acme:text/normal@1.0.0;
        }
    ",
    world: "test:part/part",
    generate_all,
});

use exports::acme::text::normal;
use exports::polder::plugin::description;
use polder::host::{log, random};
use wasi::cli::{environment, stdin, stdout};
use wasi::clocks::monotonic_clock;
use wasi::filesystem::preopens;
use wasi::io::{poll, streams};
use wasi::random::random as system_random;
use wasi::sockets::tcp_create_socket;

struct Part;

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

impl normal::Guest for Part {
    fn normalise(text: String) -> String {
        log::log(log::Level::Info, "normalised", &[("bytes".to_owned(), text.len().to_string())]);
        CALLS.set(CALLS.get() + 1);
        text.trim().to_lowercase()
    }

    fn draw() -> u32 {
        random::bytes(4).into_iter().map(u32::from).sum()
    }

    fn grow() -> u64 {
        let mut grown = 0;
        while core::arch::wasm32::memory_grow(0, 16) != usize::MAX {
            grown += 1;
        }
        // As a runtime does that gets no memory.
        if grown > 0 {
            core::arch::wasm32::unreachable();
        }
        grown
    }

    fn look() -> String {
        let out = stdout::get_stdout();
        let room = out.check_write().unwrap_or_default();
        let written = out.write(&vec![b'x'; 100_000]).is_ok() && out.blocking_flush().is_ok();
        let end = matches!(stdin::get_stdin().read(10), Err(streams::StreamError::Closed));
        let (begin, later) = (monotonic_clock::now(), monotonic_clock::now());
        let soon = [monotonic_clock::subscribe_duration(1_000_000_000), out.subscribe()];
        soon[0].block();
        let ready = poll::poll(&[&soon[0], &soon[1]]);
        let (one, other) = (system_random::get_random_bytes(100_000), system_random::get_random_bytes(7));
        let (arguments, folders) = (environment::get_arguments(), preopens::get_directories());
        let socket = tcp_create_socket::create_tcp_socket().is_err();
        format!(
            "room {room}, written {written}, end {end}, {} ns, ready {ready:?} {}, random {} {} {}, {} arguments, \
             {} variables, {} folders, socket refused {socket}",
            later - begin,
            soon[1].ready(),
            one.len(),
            other.len(),
            one[..7] != other[..] && system_random::get_random_u64() != system_random::get_random_u64(),
            arguments.len(),
            environment::get_environment().len(),
            folders.len(),
        )
    }

    fn count() -> u32 {
        CALLS.get()
    }
}

impl description::Guest for Part {
    fn describe() -> description::Plugin {
        let none = String::new;
        description::Plugin {
            name: "part".to_owned(),
            version: "0.1.0".to_owned(),
            summary: none(),
            license: none(),
            authors: vec![],
            homepage: none(),
            functions: vec![],
            capabilities: vec![],
        }
    }
}

export!(Part);
