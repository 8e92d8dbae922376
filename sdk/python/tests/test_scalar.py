import unittest
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Annotated

from calls import Constant, call
from scalars import Pair, Point, axpy

from polder import Column, Float32, Int8, Int16, Int32, LocalTimestamp, UInt8, UInt16, UInt32, UInt64, digits
from polder.error import Error, RowError

Price = Annotated[Decimal, digits(10, 2)]


class Scalars(unittest.TestCase):
    def test_functions_stay_plain_functions(self) -> None:
        self.assertEqual(axpy(2.0, 3.0, 4.0), 10.0)

    def test_null_makes_null_without_a_call(self) -> None:
        x = Column.of(float, [1.0, None, 3.0])
        y = Column.of(float, [None, 1.0, 5.0])
        self.assertEqual(call("axpy", Constant(float, 2.0), x, y), [None, None, 11.0])
        self.assertEqual(call("axpy", Constant(float, None), x, y), [None, None, None])

    def test_optional_parameters_see_nulls(self) -> None:
        first, second = Column.of(str, ["a", None, None]), Column.of(str, [None, "b", None])
        self.assertEqual(call("either", first, second), ["a", "b", None])

    def test_an_error_names_its_row(self) -> None:
        with self.assertRaises(RowError) as raised:
            call("parse", Column.of(str, ["1", None, "x"]))
        self.assertEqual((raised.exception.row, "'x'" in str(raised.exception)), (2, True))

    def test_what_does_not_fit_names_its_row(self) -> None:
        with self.assertRaisesRegex(RowError, "9223372036854775808 does not fit BIGINT") as raised:
            call("increment", Column.of(int, [1, None, 2**63 - 1]))
        self.assertEqual(raised.exception.row, 2)
        with self.assertRaisesRegex(RowError, "300 does not fit TINYINT"):
            call("narrow", Column.of(int, [300]))

    def test_every_type(self) -> None:
        self.assertEqual(call("xor", Column.of(bool, [True, None]), Column.of(bool, [False, True])), [True, None])
        self.assertEqual(call("reverse", Column.of(bytes, [b"ab", b"", None])), [b"ba", b"", None])
        self.assertEqual(call("next_day", Column.of(date, [date(1969, 12, 31), None])), [date(1970, 1, 1), None])
        moment = datetime(1969, 12, 31, 23, 59, 59, 5, timezone.utc)
        self.assertEqual(call("day_of", Column.of(datetime, [moment])), [date(1969, 12, 31)])
        local = datetime(2024, 2, 29, 12, 30)
        self.assertEqual(call("midnight", Column.of(LocalTimestamp, [local])), [datetime(2024, 2, 29)])
        self.assertEqual(
            call("twice", Column.of(Price, [Decimal("-12.34"), 5, None])), [Decimal("-24.68"), Decimal("10.00"), None]
        )
        types = (Int8, UInt8, Int16, UInt16, Int32, UInt32, UInt64, Float32)
        self.assertEqual(call("small", *(Column.of(kind, [1, None]) for kind in types)), [8.0, None])

    def test_decimals_are_not_rounded(self) -> None:
        with self.assertRaisesRegex(RowError, r"Decimal\('1.234'\) does not fit DECIMAL\(10, 2\)"):
            Column.of(Price, [Decimal("1.234")])
        with self.assertRaises(RowError):
            Column.of(Price, [Decimal(10**8)])

    def test_lists_and_structs(self) -> None:
        words = Column.of(list[str | None], [["b", "a"], [], None, ["a", None]])
        self.assertEqual(call("sorted_words", words), [["a", "b"], [], None, None])
        self.assertEqual(call("nulls_in", Column.of(list[int | None], [[1, None], [], None])), [1, 0, None])
        points = Column.of(Point, [Point(1.0, 2.0, "a"), None, Point(3.0, 4.0)])
        mirrored = [{"x": 2.0, "y": 1.0, "label": "a"}, None, {"x": 4.0, "y": 3.0, "label": None}]
        self.assertEqual([point and vars(point) for point in call("mirror", points)], mirrored)
        self.assertEqual(call("corners", Column.of(float, [2.0]))[0][1], Point(2.0, 2.0))
        self.assertEqual(call("split", Column.of(str, ["a b c", " "])), [Pair("a", ["b", "c"]), None])

    def test_prepared_arguments(self) -> None:
        text = Column.of(str, ["abc", "xyz", None])
        self.assertEqual(call("matches", text, Constant(str, "b.$")), [True, False, None])
        self.assertEqual(call("matches", text, Column.of(str, ["a", "a", "a"])), [True, False, None])
        with self.assertRaises(RowError) as raised:
            call("matches", text, Column.of(str, ["a", "(", "a"]))
        self.assertEqual(raised.exception.row, 1)

    def test_any_number_of_any_type(self) -> None:
        self.assertEqual(call("first_of", Column.of(str, [None, "a"]), Column.of(str, ["b", "c"])), ["b", "a"])
        lists = Column.of(list[int], [None, [1]])
        self.assertEqual(call("first_of", lists), [None, [1]])
        self.assertEqual(call("first_of"), [None, None, None])

    def test_columns(self) -> None:
        a, b = Column.of(float, [1.0, None, 3.0]), Column.of(float, [1.0, 2.0, None])
        self.assertEqual(call("plus", a, b), [2.0, None, None])
        self.assertEqual(call("plus", a, Constant(float, 1.0)), [2.0, None, 4.0])
        self.assertEqual(call("plus", Constant(float, None), a), [None, None, None])
        self.assertEqual(call("upper_columns", Column.of(str, ["aé", None, "z"])), ["Aé", None, "Z"])

    def test_wrong_arguments_are_refused(self) -> None:
        with self.assertRaisesRegex(Error, "`increment` takes 1 arguments, not 0"):
            call("increment")
        with self.assertRaisesRegex(Error, r"argument 1 \(`value`\) of `increment` is BIGINT, not STRING"):
            call("increment", Column.of(str, ["a"]))
        with self.assertRaisesRegex(Error, "there is no function `none`"):
            call("none")


if __name__ == "__main__":
    unittest.main()
