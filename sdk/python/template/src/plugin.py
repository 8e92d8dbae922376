"""SQL functions: each plain function here is one."""

from collections.abc import Iterator
from typing import NamedTuple

from polder import aggregate, scalar, table


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
