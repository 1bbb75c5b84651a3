# SPDX-License-Identifier: EUPL-1.2
"""What who has DuckDB or Polars, a list of names and leases would write: `peers.py WHO FORMAT FOLDER OUT`.

The same question as ours, answered as well as these engines answer it: names in lower case without a dot at the end,
the longest known suffix of each different name once, answers looked at, hits alone joined to leases and devices. Only
what is needed of a row is kept. Writes a line for each device, app and day on which an app was used: device, app, day,
count. Prints the version. Neither says what it could not read, nor gives a reason, nor writes a report.

Does not know clocks that differ, hardware addresses that a device made up, or what a clause is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from formats import FIELDS, OFFSET

# --- DuckDB -------------------------------------------------------------------------------------------

_COLUMNS = ", ".join(f"'{name}': 'VARCHAR'" for name in FIELDS)
_ANSWERED = "rcode_name = 'NOERROR' AND answers NOT IN ('-', '0.0.0.0', '::')"
# `asked`: what of the log is needed. `used`: which of the hits count, with the instant in seconds since 1970.
_ASKED = {
    "zeek_tsv": f"""
        SELECT ts, "id.orig_h" AS client, query AS name, {_ANSWERED} AS ok
        FROM read_csv('LOGS', delim = '\t', header = false, comment = '#', quote = '', escape = '',
            auto_detect = false, columns = {{{_COLUMNS}}})""",  # noqa: S608  # constants of this module
    "zeek_json": """
        SELECT ts, "id.orig_h" AS client, query AS name,
            coalesce(rcode_name = 'NOERROR' AND answers[1] NOT IN ('0.0.0.0', '::'), false) AS ok
        FROM read_ndjson('LOGS', columns = {'ts': 'DOUBLE', 'id.orig_h': 'VARCHAR', 'query': 'VARCHAR',
            'rcode_name': 'VARCHAR', 'answers': 'VARCHAR[]'})""",
    "eve": """
        SELECT "timestamp" AS ts, flow_id, src_ip AS client, coalesce(dns.rrname, tls.sni) AS name,
            coalesce(dns."type", event_type) AS kind,
            coalesce(dns.rcode = 'NOERROR' AND dns.answers[1].rdata NOT IN ('0.0.0.0', '::'), tls IS NOT NULL) AS ok
        FROM read_ndjson('LOGS', columns = {'timestamp': 'VARCHAR', 'flow_id': 'UBIGINT', 'event_type': 'VARCHAR',
            'src_ip': 'VARCHAR', 'tls': 'STRUCT(sni VARCHAR)',
            'dns': 'STRUCT("type" VARCHAR, rrname VARCHAR, rcode VARCHAR, answers STRUCT(rdata VARCHAR)[])'})""",
    "dnsmasq": """
        SELECT ts, words[2] AS serial, words[3] AS client, words[4] AS kind, words[5] AS name, words[7] AS said
        FROM (SELECT line[1:15] AS ts, string_split(line[17:], ' ') AS words
            FROM read_csv('LOGS', delim = '\x01', header = false, quote = '', escape = '', auto_detect = false,
                columns = {'line': 'VARCHAR'}))
        WHERE words[4] NOT IN ('forwarded')""",
}
_USED = {
    "zeek_tsv": "SELECT CAST(split_part(ts, '.', 1) AS BIGINT) AS moment, client, app FROM hits WHERE ok",
    "zeek_json": "SELECT CAST(floor(ts) AS BIGINT) AS moment, client, app FROM hits WHERE ok",
    "eve": """
        SELECT CAST(epoch(strptime(ts[1:19], '%Y-%m-%dT%H:%M:%S')) AS BIGINT) - OFFSET AS moment, client, app FROM hits
        WHERE kind = 'tls' OR (kind = 'query' AND EXISTS (
            SELECT 1 FROM hits h WHERE h.kind = 'answer' AND h.ok AND h.flow_id = hits.flow_id))""",
    "dnsmasq": """
        SELECT split_part(client, '/', 1) AS client, app,
            CAST(epoch(strptime('2026 ' || replace(ts, '  ', ' '), '%Y %b %d %H:%M:%S')) AS BIGINT) - OFFSET AS moment
        FROM hits WHERE kind LIKE 'query[%' AND EXISTS (
            SELECT 1 FROM hits h WHERE h.kind IN ('reply', 'cached', 'config') AND h.serial = hits.serial
            AND h.client = hits.client AND h.ts[1:6] = hits.ts[1:6] AND h.said NOT IN ('NXDOMAIN', '0.0.0.0', '::'))""",
}
_REST = """
CREATE TEMP TABLE known AS SELECT * FROM read_csv('FOLDER/known.tsv', delim = '\t', header = false,
    columns = {'value': 'VARCHAR', 'app': 'VARCHAR', 'use': 'BOOLEAN'});
