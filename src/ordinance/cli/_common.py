# SPDX-License-Identifier: EUPL-1.2
"""What every verb shares: arguments that mean time, exit codes, and how errors are shown."""

from __future__ import annotations

import json
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import click

from ordinance.model.errors import (
    ConsumerError,
    Issue,
    OrdinanceError,
    PolicyError,
    Severity,
    SourceError,
    TransferError,
)
from ordinance.model.time import end_of, start_of

CANNOT_USE, REFUSED, OUR_FAULT = 3, 5, 70
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200  # a calendar in which every window and deadline has room
P = ParamSpec("P")
R = TypeVar("R")

# C0 but tab and line feed, DEL, C1; bidirectional controls of UAX #9; line separators; lone surrogates.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

body_argument = click.argument("body", type=click.Path(path_type=Path), default=".")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")
as_of_option = click.option(
    "--as-of",
    "as_of",
    metavar="DAY|INSTANT",
    help="State and deadlines at the start of a day, or at an instant (2023-04-10, 2023-03-03T21:00). Default: now.",
)


def clean(text: object) -> str:
    """Text fit for a terminal: control and bidirectional characters become U+FFFD."""
    return _UNSAFE.sub("\ufffd", str(text))


def say(text: object = "") -> None:
    """A word to the person, on stderr."""
    click.echo(clean(text), err=True)


def show(text: object = "") -> None:
    """Data, on stdout."""
    click.echo(clean(text))


def show_json(value: Any) -> None:
    """Data as JSON, on stdout."""
    show_json_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def show_json_text(text: str) -> None:
    """JSON that is written already. What could steer a terminal is escaped: the same data in other letters."""
    click.echo(_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text), nl=False)


def issue_line(issue: Issue) -> dict[str, Any]:
    """An issue as JSON."""
    names = ("file", "line", "column", "id", "severity", "message", "consequence", "hint")
    return {n: getattr(issue, n) for n in names}


def show_issues(name: str, issues: Sequence[Issue], *, as_json: bool) -> int:
    """What a lint found, as data, with a word on how much; gives the exit code: errors make a folder unusable."""
    errors = sum(i.severity is Severity.ERROR for i in issues)
    if as_json:
        show_json([issue_line(i) for i in issues])
    else:
        for issue in issues:
            show(issue)
            show()
        say(f"{name}: {errors} error(s), {len(issues) - errors} warning(s)")
    return CANNOT_USE if errors else 0


def progress(text: object) -> None:
    """A word on how far it is, for who watches: only on a terminal."""
    if sys.stderr.isatty():
        say(text)


def show_table(rows: Sequence[tuple[str, ...]]) -> None:
    """Columns padded to their widest cell; the first row is the header."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        show("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def instant(text: str | None, zone: ZoneInfo) -> datetime:
    """What `--as-of` means: the start of a day, an instant on the body's wall clock, or now."""
    if text is None:
        return datetime.now(zone).replace(second=0, microsecond=0)
    try:
        day = _day(text)
        found = start_of(day, zone) if day else datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day that exists, nor an instant such as 2023-03-03T21:00") from None
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise click.BadParameter(f"{text!r} is not between the years {EARLIEST_YEAR} and {LATEST_YEAR}")
    return found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)


def _day(text: str) -> date | None:
    """The day that a text names, however ISO 8601 spells it; `None` for an instant."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def first_instant(text: str, zone: ZoneInfo) -> datetime:
    """What `--from` means: the start of its day."""
    return instant(text, zone)


def last_instant(text: str, zone: ZoneInfo) -> datetime:
    """What `--to` means: a day is inclusive, so the window ends when it is over."""
    found = instant(text, zone)
    return end_of(found.date(), zone) if _day(text) else found


@contextmanager
def ending_well() -> Iterator[None]:
    """While this lasts, being told to end is ending: what was written aside goes, and the exit code is the shell's.

    Told by SIGTERM, or by SIGHUP when the terminal is closed, unless that is ignored (`nohup`).
    """

    def end(number: int, frame: object) -> None:
        for one in told:  # a shell that goes passes it on a second time: what is being taken away is taken away whole
            signal.signal(one, signal.SIG_IGN)
        sys.exit(128 + number)

    kinds = {signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}  # Windows has no terminals that hang up
    told = [one for one in sorted(kinds) if signal.getsignal(one) is not signal.SIG_IGN]
    before = [(one, signal.signal(one, end)) for one in told]
    try:
        yield
    finally:
        for one, handler in before:
            signal.signal(one, handler)


def guarded(verb: Callable[P, R]) -> Callable[P, R]:
    """Turn the five errors into messages and exit codes; anything else is our fault, exit 70.

    With `--json` the faults of files stand on stdout too, as `lint --json` lists them.
    """

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        as_json = bool(kwargs.get("as_json"))
        try:
            return verb(*args, **kwargs)
        except (PolicyError, SourceError, TransferError) as error:
            if as_json:
                show_json([issue_line(i) for i in error.issues])
            fail(str(error), CANNOT_USE)
        except ConsumerError as error:
            hint = "please report it: this is our bug"
            refused = Issue("", 0, 0, "consumer-refused", str(error), "nothing was written", hint)
            if as_json:
                show_json([issue_line(refused)])
            fail(str(refused), REFUSED)
        except BrokenPipeError:
            raise  # the reader of a pipe has seen enough; click ends quietly
        except OSError as error:
            name = str(error.filename or "file")
            issue = Issue(name, 0, 0, "cannot-read-or-write", str(error.strerror or error))
            if as_json:
                with suppress(OSError):  # standard output itself may be what cannot be written
                    show_json([issue_line(issue)])
            fail(str(issue), CANNOT_USE)
        except OrdinanceError as error:
            fail(f"{error}  [our-fault]", OUR_FAULT)

    return run


def fail(message: str, code: int) -> NoReturn:
    """Say why on stderr and end."""
    say(message)
    sys.exit(code)
