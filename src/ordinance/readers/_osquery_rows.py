# SPDX-License-Identifier: EUPL-1.2
"""Rows of osquery's tables of software, and what Fleet makes of them: which app a row names, if it names one.

A row bears no name of its table. `source` says it where Fleet, or a query after its example, states it (`deb_packages`
has a column of its own of that name); else the columns do: `apps` has `bundle_identifier`, `programs` an identifying
number, an uninstaller or a publisher, `deb_packages` and `rpm_packages` a maintainer or a vendor beside an
architecture. Libraries (`python_packages`, `npm_packages`), browser extensions and all other tables name no app: a
library that is called like an app is not the app.
"""

from __future__ import annotations

from typing import Any

from ordinance.model.apps import Kind
from ordinance.readers._documents import stated_at
from ordinance.readers._inventory import App

NO_APP = App()

_BY_BUNDLE = {"apps", "ios_apps", "ipados_apps"}
_BY_PACKAGE = {"android_apps"}
_PROGRAMS = {"programs"}
_PACKAGES = {"deb_packages", "rpm_packages"}
_WITH_APPS = _BY_BUNDLE | _BY_PACKAGE | _PROGRAMS | _PACKAGES
_NO_APPS = ("_packages", "_extensions", "_addons", "_plugins")  # how the names of tables of parts and libraries end
_OF_PROGRAMS = {"identifying_number", "uninstall_string", "install_source", "publisher"}
_TELLING = _OF_PROGRAMS | {"source", "bundle_identifier", "application_id", "arch"}
_KEYS = ("source", "name", "bundle_identifier", "application_id", "publisher", "vendor")


def app_of(row: Any) -> App | str:
    """The app of a row, `NO_APP` where it names none, or the reason why it cannot be read."""
    if not isinstance(row, dict):
        return "bad-type"
    if _TELLING.isdisjoint(row):  # nearly all rows of a log
        return NO_APP
    stated = {key: stated_at(row, key) for key in _KEYS}
    if None in stated.values():
        return "bad-type"
    return _app(row, {key: value or "" for key, value in stated.items()})


def _app(row: dict[str, Any], cells: dict[str, str]) -> App:
    table = _table(row, cells["source"])
    if table in _BY_BUNDLE:
        return App(cells["bundle_identifier"], (Kind.BUNDLE_ID,), cells["name"].removesuffix(".app"))
    if table in _BY_PACKAGE:
        return App(cells["application_id"], (Kind.PACKAGE_NAME,), cells["name"])
    if table in _PROGRAMS:
        return App(name=cells["name"], publisher=cells["publisher"] or cells["vendor"])
    return App(name=cells["name"]) if table in _PACKAGES else NO_APP


def is_told(row: Any, *, needs_id: bool) -> bool:
    """Whether a row may stand in a list of all apps of a device: an app of it, or what is no app.

    `needs_id`: an app without a column for its id is not enough. Fleet leaves the column out where the id is empty.
    """
    if not isinstance(row, dict):
        return False
    table = _table(row, source if isinstance(source := row.get("source"), str) else "")
    if table in _BY_BUNDLE:
        return not needs_id or "bundle_identifier" in row
    return table in _BY_PACKAGE or (table.endswith(_NO_APPS) and table not in _PACKAGES)


def _table(row: dict[str, Any], source: str) -> str:
    """Which table a row is of; "" where nobody can tell."""
    if source in _WITH_APPS or source.endswith(_NO_APPS):
        return source
    if "bundle_identifier" in row:
        return "apps"
    if "application_id" in row:
        return "android_apps"
    if "name" in row and row.keys() & _OF_PROGRAMS:
        return "programs"
    return "deb_packages" if "name" in row and "arch" in row and row.keys() & {"maintainer", "vendor"} else ""
