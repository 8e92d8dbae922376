//! Inputs made of other inputs, the same ones each time: what a fuzzer does, without being told how far they came.

/// A small generator of numbers, so that a run is a function of its seed.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// One for each name.
    pub fn new(name: &str) -> Self {
        Self(name.bytes().fold(0x706f_6c64_6572, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into())))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// Bytes of one input at most.
const MOST: usize = 16 << 10;

/// A new input: one of `corpus` with a few changes, or bytes out of nowhere.
pub fn mutated(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = match corpus {
        [] => Vec::new(),
        corpus => corpus[random.below(corpus.len())].clone(),
    };
    if input.is_empty() || random.below(16) == 0 {
        input = (0..random.below(256)).map(|_| random.next() as u8).collect();
    }
    for _ in 0..=random.below(4) {
        change(&mut input, corpus, random);
    }
    input.truncate(MOST);
    input
}

fn change(input: &mut Vec<u8>, corpus: &[Vec<u8>], random: &mut Random) {
    let at = random.below(input.len() + 1);
    let end = (at + random.below(16)).min(input.len());
    match random.below(7) {
        0 => drop(input.drain(at..end)),
        1 => drop(input.splice(at..at, (0..random.below(8)).map(|_| random.next() as u8).collect::<Vec<_>>())),
        2 => drop(input.splice(at..at, input[at..end].to_vec())),
        3 if !corpus.is_empty() => {
            let other = &corpus[random.below(corpus.len())];
            let from = random.below(other.len() + 1);
            let to = (from + random.below(32)).min(other.len());
            input.splice(at..at, other[from..to].to_vec());
        }
        4 => {
            let odd = [0, 1, 0x7f, 0x80, 0xff, b'\'', b'"', b'\\', b'\r', b'\n', b'.', b'/', b'%', b'`'];
            input.iter_mut().skip(at).take(1).for_each(|byte| *byte = odd[random.below(odd.len())]);
        }
        5 => input.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
        _ => input.iter_mut().skip(at).take(1).for_each(|byte| *byte = random.next() as u8),
    }
}
