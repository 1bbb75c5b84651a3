# SPDX-License-Identifier: EUPL-1.2
"""The compiled catalogue says what the TOML files say, and nothing once they have changed."""

from __future__ import annotations

import json

import pytest

from ordinance.catalogue.compiled import FILE, OtherFormError, compiled, read_anyhow, read_compiled, version_of
from ordinance.catalogue.load import DATA, load, load_folder


def test_what_ships_is_up_to_date() -> None:
    """Whoever changes a family makes it anew: `scripts/catalogue`."""
    assert (DATA / FILE).read_bytes() == compiled(load_folder(DATA))


def test_it_is_the_same_catalogue() -> None:
    """Field by field what the TOML files give, also for facts asked of it."""
    whole = load_folder(DATA)
    assert read_compiled(compiled(whole), whole.digest) == whole == load()
    assert whole.facts("tiktok/tiktok") == load().facts("tiktok/tiktok")


def test_files_that_changed_are_read_themselves() -> None:
    """A digest that is not theirs is no answer."""
    whole = load_folder(DATA)
    assert read_compiled(compiled(whole), "sha256:other") is None
    document = json.loads(compiled(whole)) | {"digest": "sha256:other"}
    assert read_compiled(json.dumps(document).encode(), whole.digest) is None


def test_a_file_of_another_form_is_not_read() -> None:
    """Neither by who asks for the catalogue, nor by who would keep it as the version before."""
    whole = load_folder(DATA)
    document = json.loads(compiled(whole)) | {"form": 1}
    other = json.dumps(document).encode()
    assert read_compiled(other, whole.digest) is None
    with pytest.raises(OtherFormError, match="run scripts/catalogue"):
        read_anyhow(other)
    assert version_of(other) == whole.version
    assert read_anyhow(compiled(whole)) == whole
