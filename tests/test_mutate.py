# SPDX-License-Identifier: EUPL-1.2
"""The script that changes the code: what it changes, that each change is still Python, and that its list fits."""

from __future__ import annotations

import ast
import re
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def mutate() -> ModuleType:
    """The script as a module; it has no .py name because people type it."""
    loader = SourceFileLoader("mutate", str(ROOT / "scripts" / "mutate"))
    spec = spec_from_loader("mutate", loader)
    assert spec
    module = module_from_spec(spec)
    sys.modules["mutate"] = module  # dataclasses look their own module up
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # else a scripts/mutatec appears in the checkout
    loader.exec_module(module)
    sys.dont_write_bytecode = writes
    return module


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = a < b", {"a <= b"}),
        ("x = a is None", {"a is not None"}),
        ("x = a and b", {"a or b", "a", "b"}),
        ("x = not a", {"a"}),
        ("x = ~a", {"a"}),
        ("x = a if b else c", {"c if b else a", "a", "c"}),
        ("x = [a for a in b if a]", {"[a for a in b]"}),
        ("x = True", {"False"}),
        ("x = 0", {"1"}),
        ("x = 2", {"1", "3"}),
        ("x = a | b", {"a & b"}),
        ("x = min(a)", {"max(a)"}),
        ("x = sorted(a, key=b)", {"list(a)"}),
        ("x = operator.gt", {"operator.ge"}),
        ("def f():\n    return a", {"return None"}),
        ("def f():\n    return None", set()),
        ("a.append(b)", {"pass"}),
        ("for a in b:\n    continue", {"break"}),
        ("x = f'{a + 1}'", set()),  # words for people
        ('"""Words."""', set()),
        ("@dataclass(frozen=True)\nclass A:\n    a: int | None", set()),
        ("def f(a: int | None) -> int | str:\n    pass", set()),
    ],
)
def test_small_changes(mutate: ModuleType, before: str, after: set[str]) -> None:
    """What is changed, and what is left: decorators, types, words."""
    assert {m.new for m in mutate.mutants("f", before)} == after


def test_every_change_is_python_and_a_change(mutate: ModuleType) -> None:
    """Each module with one change is still a module, and another one; lines with letters of Europe are no trap."""
    for file in mutate.MODULES:
        source = (mutate.SRC / file).read_text("utf-8")
        found = mutate.mutants(file, source)
        assert len(found) > 50
        for one in found:
            assert ast.dump(ast.parse(mutate.mutated(source, one))) != ast.dump(ast.parse(source)), one
    (one,) = mutate.mutants("f", 'x = ("ü", a < b)')
    assert mutate.mutated('x = ("ü", a < b)', one) == 'x = ("ü", (a <= b))'


def test_the_list_of_survivors_fits_the_code(mutate: ModuleType) -> None:
    """Who changes a line that is explained there explains it anew, or takes the explanation out."""
    found = {m.key for f in mutate.MODULES for m in mutate.mutants(f, (mutate.SRC / f).read_text("utf-8"))}
    assert [key for key in mutate.explained() if key not in found] == []
    assert all(len(why.split()) >= 4 for why in mutate.explained().values())


def test_the_page_is_of_this_code(mutate: ModuleType) -> None:
    """The stored run covers every module, explains every survivor, and reaches what is asked."""
    page = mutate.PAGE.read_text("utf-8")
    assert "not explained" not in page
    rows = re.findall(r"^\| `(\S+\.py)` \| \d+ \| .* \| ([\d.]+) \|$", page, re.MULTILINE)
    assert [name for name, _ in rows] == list(mutate.MODULES)
    assert all(float(share) >= mutate.LEAST for _, share in rows)
