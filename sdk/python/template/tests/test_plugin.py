import unittest

from plugin import Word, initials, words


class PlainFunctions(unittest.TestCase):
    def test_initials(self) -> None:
        self.assertEqual(initials("  grace brewster hopper "), "GBH")

    def test_words(self) -> None:
        self.assertEqual(list(words("a b"))[-1], Word("b", 2))