CREATE TEMP TABLE asked AS ASKED;
CREATE TEMP TABLE watched AS
    SELECT name, arg_max(known.app, length(suffix)) AS app, arg_max(known.use, length(suffix)) AS use
    FROM (SELECT name,
            unnest(list_transform(range(1, len(parts) + 1), lambda n: array_to_string(parts[n:], '.'))) AS suffix
        FROM (SELECT name, string_split(lower(rtrim(name, '.')), '.') AS parts FROM (SELECT DISTINCT name FROM asked)))
    JOIN known ON known.value = suffix GROUP BY name;
CREATE TEMP TABLE hits AS SELECT asked.*, app FROM asked JOIN watched USING (name) WHERE use;
CREATE TEMP TABLE used AS USED;
COPY (
    SELECT device, app, strftime(make_timestamp((moment + OFFSET) * 1000000), '%Y-%m-%d') AS day, count(*) AS n
    FROM used
    JOIN read_csv('FOLDER/body/dhcp/kea-leases4.csv', header = true) AS lease
        ON lease.address = client AND moment >= expire - valid_lifetime AND moment < expire
    JOIN read_csv('FOLDER/body/estate/devices.csv', header = true, all_varchar = true) AS device ON mac = hwaddr
    GROUP BY ALL
) TO 'OUT' (DELIMITER '\t', HEADER false);
"""


def duckdb(form: str, folder: Path, out: Path) -> str:
    """Everything in SQL."""
    import duckdb as engine  # noqa: PLC0415  # a peer that need not be there

    text = _REST.replace("ASKED", _ASKED[form]).replace("USED", _USED[form]).replace("OFFSET", str(OFFSET))
    text = text.replace("LOGS", f"{folder}/body/logs/*").replace("FOLDER", str(folder)).replace("OUT", str(out))
    engine.connect().execute(text)
    return str(engine.__version__)


# --- Polars -------------------------------------------------------------------------------------------

MOST_LABELS = 12


def polars(form: str, folder: Path, out: Path) -> str:
    """Columns, different names once, hits joined."""
    import polars as pl  # noqa: PLC0415  # a peer that need not be there

    logs = f"{folder}/body/logs/*"
    asked = _READ[form](pl, logs).collect(engine="streaming")
    known = pl.read_csv(folder / "known.tsv", separator="\t", has_header=False, new_columns=["suffix", "app", "use"])
    names = asked.select(pl.col("name").unique()).drop_nulls()
    parts = names.with_columns(parts=pl.col("name").str.strip_chars_end(".").str.to_lowercase().str.split("."))
    found = [
        parts.filter(pl.col("parts").list.len() >= n)
        .with_columns(suffix=pl.col("parts").list.tail(n).list.join("."), labels=pl.lit(n))
        .join(known, on="suffix")
        for n in range(1, MOST_LABELS)
    ]
    longest = pl.concat(found).sort("labels").group_by("name").last().filter(pl.col("use") == 1).select("name", "app")
    used = _COUNTED[form](pl, asked.join(longest, on="name"))
    leases = pl.read_csv(folder / "body" / "dhcp" / "kea-leases4.csv")
    devices = pl.read_csv(folder / "body" / "estate" / "devices.csv", infer_schema=False).select("device", "mac")
    at = pl.col("at")
    held = used.join(leases, left_on="client", right_on="address").filter(
        (at >= pl.col("expire") - pl.col("valid_lifetime")) & (at < pl.col("expire"))
    )
    local = pl.from_epoch(at + OFFSET).dt.strftime("%Y-%m-%d").alias("day")
    rows = held.join(devices, left_on="hwaddr", right_on="mac").group_by("device", "app", local).len()
    rows.write_csv(out, separator="\t", include_header=False)
    return str(pl.__version__)


def _read_tsv(pl: Any, logs: str) -> Any:
    every = dict.fromkeys(FIELDS, pl.String)
    log = pl.scan_csv(logs, separator="\t", has_header=False, comment_prefix="#", quote_char=None, schema=every)
    answers = pl.col("answers")
    ok = (pl.col("rcode_name") == "NOERROR") & ~answers.is_in(["-", "0.0.0.0", "::"])  # noqa: S104  # no interface
    return log.select("ts", client="id.orig_h", name="query", ok=ok)


def _read_json(pl: Any, logs: str) -> Any:
    names = ("ts", "id.orig_h", "query", "rcode_name", "answers")
    kinds = dict(zip(names, (pl.Float64, pl.String, pl.String, pl.String, pl.List(pl.String)), strict=True))
    first = pl.col("answers").list.first()
    ok = (pl.col("rcode_name") == "NOERROR") & ~first.is_in(["0.0.0.0", "::"])  # noqa: S104  # no interface
    return pl.scan_ndjson(logs, schema=kinds).select("ts", client="id.orig_h", name="query", ok=ok.fill_null(False))


def _read_eve(pl: Any, logs: str) -> Any:
    text = pl.String
    dns = pl.Struct({"type": text, "rrname": text, "rcode": text, "answers": pl.List(pl.Struct({"rdata": text}))})
    kinds = {"timestamp": text, "flow_id": pl.UInt64, "event_type": text, "src_ip": text, "dns": dns}
    log = pl.scan_ndjson(logs, schema={**kinds, "tls": pl.Struct({"sni": text})})
    asked, first = pl.col("dns").struct, pl.col("dns").struct.field("answers").list.first().struct.field("rdata")
    ok = (asked.field("rcode") == "NOERROR") & ~first.is_in(["0.0.0.0", "::"])  # noqa: S104  # no interface
    return log.select(
        "flow_id",
        ts="timestamp",
        client="src_ip",
        name=pl.coalesce(asked.field("rrname"), pl.col("tls").struct.field("sni")),
        kind=pl.coalesce(asked.field("type"), "event_type"),
        ok=ok.fill_null(False),
    )


def _read_lines(pl: Any, logs: str) -> Any:
    log = pl.scan_csv(logs, separator="\x01", has_header=False, quote_char=None, schema={"line": pl.String})
    words = pl.col("line").str.slice(16).str.split(" ")
    taken = {"serial": 1, "client": 2, "kind": 3, "name": 4, "said": 6}
    cut = log.select(ts=pl.col("line").str.slice(0, 15), words=words)
    return cut.select("ts", **{key: pl.col("words").list.get(n, null_on_oob=True) for key, n in taken.items()})


def _counted_tsv(pl: Any, hits: Any) -> Any:
    return hits.filter("ok").with_columns(at=pl.col("ts").str.split(".").list.first().cast(pl.Int64))


def _counted_json(pl: Any, hits: Any) -> Any:
    return hits.filter("ok").with_columns(at=pl.col("ts").floor().cast(pl.Int64))


def _counted_eve(pl: Any, hits: Any) -> Any:
    answered = hits.filter((pl.col("kind") == "answer") & pl.col("ok"))
    asked = hits.filter(pl.col("kind") == "query").join(answered, on="flow_id", how="semi")
    every = pl.concat([asked, hits.filter(pl.col("kind") == "tls")])
    stamp = pl.col("ts").str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S")
    return every.with_columns(at=stamp.dt.epoch("s") - OFFSET)


def _counted_lines(pl: Any, hits: Any) -> Any:
    hits = hits.with_columns(day=pl.col("ts").str.slice(0, 6))
    refused = pl.col("said").is_in(["NXDOMAIN", "0.0.0.0", "::"])  # noqa: S104  # no interface
    answered = hits.filter(pl.col("kind").is_in(["reply", "cached", "config"]) & ~refused)
    asked = hits.filter(pl.col("kind").str.starts_with("query["))
    every = asked.join(answered, on=["serial", "client", "day"], how="semi")
    stamp = ("2026 " + pl.col("ts").str.replace("  ", " ")).str.to_datetime("%Y %b %d %H:%M:%S")
    return every.with_columns(
        at=stamp.dt.epoch("s") - OFFSET, client=pl.col("client").str.split("/").list.first()
    ).drop("day")


_READ: dict[str, Callable[[Any, str], Any]] = {
    "zeek_tsv": _read_tsv,
    "zeek_json": _read_json,
    "eve": _read_eve,
    "dnsmasq": _read_lines,
}
_COUNTED: dict[str, Callable[[Any, Any], Any]] = {
    "zeek_tsv": _counted_tsv,
    "zeek_json": _counted_json,
    "eve": _counted_eve,
    "dnsmasq": _counted_lines,
}
ENGINES = {"duckdb": duckdb, "polars": polars}


def main() -> None:
    """Answer, say the version."""
    who, form, folder, out = sys.argv[1:]
    print(json.dumps({"version": ENGINES[who](form, Path(folder), Path(out))}))


if __name__ == "__main__":
    main()
