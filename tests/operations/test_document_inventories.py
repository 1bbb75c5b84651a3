# SPDX-License-Identifier: EUPL-1.2
"""An inventory in JSON in the place of one in CSV: the check says the same of every device."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.shell import body, edit, run

AT = "2023-04-10"
CSV = 'reader = "inventory-csv"\npreset = "ordinance"\nfiles = ["inventory/mdm-*.csv"]\n'
Rows = list[dict[str, str]]


def by_glpi(device: str, rows: Rows) -> dict[str, Any]:
    """A phone as the Android agent writes it: the wall clock, and the package name among the comments."""
    day, _, time = rows[0]["seen"].partition("T")
    apps = [{"name": r["app_name"], "comments": r["app_id"], "from": "Android"} for r in rows if r["app_id"]]
    content = {"hardware": {"name": device}, "accesslog": {"logdate": f"{day} {time[:8]}"}, "softwares": apps}
    return {"deviceid": f"{device}-2021-01-01-00-00-00", "itemtype": "Phone", "content": content}


def by_fleet(device: str, rows: Rows) -> dict[str, Any]:
    """The same phone as Fleet has it."""
    of_android = {"source": "android_apps", "version": "1"}
    apps = [{"name": r["app_name"], "application_id": r["app_id"], **of_android} for r in rows if r["app_id"]]
    seen = rows[0]["seen"]
    of_the_body = {"enrollment_status": "On (company-owned)"}
    host = {"hostname": device, "platform": "android", "software_updated_at": seen, "software": apps}
    return {"host": {**host, "mdm": of_the_body}}


def written_anew(folder: Path, reader: str, form: Callable[[str, Rows], dict[str, Any]]) -> Path:
    """Write the phones of Ghent as JSON Lines, and name their reader."""
    for path in sorted((folder / "inventory").glob("mdm-*.csv")):
        devices: dict[str, Rows] = {}
        with path.open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                devices.setdefault(row["device"], []).append(row)
        lines = [json.dumps(form(device, rows)) + "\n" for device, rows in devices.items()]
        assert len(lines) > 5
        path.with_suffix(".json").write_text("".join(lines), "utf-8")
        path.unlink()
    edit(folder / "ordinance.toml", CSV, f'reader = "{reader}"\nfiles = ["inventory/mdm-*.json"]\n')
    return folder


def checked(folder: Path) -> dict[str, Any]:
    """The document of a check, without what says which bytes were read and where in them something stood."""
    done = run("check", folder, "--as-of", AT, "--individual", "--json")
    assert done.code in {1, 4}, done.err
    found: dict[str, Any] = json.loads(done.out)
    del found["run"]
    return found


PLACES = {"file", "line", "where", "evidence", "accounting"}


def without_places(value: Any) -> Any:
    """A value without the places of the evidence in it."""
    if isinstance(value, dict):
        return {k: without_places(v) for k, v in value.items() if k not in PLACES}
    return [without_places(v) for v in value] if isinstance(value, list) else value


@pytest.mark.slow
@pytest.mark.parametrize(("reader", "form"), [("glpi-inventory", by_glpi), ("osquery-log", by_fleet)])
def test_an_inventory_in_json_gives_the_same_check(
    reader: str, form: Callable[[str, Rows], dict[str, Any]], tmp_path: Path
) -> None:
    """Results, findings and coverage of each device are those of the same phones in CSV."""
    folder = body("ghent", tmp_path)  # one folder, so that pseudonyms are the same
    before = checked(folder)
    after = checked(written_anew(folder, reader, form))
    (was,) = [one for one in before["accounting"] if one["source"] == "mdm"]
    (now,) = [one for one in after["accounting"] if one["source"] == "mdm"]
    assert was["kept"] == now["kept"] > 0 and was["dropped"] == now["dropped"] and now["rejected"] == 0
    assert any(f["kind"] == "app_installed" and f["device"] for f in before["findings"])
    assert without_places(after) == without_places(before)
