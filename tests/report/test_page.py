# SPDX-License-Identifier: EUPL-1.2
"""One page as HTML and as PDF: what comes from files is text in both, and nothing of it is lost."""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pdfua
import pikepdf
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from cli.shell import run, tree
from ordinance.report.page import Page, Section, Table, render_page
from ordinance.report.pdf import NotInstalledError, render_pdf

HOSTILE = '<script>alert(1)</script> #panic("x") *not bold* $x$ \\ ` @ref <label> "quoted" [x] {y} // no comment'
PAGE = Page(
    language="en",
    who="City of Nowhere",
    as_of="State of 1 June 2023",
    title="A title",
    question="A question?",
    lead=HOSTILE,
    notice="Invented.",
    state="partly",
    sections=(
        Section("one", "One", ("A sentence.",), ("An item.",), Table("A table", ("H", "N"), (("a", "1"), ("b", "2")))),
        Section("two", "Two", nothing="Nothing here."),
    ),
)
# A rule of this checker that breaks down where the attributes of a tag are written as a list.
BROKEN_RULE = "UA-14-001"


def checked(content: bytes) -> tuple[list[object], set[str]]:
    """What a second reader finds, and which of its rules could not be asked."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.pdf"
        path.write_bytes(content)
        report = pdfua.validate(str(path))
    return [f for o in report.outcomes for f in o.findings], {o.rule_id for o in report.outcomes if o.skipped_reason}


def test_html_has_every_part_as_text() -> None:
    """Escaped once, in the order of the page; an empty section says so."""
    page = render_page(PAGE).decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    parts = (">One</h2>", "A sentence.", "An item.", "A table</caption>", ">Two</h2>", "Nothing here.")
    found = [page.index(x) for x in parts]
    assert found == sorted(found)
    assert re.search(r'<th scope="row">a</th>\s*<td>1</td>', page)


def test_pdf_keeps_to_the_standard(tmp_path: Path) -> None:
    """Tagged, titled, in its language, and named as PDF/UA-1; a second reader finds nothing."""
    content = render_pdf(PAGE)
    findings, unasked = checked(content)
    assert findings == []
    assert unasked <= {BROKEN_RULE}
    (tmp_path / "x.pdf").write_bytes(content)
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "en"
        meta = pdf.open_metadata()
        assert meta["pdfuaid:part"] == "1"
        assert meta["dc:title"] == "City of Nowhere: A title"
        tags = _tags(pdf.Root.StructTreeRoot)
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/LI", "/P"} <= tags


def _tags(node: pikepdf.Object) -> set[str]:
    found: set[str] = set()
    ahead = [node]
    while ahead:
        one = ahead.pop()
        if isinstance(one, pikepdf.Dictionary):
            found |= {str(one["/S"])} if "/S" in one else set()
            kids = one.get("/K")
            ahead += list(kids) if isinstance(kids, pikepdf.Array) else [kids] if kids is not None else []
    return found


def test_a_second_reader_notices_a_fault() -> None:
    """Without its tags the same file is refused: the reader is awake."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.pdf"
        path.write_bytes(render_pdf(PAGE))
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            del pdf.Root["/StructTreeRoot"]
            del pdf.Root["/Lang"]
            pdf.save(path)
        assert checked(path.read_bytes())[0]


def test_same_page_same_bytes() -> None:
    """No clock and no fonts of the machine."""
    assert render_pdf(PAGE) == render_pdf(PAGE)
    assert render_page(PAGE) == render_page(PAGE)
    assert render_pdf(replace(PAGE, title="Another")) != render_pdf(PAGE)


def test_what_no_font_has_is_said() -> None:
    """Two scripts that the fonts lack: replaced, and a last section says so; the page itself is whole."""
    odd = replace(PAGE, lead="漢字 and ไทย")
    plain = replace(PAGE, lead="\N{REPLACEMENT CHARACTER}" * 2 + " and " + "\N{REPLACEMENT CHARACTER}" * 3)
    assert checked(render_pdf(odd))[0] == []
    assert len(render_pdf(odd)) > len(render_pdf(plain))  # the section that says so
    assert render_pdf(PAGE).count(b"Characters") == render_pdf(plain).count(b"Characters")


@given(st.text(max_size=60))
@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@example("")
@example(" ")
@example("\u1bf0")
@example("\U0001f600\u0301")
def test_no_text_breaks_a_page(text: str) -> None:
    """Whatever stands in a file: both forms are made, and no text becomes markup or a fault."""
    page = replace(PAGE, title=text or "t", lead=text, sections=(Section("s", text, (text,), (text,), nothing=text),))
    assert render_page(page)
    assert checked(render_pdf(page))[0] == []


def test_without_the_typesetter_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A located word, not a trace; HTML needs none."""
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(NotInstalledError):
        render_pdf(PAGE)
    assert render_page(PAGE)
    done = run("cascade", "ee-ria", "--as-of", "2024-12-16", "--pdf", tmp_path / "x.pdf", "--html", tmp_path / "x.html")
    assert (done.code, "[pdf-not-installed]" in done.err) == (3, True)
    assert not tree(tmp_path)  # neither file: what was asked for is made whole or not at all
