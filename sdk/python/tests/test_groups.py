import unittest

from calls import Constant, bound
from tables import Token

from polder import Column
from polder.error import Error, RowError


class Aggregates(unittest.TestCase):
    def test_groups_are_forgotten_and_move_down(self) -> None:
        rows = Column.of(float, [1.0, 5.0, None, 3.0])
        called = bound("exact_quantile", "aggregate", rows, Constant(float, 1.0))
        groups = called.function.implementation.groups(called)
        groups.update([rows], 4, [0, 1, 1, 0], 3)
        self.assertGreater(groups.size(), 0)
        self.assertEqual(groups.evaluate(1).to_list(), [3.0])
        states, count = groups.state(None)
        self.assertEqual((states[0].to_list(), count), ([[5.0], []], 2))
        groups.merge(states, 2, [1, 0], 2)
        self.assertEqual(groups.evaluate(None).to_list(), [None, 5.0])
        self.assertEqual(groups.size(), 0)

    def test_constants_are_asked_for(self) -> None:
        rows = Column.of(float, [1.0])
        called = bound("exact_quantile", "aggregate", rows, rows)
        with self.assertRaisesRegex(Error, r"argument 2 \(`rank`\) of `exact_quantile` must be a constant"):
            called.function.implementation.groups(called)
        called = bound("exact_quantile", "aggregate", rows, Constant(float, 2.0))
        groups = called.function.implementation.groups(called)
        groups.update([rows], 1, [0], 1)
        with self.assertRaisesRegex(RowError, "a rank is a number from 0 to 1, not 2.0"):
            groups.evaluate(None)


class Tables(unittest.TestCase):
    def test_pages_tell_where_rows_come_from(self) -> None:
        text = Column.of(str, ["a,b", None, "", "c"])
        called = bound("tokens", "table", text, Constant(str, ","))
        for most in (1, 2, 10):
            pages = called.function.implementation.open(called, [text], 4)
            rows, sources = [], []
            while page := pages.next(most):
                columns, source = page
                self.assertLessEqual(len(source), most)
                rows += map(Token, *columns)
                sources += source
            self.assertEqual(rows, [Token("a", 1), Token("b", 2), Token("", None), Token("c", 1)])
            self.assertEqual(sources, [0, 0, 2, 3])

    def test_errors_name_the_row_of_the_arguments(self) -> None:
        text, separator = Column.of(str, ["a", "b"]), Column.of(str, [",", ""])
        called = bound("tokens", "table", text, separator)
        pages = called.function.implementation.open(called, [text, separator], 2)
        with self.assertRaisesRegex(RowError, "empty separator") as raised:
            pages.next(10)
        self.assertEqual(raised.exception.row, 1)

    def test_endless_ones(self) -> None:
        start = Column.of(int, [2**63 - 3])
        called = bound("numbers_from", "table", start)
        pages = called.function.implementation.open(called, [start], 1)
        self.assertEqual(len(pages.next(3)[1]), 3)
        with self.assertRaisesRegex(RowError, "does not fit BIGINT"):
            pages.next(1)


if __name__ == "__main__":
    unittest.main()
