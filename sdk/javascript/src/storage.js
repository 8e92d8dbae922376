import host from "#host/storage";
import { ask, HostError, paged } from "./host_error.js";
import { decodeLatin1, encode, toLatin1 } from "./text.js";

/** Bytes that are read, and written, at once. */
const CHUNK = 1 << 20;

/** A volume whose files can be read or written, as far as the run has the right to. */
export class Volume {
  #volume;

  constructor(volume) {
    this.#volume = volume;
  }

  static open(name) {
    return new Volume(ask(() => host.Volume.open(name)));
  }

  *list(prefix = "") {
    const entries = paged(
      (after) => this.#volume.list(prefix, after),
      ({ path }) => path,
    );
    for (const entry of entries) yield entryOf(entry);
  }

  stat(path) {
    return entryOf(ask(() => this.#volume.stat(path)));
  }

  read(path, offset, length) {
    return ask(() => this.#volume.read(path, offset, length));
  }

  /** The file in pieces of a mebibyte. */
  *chunks(path) {
    for (let offset = 0; ;) {
      const chunk = this.read(path, offset, CHUNK);
      if (chunk.length === 0) return;
      yield chunk;
      offset += chunk.length;
    }
  }

  /** The lines of a text file, without what ends them. */
  lines(path) {
    // The file is opened now, not when the first line is asked for.
    const { size } = this.stat(path);
    return size === 0 ? [].values() : this.#lines(path);
  }

  *#lines(path) {
    let rest = "";
    for (const chunk of this.chunks(path)) {
      const lines = (rest + toLatin1(chunk)).split("\n");
      rest = lines.pop();
      for (const line of lines) yield lineOf(line, path);
    }
    if (rest !== "") yield lineOf(rest, path);
  }

  readBytes(path) {
    const chunks = [...this.chunks(path)];
    const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
    let end = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, end);
      end += chunk.length;
    }
    return bytes;
  }

  readText(path) {
    return decoded(toLatin1(this.readBytes(path)), path);
  }

  create(path) {
    return new Upload(ask(() => this.#volume.write(path)));
  }

  delete(path) {
    ask(() => this.#volume.delete(path));
  }
}

/** A file being written. Without {@link Upload.commit} it never existed. */
export class Upload {
  #upload;

  constructor(upload) {
    this.#upload = upload;
  }

  write(part) {
    const bytes = typeof part === "string" ? encode(part) : part;
    for (let begin = 0; begin < bytes.length; begin += CHUNK) {
      ask(() => this.#upload.write(bytes.subarray(begin, begin + CHUNK)));
    }
  }

  commit() {
    return entryOf(ask(() => host.Upload.commit(this.#upload)));
  }
}

const entryOf = ({ path, size, modified }) => ({ path, size, modified: new Date(modified) });

const lineOf = (line, path) => decoded(line.endsWith("\r") ? line.slice(0, -1) : line, path);

function decoded(latin1, path) {
  try {
    return decodeLatin1(latin1);
  } catch {
    throw new HostError("invalid", `\`${path}\` is not UTF-8`);
  }
}
