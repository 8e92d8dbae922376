import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SDK = Path(__file__).parent.parent / "src"


def describe(source: str) -> tuple[dict | None, str]:
    """What the builder learns of a plugin: its world, or what is wrong."""
    with tempfile.TemporaryDirectory() as project:
        folder = Path(project, "src")
        folder.mkdir()
        (folder / "plugin.py").write_text(source)
        path = {"PYTHONPATH": f"{SDK}:{folder}", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([sys.executable, "-m", "polder.describe"], env=path, capture_output=True, text=True)
        said = done.stderr.replace(str(folder) + "/", "")
        return (json.loads(done.stdout) if done.returncode == 0 else None), said


class Describe(unittest.TestCase):
    def test_a_world(self) -> None:
        world, _ = describe(
            "import polder\nfrom polder import storage\n"
            "from polder import want\n"
            "polder.wants(storage=want('READ VOLUME', on='VOLUME', reason='reads'), clock=want(reason='x'))\n"
            "@polder.task\ndef load() -> None: ...\nprint('hello')\n"
        )
        self.assertEqual(world, {"exports": ["tasks"], "imports": ["log", "clock", "storage"]})

    def test_mistakes_are_told_with_their_place(self) -> None:
        for source, said in (
            (
                "@scalar\ndef f(x) -> int: ...",
                "plugin.py:2: parameter `x` of `f` has no type: write one, such as `x: str`",
            ),
            ("@scalar\ndef f(x: int): ...", "plugin.py:2: `f` does not tell what it returns"),
            ("@scalar\ndef f(x: int | str) -> int: ...", "is of several types; a column has one, or Any"),
            ("@scalar\ndef f(x: set) -> int: ...", "parameter `x` of `f`: `set` is not a type of SQL; use bool, int"),
            ("@scalar\ndef f(x: list) -> int: ...", "say what is in it: `list[str]`"),
            ("@scalar\ndef f(x: Any) -> Any: ...", "`f` returns Any: `@scalar(returns=…)` tells the type"),
            ("@scalar\ndef f(*, x: int) -> int: ...", "parameter `x` of `f`: arguments in SQL have no names"),
            ("@scalar\ndef f(x: Nothing) -> int: ...", "Nothing"),
            ("@aggregate\nclass A:\n    n: int = 0", "the aggregate `A` needs `def update(self, x: float) -> None`"),
            ("@table\ndef f(x: int) -> int: ...", "`f` returns `Iterator[Row]`"),
            ("x = 1", "src/plugin.py has no functions"),
            ("from polder import clock\n@task\ndef f() -> None: ...", "imports `polder.clock`, but does not say why"),
            ("def f(:", "SyntaxError"),
            ("import nowhere", "No module named 'nowhere'"),
        ):
            world, told = describe(
                f"from typing import Any; from polder import aggregate, scalar, table, task\n{source}\n"
            )
            self.assertIsNone(world)
            self.assertIn(said, told)


if __name__ == "__main__":
    unittest.main()
