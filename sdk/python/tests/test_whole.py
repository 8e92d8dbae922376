import unittest
from typing import NamedTuple

import calls  # noqa: F401
from scalars import Point

from polder import Batch, Column, Error, Field, HostError, query, storage, want, wants
from polder.function import named
from polder.tasks import outputs


class Row(NamedTuple):
    id: int
    name: str


class Batches(unittest.TestCase):
    batch = Batch.from_columns({"id": Column.of(int, [1, 2, 1]), "name": Column.of(str, ["a", "b", "c"])})

    def test_rows(self) -> None:
        self.assertEqual(list(self.batch.rows(Row)), [Row(1, "a"), Row(2, "b"), Row(1, "c")])
        self.assertEqual(list(Batch.from_rows(Row, self.batch.rows(Row)).rows()), list(self.batch.rows()))
        self.assertEqual(list(self.batch.filter([False, True, True]).slice(1, 5).rows(Row)), [Row(1, "c")])
        with self.assertRaisesRegex(Error, "there is no column `x`; there are: id, name"):
            list(self.batch.rows(Point))

    def test_transforms(self) -> None:
        transform = named("dedupe", "transform").implementation
        running = transform.bind(self.batch.fields, {"key": Column.of(str, ["id"])})
        running.push(self.batch)
        self.assertEqual(list(running.pull(1).rows(Row)), [Row(1, "a")])
        self.assertEqual(list(running.pull(9).rows(Row)), [Row(2, "b")])
        self.assertIsNone(running.pull(9))
        for options, said in (({}, "`key` is missing"), ({"k": Column.of(str, ["id"])}, "there is no option `k`")):
            with self.assertRaisesRegex(Error, said):
                transform.bind(self.batch.fields, options)

    def test_finish(self) -> None:
        running = named("numbered", "transform").implementation.bind(self.batch.fields, {})
        running.push(self.batch)
        running.push(self.batch)
        self.assertIsNone(running.pull(9))
        running.finish()
        self.assertEqual(running.pull(9)["number"].to_list(), list(range(6)))
        self.assertEqual(running.returns[-1], Field.of("number", int))


class Tasks(unittest.TestCase):
    def run_task(self, **parameters: str) -> dict[str, str]:
        return dict(named("summarise", "task").implementation.run(list(parameters.items())))

    def test_parameters_are_json(self) -> None:
        done = self.run_task(numbers="[1, 2]", words='{"a": true, "b": false}', factor="2")
        self.assertEqual(done, {"total": "6", "words": '["a"]', "note": "null"})

    def test_wrong_ones_are_refused_in_words(self) -> None:
        right = {"numbers": "[1]", "words": "{}"}
        for wrong, said in (
            ({"numbers": "[1"}, "parameter `numbers`: "),
            ({"numbers": "[1.5]"}, "it is a number, not a whole number"),
            ({"numbers": "[true]"}, "it is true or false, not a whole number"),
            ({"numbers": "[3000000000]"}, "3000000000 does not fit INT"),
            ({"note": "5"}, "parameter `note`: it is a whole number, not text"),
            ({"other": "5"}, "there is no parameter `other`; there are: numbers, words, note, factor"),
        ):
            with self.assertRaisesRegex(Error, said):
                self.run_task(**{**right, **wrong})
        with self.assertRaisesRegex(Error, "parameter `words` is missing"):
            self.run_task(numbers="[]")

    def test_outputs(self) -> None:
        self.assertEqual(outputs(None), [])
        self.assertEqual(outputs({"row": Row(1, "a")}), [("row", '[1, "a"]')])
        with self.assertRaisesRegex(Error, "a task returns nothing, or a dict"):
            outputs(5)

    def test_outside_the_sandbox_there_is_no_host(self) -> None:
        for use in (lambda: query.run("SELECT 1", 1, "a", None), lambda: storage.Volume.open("main.nyc.inbox")):
            with self.assertRaisesRegex(HostError, "this works inside Polder only"):
                use()

    def test_wants(self) -> None:
        for wrong in ({"disk": want(reason="x")}, {"storage": want(reason=" ")}):
            with self.assertRaises(TypeError):
                wants(**wrong)


if __name__ == "__main__":
    unittest.main()
