"""The samples that every SDK has, as the conformance kit's README says what they do."""

from collections.abc import Iterator
from typing import NamedTuple

from polder import aggregate, scalar, table, task, want, wants
from polder.query import Writer
from polder.storage import Volume

wants(
    storage=want("READ VOLUME", on="VOLUME", reason="reads the file that you name"),
    query=want("MODIFY", on="TABLE", reason="writes its lines to the table that you choose"),
)


@scalar
def initials(name: str) -> str:
    """A person's initials: the first letter of each word, in upper case.

    ```sql
    {schema}.initials('ada lovelace')
    -- AL
    ```
    """
    return "".join(word[0] for word in name.split()).upper()


@aggregate
class Longest:
    """The longest text of a group; of several, the first."""

    text: str | None = None

    def update(self, text: str) -> None:
        if self.text is None or len(self.text.encode()) < len(text.encode()):
            self.text = text

    def merge(self, other: "Longest") -> None:
        if other.text is not None:
            self.update(other.text)

    def evaluate(self) -> str | None:
        return self.text


class Word(NamedTuple):
    """A word of a text and where it stands, counted from 1."""

    word: str
    position: int


@table
def words(text: str) -> Iterator[Word]:
    """The words of a text, one row each."""
    for position, word in enumerate(text.split(), 1):
        yield Word(word, position)


class Line(NamedTuple):
    line: int
    text: str


class Loaded(NamedTuple):
    rows: int


@task
def load_lines(volume: str, path: str, target: str) -> Loaded:
    """Loads the lines of a text file into a table with the columns `line`, counted from 1, and `text`."""
    lines = Volume.open(volume).lines(path)
    writer = Writer.open(target, Line)
    rows = 0
    for rows, text in enumerate(lines, 1):
        writer.push(Line(rows, text))
    writer.commit()
    return Loaded(rows)
