# SPDX-License-Identifier: EUPL-1.2
"""Whose a mailbox is: told where the files tell it, and left open where they do not."""

from __future__ import annotations

from datetime import date

import pytest

from ordinance.model.estate import Estate, People, Person, Validity
from ordinance.review.mailbox import Whose, people_by, whose

PEOPLE = ("p-001", "press", "liina.linnamäe", "õie.öö@linn.example")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("liina.linnamae@linn.example", Whose.PERSON),
        ("Liina_Linnamäe@linn.example", Whose.PERSON),
        ("oie.oo@linn.example", Whose.PERSON),  # the id is an address
        ("p-001@linn.example", Whose.PERSON),
        ("strategy.centre@city.example", Whose.OFFICE),
        ("noorte.kanal@linn.example", Whose.OFFICE),
        ("pers@stad.example", Whose.OFFICE),
        ("social.media@tallinn.example", Whose.OFFICE),
        ("liina.linnamagi@linn.example", Whose.CANNOT_TELL),  # no word of an office is a part of a name
        ("persson@city.example", Whose.CANNOT_TELL),
        ("kadri.linn@city.example", Whose.CANNOT_TELL),  # family names are no words of offices
        ("j.doe@city.example", Whose.CANNOT_TELL),
        ("strategy.hub@city.example", Whose.CANNOT_TELL),
        ("press@city.example", Whose.OFFICE),  # an office's word stays one as an id
        ("press@gmail.com", Whose.OUTSIDE),
        *((f"press@{domain}", Whose.OUTSIDE) for domain in (
            "hotmail.be", "hotmail.com", "yahoo.fr", "yahoo.co.uk", "outlook.be", "outlook.com", "live.nl", "gmx.net",
            "gmx.at", "online.ee",
        )),
        *((f"press@{domain}", Whose.OFFICE) for domain in ("yahoo.example", "my-hotmail.be", "live.city.example")),
    ],
)  # fmt: skip
def test_what_can_be_told(address: str, expected: Whose) -> None:
    """A person by the body's own list, an office by a whole word, a free provider by its domain."""
    assert whose(address, PEOPLE) is expected


def test_without_a_list_of_people_nobody_is_named_a_person() -> None:
    """Two words with a dot between them are an office as easily as a name."""
    assert whose("liina.linnamae@linn.example", ()) is Whose.CANNOT_TELL


def test_nobody_is_accused_for_somebody_who_comes_later() -> None:
    """Whoever left counts, as does whoever is there without a day; a row that begins later says nothing yet."""
    day = date(2023, 6, 1)
    stated = {"left": (None, date(2023, 1, 31)), "there": (None, None), "new": (day, None)}
    stated["later"] = (date(2023, 6, 2), None)
    people = tuple(Person(i, People.STAFF, validity=Validity(*days)) for i, days in stated.items())
    assert {*people_by(Estate((), people), day)} == {"left", "there", "new"}
