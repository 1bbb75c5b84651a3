# SPDX-License-Identifier: EUPL-1.2
"""Every verb of the command line with words that start it: the example that opens its help.

    verbs.py FOLDER EXAMPLES     prepares the folder, and prints the verbs and their words as JSON

Reads: the help texts. Writes, where it prepares a folder: a copy of the examples with what some verbs ask for (a run
of `check`, a bundle and a key, small files of the airlock). A verb whose example names what is not there (a
transfer, a finding) says so and ends; what it loads to say so is measured.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click

EXAMPLE = re.compile(r"Example:\s+ordinance ([^\n]+)")
FIRST = (
    ("check", "examples/ghent", "--as-of", "2023-04-10"),
    ("check", "examples/tallinn", "--as-of", "2024-12-16"),
    ("build", "examples/ghent", "--as-of", "2023-04-10", "--out", "ghent-bundle"),
    ("bundle", "key", "city.pem"),
    ("bundle", "sign", "ghent-bundle", "--key", "city.pem"),
)
FILES = {  # those that the examples of the airlock name: nothing in them has to be usable
    "captions.srt": "1\n00:00:01,000 --> 00:00:02,000\nA parade.\n",
    "post.txt": "A parade.\n",
    **dict.fromkeys(("answers.toml", "cover.jpg", "parade.mp4"), ""),
}
ELSEWHERE = {"/tmp/ghent-bundle": "ghent-bundle", "/media/stick": "stick"}  # noqa: S108  # a help text names it
NEW = {"bundle key": "new.pem", "build": "new-bundle"}  # what the preparation has made already


def verbs(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    """Each verb that can be called, inner ones as `apps list`, and the words of its example without `ordinance`."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield _called(command, (*path, name))
            yield from verbs(command, (*path, name))
        elif command is not None:
            yield _called(command, (*path, name))


def _called(command: click.Command, path: tuple[str, ...]) -> tuple[str, list[str]]:
    name, found = " ".join(path), EXAMPLE.search(command.help or "")
    if found is None:
        raise LookupError(f"the help of {name} has no example")
    words = [ELSEWHERE.get(word, word) for word in shlex.split(found[1])]
    return name, [*words[:-1], NEW.get(name, words[-1])]


def prepare(folder: Path, examples: Path) -> None:
    """A folder in which the examples run: nothing outside it is read or written."""
    shutil.copytree(examples, folder / "examples", ignore=shutil.ignore_patterns(".ordinance"))
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    for words in FIRST:
        program = f"from ordinance.cli.main import cli; cli.main({list(words)!r}, prog_name='ordinance')"
        subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, check=False)


if __name__ == "__main__":
    from ordinance.cli.main import cli

    prepare(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps({"--help": ["--help"], **dict(verbs(cli))}))
