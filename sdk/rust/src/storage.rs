//! Files in volumes.

use crate::HostError;
use crate::host::storage::{self, Entry as HostEntry};
use crate::pages::paged;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};

/// Bytes that are read, and written, at once.
const CHUNK: usize = 1 << 20;

/// A volume whose files can be read or written, as far as the run has the right to.
pub struct Volume(storage::Volume);

/// A file of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the volume.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// When it was written.
    pub modified: crate::Timestamp,
}

impl From<HostEntry> for Entry {
    fn from(HostEntry { path, size, modified }: HostEntry) -> Self {
        Self { path, size, modified: crate::clock::timestamp(modified) }
    }
}

impl Volume {
    /// The volume `catalog.schema.volume`.
    pub fn open(name: &str) -> Result<Self, HostError> {
        Ok(Self(storage::Volume::open(name)?))
    }

    /// The files below `prefix`, in order of their paths; all with an empty one.
    pub fn list(&self, prefix: &str) -> impl Iterator<Item = Result<Entry, HostError>> {
        let page = move |after: Option<&str>| {
            let entries = self.0.list(prefix, after)?;
            Ok(entries.into_iter().map(Entry::from).collect())
        };
        paged(page, |entry: &Entry| &entry.path)
    }

    /// Size and time of a file.
    pub fn stat(&self, path: &str) -> Result<Entry, HostError> {
        Ok(self.0.stat(path)?.into())
    }

    /// At most `length` bytes from `offset`; none at the end of the file.
    pub fn read(&self, path: &str, offset: u64, length: u32) -> Result<Vec<u8>, HostError> {
        Ok(self.0.read(path, offset, length)?)
    }

    /// A file to be read piece by piece, from its beginning or wherever one seeks to.
    pub fn reader<'v>(&'v self, path: &str) -> Result<Reader<'v>, HostError> {
        let (size, path) = (self.stat(path)?.size, path.to_owned());
        Ok(Reader::new(size, move |offset| self.read(&path, offset, CHUNK as u32)))
    }

    /// All bytes of a file.
    pub fn read_to_end(&self, path: &str) -> Result<Vec<u8>, HostError> {
        let mut bytes = Vec::new();
        loop {
            let chunk = self.read(path, bytes.len() as u64, CHUNK as u32)?;
            if chunk.is_empty() {
                return Ok(bytes);
            }
            bytes.extend_from_slice(&chunk);
        }
    }

    /// The text of a file.
    pub fn read_to_string(&self, path: &str) -> Result<String, HostError> {
        let bytes = self.read_to_end(path)?;
        String::from_utf8(bytes).map_err(|_| HostError::Invalid(format!("`{path}` is not UTF-8")))
    }

    /// A new file, or one in place of that which is there: nobody sees it before [`Upload::commit`].
    pub fn create(&self, path: &str) -> Result<Upload, HostError> {
        Ok(Upload { upload: self.0.write(path)?, chunk: Vec::new() })
    }

    pub fn delete(&self, path: &str) -> Result<(), HostError> {
        Ok(self.0.delete(path)?)
    }
}

/// Reads a file in chunks.
pub struct Reader<'v> {
    /// Gives bytes from an offset on.
    fetch: Box<dyn Fn(u64) -> Result<Vec<u8>, HostError> + 'v>,
    size: u64,
    /// Where the chunk ends in the file.
    position: u64,
    chunk: Vec<u8>,
    /// Bytes of the chunk that were read.
    used: usize,
}

impl<'v> Reader<'v> {
    fn new(size: u64, fetch: impl Fn(u64) -> Result<Vec<u8>, HostError> + 'v) -> Self {
        Self { fetch: Box::new(fetch), size, position: 0, chunk: Vec::new(), used: 0 }
    }

    /// Bytes of the file.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Bytes before the next one.
    pub fn position(&self) -> u64 {
        self.position - (self.chunk.len() - self.used) as u64
    }
}

impl BufRead for Reader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used >= self.chunk.len() && self.position < self.size {
            self.chunk = (self.fetch)(self.position)?;
            self.position += self.chunk.len() as u64;
            self.used = 0;
        }
        Ok(&self.chunk[self.used..])
    }

    fn consume(&mut self, amount: usize) {
        self.used = (self.used + amount).min(self.chunk.len());
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position().checked_add_signed(offset),
        };
        let position = position.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "before the beginning"))?;
        let chunk_begins = self.position - self.chunk.len() as u64;
        if (chunk_begins..self.position).contains(&position) {
            self.used = (position - chunk_begins) as usize;
        } else {
            (self.chunk, self.used, self.position) = (Vec::new(), 0, position);
        }
        Ok(position)
    }
}

/// A file being written. Dropped without [`Upload::commit`], it never existed.
pub struct Upload {
    upload: storage::Upload,
    chunk: Vec<u8>,
}

impl Upload {
    /// Lets the file be seen.
    pub fn commit(mut self) -> Result<Entry, HostError> {
        self.send()?;
        Ok(storage::Upload::commit(self.upload)?.into())
    }

    fn send(&mut self) -> Result<(), HostError> {
        if !self.chunk.is_empty() {
            self.upload.write(&self.chunk)?;
            self.chunk.clear();
        }
        Ok(())
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..count]);
        if self.chunk.len() >= CHUNK {
            self.send()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(self.send()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_file_is_read_in_chunks_from_anywhere() {
        let bytes: Vec<u8> = (0..100).collect();
        let fetches = Cell::new(0);
        let mut reader = Reader::new(100, |offset| {
            fetches.set(fetches.get() + 1);
            Ok(bytes[offset as usize..].iter().take(30).copied().collect())
        });
        let mut all = Vec::new();
        reader.read_to_end(&mut all).unwrap();
        assert_eq!((all, fetches.get()), (bytes.clone(), 4));

        let mut next = |to: SeekFrom| {
            let position = reader.seek(to).unwrap();
            assert_eq!(reader.position(), position);
            let mut byte = [0; 1];
            reader.read(&mut byte).unwrap().min(1).checked_sub(1).map(|_| byte[0])
        };
        // What is in the chunk already is not fetched again.
        assert_eq!((next(SeekFrom::End(-1)), next(SeekFrom::Start(90)), fetches.get()), (Some(99), Some(90), 4));
        assert_eq!((next(SeekFrom::Current(-81)), fetches.get()), (Some(10), 5));
        assert_eq!((next(SeekFrom::Current(20)), next(SeekFrom::Start(100)), fetches.get()), (Some(31), None, 5));
        assert!(reader.seek(SeekFrom::End(-101)).is_err());
        assert_eq!(reader.position(), 100);
    }

    #[test]
    fn an_error_of_the_host_is_one_of_reading() {
        let mut reader = Reader::new(1, |_| Err(HostError::Denied("no READ VOLUME".into())));
        let error = reader.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (io::ErrorKind::PermissionDenied, "no READ VOLUME".to_owned()));
        assert!(Volume::open("main.nyc.inbox").is_err());
    }
}
