# SPDX-License-Identifier: EUPL-1.2
"""`ordinance read`: log files read one by one, here or on many machines, and kept for a check."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ordinance.cli._common import (
    as_of_option,
    first_instant,
    guarded,
    instant,
    json_option,
    last_instant,
    progress,
    say,
    show,
    show_json,
    show_table,
)


@click.command()
@click.argument("files", nargs=-1)
@click.option("--body", type=click.Path(path_type=Path), default=".", help="The body's folder. Default: this one.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder for what is kept.")
@as_of_option
@click.option("--from", "since", metavar="DAY", help="Start of the window. Default: checking.window back.")
@click.option("--to", "until", metavar="DAY", help="End of the window; a day is inclusive. Default: yesterday.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, help="So many files at a time on this machine.")
@click.option("--cluster", metavar="ADDRESS", help="Spread the files over the workers of this Dask scheduler.")
@json_option
@guarded
def read(
    files: tuple[str, ...],
    body: Path,
    out: Path,
    as_of: str | None,
    since: str | None,
    until: str | None,
    jobs: int,
    cluster: str | None,
    as_json: bool,
) -> None:
    """Read log files one by one and keep what they say of the watch list, for `ordinance check --kept`.

    \b
    Example:
      ordinance read --body examples/ghent --as-of 2023-04-10 --out kept

    FILES are paths, or addresses of objects that a source names (s3://…); without any, all files of the body's logs are
    read. A file that was read under the same terms is not read again.
    Exit 0: each file is kept. 4: some have to be read by the check itself, and are named. 3: a file is of none of the
    body's logs, or the body's files cannot be used.
    """
    from ordinance.operations.checking import window_of
    from ordinance.operations.keeping import ITSELF, THERE, in_turn, run_read, side_by_side, summary
    from ordinance.operations.workspace import open_workspace

    if cluster is not None and jobs > 1:
        raise click.UsageError("--jobs is for this machine, --cluster for others")
    workspace = open_workspace(body).usable()
    zone = workspace.body.zone
    at = instant(as_of, zone)
    window = window_of(
        workspace, at, first_instant(since, zone) if since else None, last_instant(until, zone) if until else None
    )
    spread = in_turn if jobs == 1 else side_by_side(jobs)
    if cluster is not None:
        from ordinance.operations.cluster import on_cluster

        spread = on_cluster(cluster)
    done = run_read(workspace, files, out, at, window, spread, lambda n, of: progress(f"{n} of {of} files"))
    left = [d for d in done if d.what == ITSELF]
    if as_json:
        show_json(summary(done))
    elif done:
        rows = ((d["source"], d["file"], d["what"], d["why"]) for d in summary(done))
        show_table([("source", "file", "", ""), *rows])
    else:
        show("nothing to read: no log has a file, or no app is watched in this window")
    there = sum(d.what == THERE for d in done)
    say(f"{out}: {len(done)} file(s), {there} of them as before; {len(left)} to be read by the check itself")
    sys.exit(4 if left else 0)
