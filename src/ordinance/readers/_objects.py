# SPDX-License-Identifier: EUPL-1.2
"""Files of an object store or of another place that has a URL: which there are, and their octets.

Reads whatever fsspec can (the extra `objects`, and the package that it wants for a protocol), at the addresses that the
settings of a source name, and nothing else; only `ordinance read` does. What lets somebody in is fsspec's own business
(environment, its configuration files): a URL that holds it is refused, as the names of files are kept and shown.
Cannot know whether an object changes between listing and reading: its digest is that of what was read.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from ordinance.model.errors import Issue, SourceError
from ordinance.readers._files import InputFile, by_age, fits


def is_url(text: str) -> bool:
    """Whether a pattern or a path is one for this module."""
    return "://" in text


def listed(patterns: Iterable[str]) -> tuple[InputFile, ...]:
    """The files that any of these URLs with `*` matches, oldest first by name.

    Raises SourceError where fsspec or its part for a protocol is missing (`no-fsspec`), the store does not answer
    (`store-unreadable`), or a URL holds a password or a signature (`url-with-secret`).
    """
    found: dict[str, InputFile] = {}
    for pattern in patterns:
        system, path = _system(pattern)
        try:
            hits = {str(name): system.info(name) for name in system.glob(path)}
        except Exception as error:  # each store has errors of its own
            raise _failed(pattern, error) from None
        protocol = pattern.partition("://")[0]
        for name, info in hits.items():
            if info.get("type") == "file":
                url = f"{protocol}://{name.lstrip('/') if protocol != 'file' else name}"
                found[url] = object_at(url, int(info.get("size") or 0))
    return by_age(found.values())


def would_list(url: str, patterns: Iterable[str]) -> bool:
    """Whether `listed` would give this file, were it there."""
    return any(fits(url.split("/"), pattern.split("/"), hidden=True) for pattern in patterns if is_url(pattern))


def object_at(url: str, size: int) -> InputFile:
    """A file to read, of so many octets."""
    return InputFile(Path(url), url, lambda: _opened(url), size)


def _opened(url: str) -> BinaryIO:
    """Raises OSError, whatever the store says."""
    system, path = _system(url)
    try:
        return cast("BinaryIO", system.open(path, "rb"))
    except Exception as error:  # as above; its words may name who asked
        raise OSError(f"{url} cannot be read: {type(error).__name__}") from None


def _system(url: str) -> tuple[Any, str]:
    parts = urlsplit(url)
    if parts.username or parts.password or parts.query:
        message = "the address holds a name, a password or a signature"
        hint = "give it to fsspec by the environment or its configuration files: names of files are kept and shown"
        raise SourceError([_issue(f"{parts.scheme}://…{parts.path}", "url-with-secret", message, hint)])
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415  # an extra
    except ImportError:
        hint = "pip install 'ordinance[objects]'"
        raise SourceError([_issue(url, "no-fsspec", "fsspec is not installed", hint)]) from None
    try:
        system, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        hint = "install the package for this protocol: s3fs for s3://, gcsfs for gs://, adlfs for abfs://"
        raise SourceError([_issue(url, "no-fsspec", f"fsspec cannot speak to it: {error}", hint)]) from None
    return system, path


def _failed(url: str, error: Exception) -> SourceError:
    hint = "is the address right, and may this machine read there?"
    return SourceError([_issue(url, "store-unreadable", f"it cannot be listed: {type(error).__name__}", hint)])


def _issue(url: str, issue_id: str, message: str, hint: str) -> Issue:
    return Issue(url, 0, 0, issue_id, message, "nothing was read of it", hint)
