# SPDX-License-Identifier: EUPL-1.2
"""Unbound with local zones and with policy zones as they ship: restricted names are blocked, neighbours are not.

Shows what a loopback resolver does, and that who may ask it stays as it was. It cannot show what an app does when its
names are blocked.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cli.shell import body, edit
from cli.shell import run as cli
from lab.dns import ENV, Server, authority, free_port, run, wait
from lab.unbound import configuration, control, lay_out, resolver
from ordinance.model.apps import Surface
from ordinance.model.target import Artefact, Compiled, Plan
from ordinance.targets.unbound import Unbound

from . import plans
from .neighbours import BLOCKED_NAMES, LATER, NEW, RESTRICTED, TYPES, app_only, astray, plan_of_an_app, wrong
from .plans import identifier

pytestmark = pytest.mark.consumer("unbound", "nsd", "bind9", "bind9-dnsutils")

OWN_ALIAS = "portal.city.example"
New = Callable[[str], Path]  # a fresh folder

LOCAL: dict[str, str] = {}
ZONES = {"form": "rpz"}
FORMS = {"local-zone": LOCAL, "rpz": ZONES}
every_form = pytest.mark.parametrize("form", FORMS)

# A network that is left out, and the addresses beside it.
SEPARATE = plans.network("separate", "127.0.0.4/30")
BLOCKED_CLIENTS, FREE_CLIENTS = ("127.0.0.3", "127.0.0.8"), ("127.0.0.4", "127.0.0.7")


def artefacts(form: str, **more: str) -> tuple[Artefact, ...]:
    return app_only(Unbound(), {**FORMS[form], **more}).artefacts


def leaving_out(form: str) -> Compiled:
    others = (SEPARATE, plans.network("v6", "2001:db8:7::/64"))
    return Unbound().compile(replace(plan_of_an_app(), others=others), FORMS[form], 7)


def addresses(server: Server, name: str, *flags: str) -> list[str]:
    """What the records of an answer say, without those in front of them."""
    return [r.split()[4] for r in server.ask(name, "A", *flags).records if r.split()[3] == "A"]


@dataclass(frozen=True)
class Laboratory:
    """A resolver with each form, and one without."""

    with_form: Mapping[str, Server]
    without: Server


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> New:
    return tmp_path_factory.mktemp


@pytest.fixture(scope="module")
def root(new: New) -> Iterator[Server]:
    """The authority behind every resolver here but the one of signed names."""
    with authority(new("authority"), {OWN_ALIAS: "www.tiktokv.com"}) as server:
        yield server


@pytest.fixture(scope="module")
def laboratory(root: Server, new: New) -> Iterator[Laboratory]:
    with (
        resolver(new("zones"), root, artefacts("rpz")) as zones,
        resolver(new("local"), root, artefacts("local-zone")) as local,
        resolver(new("without"), root) as without,
    ):
        yield Laboratory({"rpz": zones, "local-zone": local}, without)


@every_form
def test_restricted_names_are_blocked_and_neighbours_are_open(
    form: str, laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
) -> None:
    """Apex, subdomain, deep subdomain and mixed case are blocked for A, AAAA and HTTPS; every neighbour answers."""
    version = run("unbound", "-V").split()[1]
    assert not wrong(laboratory.with_form[form], f"{version} ({form})", "unbound", capsys)


def test_the_fixture_is_alive(root: Server, laboratory: Laboratory) -> None:
    """Every restricted name answers at the authority, and through the same resolver without our files."""
    questions = tuple(itertools.product(BLOCKED_NAMES, TYPES))
    assert all(a.open for a in root.ask_all(questions, "+norecurse"))
    assert all(a.open for a in laboratory.without.ask_all(questions))


def test_policy_zones_block_an_alias_once_and_answer_it_from_the_cache(root: Server, new: New) -> None:
    """Gap and over-reach are both real: the first who asks gets no address, all after him do, for any type."""
    made = app_only(Unbound(), ZONES)
    assert "cname-cached" in {g.id for g in made.gaps}
    assert [o for o in made.over_reach if o.who == "own names that are a CNAME for a blocked name"]
    with resolver(new("zones"), root, made.artefacts) as server:
        first = server.ask(OWN_ALIAS, "A")
        assert first.status == "NXDOMAIN"
        assert not [r for r in first.records if r.split()[3] == "A"]
        assert all(server.ask(OWN_ALIAS, t).open for t in TYPES)
        assert addresses(server, OWN_ALIAS) == ["192.0.2.1"]
        assert server.ask("www.tiktokv.com", "A").blocked
        assert server.ask("other.city.example", "A").open


def test_local_zones_answer_an_alias_from_the_first_question_on(laboratory: Laboratory) -> None:
    """The gap is real and nobody's own alias is hit: what the over-reach does not say does not happen."""
    made = app_only(Unbound())
    assert "cname-open" in {g.id for g in made.gaps}
    assert not [o for o in made.over_reach if "CNAME" in o.who]
    for rrtype in TYPES:
        assert laboratory.with_form["local-zone"].ask(OWN_ALIAS, rrtype).open
    assert addresses(laboratory.with_form["local-zone"], OWN_ALIAS) == ["192.0.2.1"]


@every_form
def test_networks_that_are_not_to_be_blocked_get_every_name(form: str, root: Server, new: New) -> None:
    """Clients of a network left out are answered, also beneath two listed names; the next address is blocked."""
    made = leaving_out(form)
    assert made.artefacts[0].left_out == ("127.0.0.4/30", "2001:db8:7::/64")
    with resolver(new("unbound"), root, made.artefacts) as server:
        names = ("tiktokv.com", "x.eu.tiktokv.com", "log.isnssdk.eu.tiktokv.com")
        questions = tuple(itertools.product(names, ("A", "HTTPS")))
        for client in BLOCKED_CLIENTS:
            assert all(a.blocked for a in server.ask_all(questions, "-b", client))
        for client in FREE_CLIENTS:
            assert all(a.open for a in server.ask_all(questions, "-b", client))
        assert server.ask("tiktokv.com", "A", "-b", BLOCKED_CLIENTS[0]).blocked  # now that the cache holds it


ACCESS = """
server:
  access-control: 127.0.0.0/8 refuse
  access-control: 127.0.0.1/32 allow
  access-control: 127.0.0.8/32 allow
  access-control: 127.0.0.4/32 allow
"""


@every_form
def test_who_may_ask_the_resolver_stays_as_it_was(form: str, root: Server, new: New) -> None:
    """Who was refused is refused, inside and outside the range left out; who was allowed is allowed, also there."""
    made = leaving_out(form)
    with resolver(new("unbound"), root, made.artefacts, ACCESS) as server:
        for client in ("127.0.0.3", "127.0.0.5", "127.0.0.7"):
            for name in ("nottiktokv.com", "tiktokv.com"):
                assert server.ask(name, "A", "-b", client).status == "REFUSED"
        for client in ("127.0.0.1", "127.0.0.4", "127.0.0.8"):
            assert server.ask("nottiktokv.com", "A", "-b", client).open
        assert server.ask("tiktokv.com", "A", "-b", "127.0.0.4").open
        assert server.ask("tiktokv.com", "A", "-b", "127.0.0.8").blocked


@pytest.mark.parametrize(
    "trap",
    [
        'server:\n  define-tag: "free"\n  access-control-tag: 127.0.0.4/30 "free"\n',
        'server:\n  access-control-view: 127.0.0.4/30 "free"\nview:\n  name: "free"\n',
    ],
    ids=["tag", "view"],
)  # fmt: skip
def test_a_tag_or_a_view_would_open_the_resolver(trap: str, root: Server, new: New) -> None:
    """Why we write neither: a client who was refused is answered as soon as its range has a tag or a view."""
    with resolver(new("unbound"), root, (), ACCESS, trap) as server:
        assert server.ask("nottiktokv.com", "A", "-b", "127.0.0.5").open
        assert server.ask("nottiktokv.com", "A", "-b", "127.0.0.3").status == "REFUSED"


OWN_POLICY = """
rpz:
  name: "own.policy"
  zonefile: "own.zone"
"""
OWN_ZONE = """$ORIGIN own.policy.
$TTL 60
@ IN SOA localhost. hostmaster.localhost. 1 3600 600 86400 60
@ IN NS localhost.
phishing.example IN CNAME .
128.1.zz.db8.2001.rpz-ip IN CNAME .
"""


@pytest.mark.parametrize("place", ["before", "behind"])
def test_a_network_left_out_is_let_past_other_policy_zones(place: str, root: Server, new: New) -> None:
    """The over-reach is real: behind ours a body's own zone protects nobody there, before ours only its names do."""
    made = leaving_out("rpz")
    assert ("separate", "whoever your other policy zones protect") in {(o.network, o.who) for o in made.over_reach}
    folder = new("unbound")
    (folder / "own.zone").write_text(OWN_ZONE, encoding="ascii")
    with resolver(folder, root, made.artefacts, **{place: OWN_POLICY}) as server:
        assert server.ask("phishing.example", "A", "-b", "127.0.0.3").blocked
        assert server.ask("phishing.example", "A", "-b", "127.0.0.5").blocked == (place == "before")
        assert server.ask("x.example", "AAAA", "-b", "127.0.0.5").open
        assert server.ask("y.example", "AAAA", "-b", "127.0.0.3").blocked
        for client, is_open in (("127.0.0.3", False), ("127.0.0.5", True)):
            assert server.ask("tiktokv.com", "A", "-b", client).open == is_open


def test_a_network_left_out_by_local_zones_keeps_other_policy_zones(root: Server, new: New) -> None:
    """Why local zones are the default: who is left out loses nothing of a body's own protection."""
    folder = new("unbound")
    (folder / "own.zone").write_text(OWN_ZONE, encoding="ascii")
    own = f'server:\n  module-config: "respip validator iterator"\n{OWN_POLICY}'
    with resolver(folder, root, leaving_out("local-zone").artefacts, own) as server:
        for client, is_open in (("127.0.0.3", False), ("127.0.0.5", True)):
            assert server.ask("phishing.example", "A", "-b", client).blocked
            assert server.ask("y.example", "AAAA", "-b", client).blocked
            assert server.ask("tiktokv.com", "A", "-b", client).open == is_open


VIEW = """
server:
  access-control-view: 127.0.0.9/32 "own"
view:
  name: "own"
  view-first: {first}
  local-data: "printer.city.example. A 192.0.2.9"
"""


@pytest.mark.parametrize("first", ["no", "yes"])
def test_own_views_go_past_local_zones_and_not_past_policy_zones(first: str, root: Server, new: New) -> None:
    """The gap of local zones is real for views without view-first; policy zones block there as everywhere."""
    own = VIEW.format(first=first)
    assert "own-views" in {g.id for g in app_only(Unbound()).gaps}
    assert "own-views" not in {g.id for g in app_only(Unbound(), ZONES).gaps}
    with (
        resolver(new("local"), root, artefacts("local-zone"), own) as local,
        resolver(new("zones"), root, artefacts("rpz"), own) as zones,
    ):
        for server in (local, zones):
            assert addresses(server, "printer.city.example", "-b", "127.0.0.9") == ["192.0.2.9"]
            assert server.ask("tiktokv.com", "A", "-b", "127.0.0.3").blocked
        assert local.ask("tiktokv.com", "A", "-b", "127.0.0.9").open == (first == "no")
        assert zones.ask("tiktokv.com", "A", "-b", "127.0.0.9").blocked


@every_form
def test_a_signed_name_is_blocked_for_who_asks_for_signatures(form: str, root: Server, new: New) -> None:
    """A resolver that validates, and clients that set DO and CD: blocked all the same, and a neighbour is validated."""
    folder = new("signed")
    with authority(folder, signed=True) as signed:
        (key,) = folder.glob("K*.key")
        trust = f'server:\n  trust-anchor-file: "{key}"\n'
        with resolver(new("unbound"), signed, artefacts(form), trust) as server:
            assert any("RRSIG" in r for r in server.ask("nottiktokv.com", "A", "+dnssec").records)
            flags = run("dig", "-r", "@127.0.0.1", "-p", str(server.port), "nottiktokv.com", "A", "+dnssec")
            assert " ad" in flags.partition("flags:")[2].partition(";")[0]
            questions = tuple(itertools.product(("tiktokv.com", "x.eu.tiktokv.com"), TYPES))
            assert all(a.blocked for a in server.ask_all(questions, "+dnssec"))
            assert all(a.blocked for a in server.ask_all(questions, "+dnssec", "+cdflag"))


@every_form
def test_nodata_leaves_the_name_but_no_address(form: str, root: Server, new: New) -> None:
    """With `answer = "nodata"` a restricted name exists and has no record of any type."""
    with resolver(new("nodata"), root, artefacts(form, answer="nodata")) as server:
        answers = server.ask_all(itertools.product(("tiktokv.com", "x.eu.tiktokv.com"), TYPES))
        assert {(a.status, a.records) for a in answers} == {("NOERROR", ())}
        assert server.ask("nottiktokv.com", "A").open


def test_a_garden_answers_in_the_place_of_a_blocked_name(root: Server, new: New) -> None:
    """Who asks is sent to the page, with the address that the page's own name server gives, not one in local data."""
    garden = "blocked.city.example"
    made = artefacts("rpz", answer="garden", garden=garden)
    own = f'server:\n  local-data: "{garden}. A 192.0.2.9"\n'
    with resolver(new("garden"), root, made, own) as server:
        for answer in server.ask_all(itertools.product(RESTRICTED, ("A", "AAAA"))):
            alias, address = answer.records
            assert alias.split()[3:] == ["CNAME", f"{garden}."]
            assert address.split()[0] == f"{garden}."
        assert addresses(server, "tiktokv.com") == ["192.0.2.1"]
        assert not any(garden in r for r in server.ask("tiktok.com", "A").records)


def test_a_later_zone_is_taken_without_a_restart(root: Server, new: New) -> None:
    """`auth_zone_reload`: a new name is blocked, an old one answers, and a new network is left out."""
    folder = new("unbound")
    with resolver(folder, root, artefacts("rpz")) as server:
        assert server.ask("tiktokv.com", "A").blocked
        assert server.ask("new.example", "A").open
        asked = plans.plan(plans.demand(identifier("new.example")), others=(SEPARATE,))
        lay_out(folder, Unbound().compile(asked, ZONES, 20230402).artefacts)
        for zone in ("left-out.rpz.ordinance", "rpz.ordinance"):
            assert control(server, "auth_zone_reload", zone) == ["ok"]
        assert {f"{z}.\tserial 20230402" for z in ("rpz.ordinance", "left-out.rpz.ordinance")} <= set(
            control(server, "list_auth_zones")
        )
        assert server.ask("tiktokv.com", "A").open
        assert server.ask("new.example", "A").blocked
        assert server.ask("new.example", "A", "-b", FREE_CLIENTS[0]).open


LIFTED_RULE = plans.plan(plans.demand(surface=Surface.VENUE), others=(SEPARATE,))


def later(form: str, plan: Plan, serial: int) -> tuple[Artefact, ...]:
    return Unbound().compile(plan, FORMS[form], serial).artefacts


def test_later_local_zones_are_taken_by_the_command_of_the_page(root: Server, new: New) -> None:
    """`unbound-control reload`: a new name is blocked although the cache held it, one that is gone opens.

    Neighbours stay open, a network is left out from then on, and the file of a rule that has ended opens everything.
    """
    folder = new("unbound")
    with resolver(folder, root, artefacts("local-zone")) as server:
        assert astray(server, RESTRICTED) == []
        assert any(f"{NEW}." in row for row in control(server, "dump_cache"))
        lay_out(folder, later("local-zone", replace(plan_of_an_app(LATER), others=(SEPARATE,)), 20230402))
        assert astray(server, RESTRICTED) == []
        assert control(server, "reload") == ["ok"]
        assert not any(f"{NEW}." in row for row in control(server, "dump_cache"))
        assert astray(server, LATER) == []
        assert astray(server, (), "-b", FREE_CLIENTS[0]) == []
        lay_out(folder, later("local-zone", LIFTED_RULE, 20230403))
        assert control(server, "reload") == ["ok"]
        assert astray(server, ()) == []


def test_a_file_that_is_no_configuration_is_refused_and_the_old_zones_stay(root: Server, new: New) -> None:
    """`unbound-control` reads the configuration before it asks for anything: it says so, and nothing changes."""
    folder = new("unbound")
    with resolver(folder, root, artefacts("local-zone")) as server:
        (file,) = later("local-zone", plan_of_an_app(LATER), 20230402)
        lay_out(folder, [replace(file, content=file.content.replace(b"always_nxdomain", b"always_nx"))])
        assert control(server, "reload") == []
        assert astray(server, RESTRICTED) == []


@pytest.mark.parametrize("readable", [True, False])
def test_a_file_that_unbound_may_not_read_ends_it_at_a_reload(readable: bool, root: Server) -> None:
    """Why the page sets the rights of the file: it says `ok`, and nobody is answered any more.

    At its start it reads the file as root; at a reload it is another user by then, and the checker was root as well.
    """
    if os.geteuid() != 0:
        pytest.skip("only root starts Unbound as another user.")
    with tempfile.TemporaryDirectory() as made:  # not beneath pytest's folder, into which only its owner may look
        folder = Path(made)
        folder.chmod(0o755)
        with resolver(folder, root, artefacts("local-zone"), 'server:\n  username: "nobody"\n') as server:
            lay_out(folder, later("local-zone", plan_of_an_app(LATER), 20230402))
            (folder / "unbound.conf.d" / "ordinance-local-zones.conf").chmod(0o644 if readable else 0o600)
            assert "no errors" in checkconf(folder, str(folder / "unbound.conf"))[1]
            assert control(server, "reload") == ["ok"]
            if readable:
                assert astray(server, LATER) == []
                return
            wait("Unbound ends", lambda: "Could not read config file" in server.log)
            assert server.ask("nottiktokv.com", "A", "+time=1").status == "NONE"


def test_a_later_zone_without_names_lifts_the_rule_and_a_broken_one_is_said(root: Server, new: New) -> None:
    """`auth_zone_reload` of what remains of a rule that has ended opens everything; of half a zone it says so."""
    folder = new("unbound")
    with resolver(folder, root, artefacts("rpz")) as server:
        lay_out(folder, later("rpz", plan_of_an_app(LATER), 20230402))
        assert reload_zones(server) == [["ok"], ["ok"]]
        assert astray(server, LATER) == []
        lay_out(folder, later("rpz", LIFTED_RULE, 20230403))
        assert reload_zones(server) == [["ok"], ["ok"]]
        assert astray(server, ()) == []
        (folder / "rpz.ordinance.zone").write_text("tiktokv.com NONSENSE .\n", encoding="ascii")
        assert reload_zones(server) == [["ok"], ["error failed to read rpz.ordinance"]]


def reload_zones(server: Server) -> list[list[str]]:
    return [control(server, "auth_zone_reload", z) for z in ("left-out.rpz.ordinance", "rpz.ordinance")]


def test_unbound_holds_exactly_our_zones(laboratory: Laboratory) -> None:
    """Read back: both policy zones with their serial; of local zones those of our names, beside the resolver's own."""
    zones = set(control(laboratory.with_form["rpz"], "list_auth_zones"))
    assert zones == {f"{z}.\tserial 20230401" for z in ("rpz.ordinance", "left-out.rpz.ordinance")}
    held = set(control(laboratory.with_form["local-zone"], "list_local_zones"))
    own = set(control(laboratory.without, "list_local_zones"))
    assert own
    assert held - own == {f"{n}. always_nxdomain" for n in RESTRICTED}
    assert own <= held


def checkconf(folder: Path, *words: str) -> tuple[int, str]:
    """What unbound-checkconf says in a folder, and its code: it seeks zones where it is started, not in `directory`."""
    command = ("unbound-checkconf", *words)
    done = subprocess.run(command, capture_output=True, text=True, env=ENV, timeout=60, check=False, cwd=folder)
    return done.returncode, done.stdout + done.stderr


@every_form
def test_the_checker_accepts_and_reads_what_we_wrote(form: str, tmp_path: Path) -> None:
    """unbound-checkconf takes the whole configuration, and reads back the modules or the ranges left out."""
    lay_out(tmp_path, leaving_out(form).artefacts)
    config = str(configuration(tmp_path, 5353, 5354))
    code, said = checkconf(tmp_path, config)
    assert (code, "no errors" in said) == (0, True), said
    if form == "rpz":
        assert checkconf(tmp_path, "-o", "module-config", config)[1].strip() == "respip validator iterator"
        assert "cannot open zonefile" in checkconf(tmp_path.parent, config)[1]
        (tmp_path / "rpz.ordinance.zone").write_text("tiktokv.com NONSENSE .\n", encoding="ascii")
        assert checkconf(tmp_path, config)[0] != 0
        return
    overrides = checkconf(tmp_path, "-o", "local-zone-override", config)[1].splitlines()
    ranges = ("127.0.0.4/30", "2001:db8:7::/64")
    assert sorted(overrides) == sorted(f"{n}. {r} always_transparent" for n in RESTRICTED for r in ranges)


def test_without_the_module_unbound_does_not_start_although_the_checker_finds_nothing(tmp_path: Path) -> None:
    """Why the page says to look at module-config before a restart: the checker says that all is well."""
    without = [a for a in artefacts("rpz") if not a.path.endswith("modules.conf")]
    lay_out(tmp_path, without)
    config = str(configuration(tmp_path, free_port(), 5354))
    assert "no errors" in checkconf(tmp_path, config)[1]
    command = ("unbound", "-d", "-p", "-c", config)
    done = subprocess.run(command, capture_output=True, text=True, env=ENV, timeout=30, check=False)
    assert done.returncode != 0
    assert "RPZ requires the respip module" in done.stdout + done.stderr


def test_the_last_of_two_lists_of_modules_counts(tmp_path: Path) -> None:
    """Why the page says to leave one out, and why local zones are the default: nobody is warned."""
    own = 'server:\n  module-config: "dns64 validator iterator"\n'
    local = tmp_path / "local"
    local.mkdir()
    lay_out(local, artefacts("local-zone"), before=own)
    config = str(configuration(local, 5353, 5354))
    assert checkconf(local, "-o", "module-config", config)[1].strip() == "dns64 validator iterator"
    lay_out(tmp_path, artefacts("rpz"), before=own)
    config = str(configuration(tmp_path, 5353, 5354))
    assert checkconf(tmp_path, "-o", "module-config", config)[1].strip() == "respip validator iterator"
    lay_out(tmp_path, artefacts("rpz"), behind=own)
    assert checkconf(tmp_path, "-o", "module-config", config)[1].strip() == "dns64 validator iterator"


def test_a_build_asks_the_checker_and_says_its_version(tmp_path: Path) -> None:
    """`build --ask` of an example for Unbound: the manifest says which version took the file; zones ask nobody."""
    ghent, out = body("ghent", tmp_path), tmp_path / "bundle"
    edit(ghent / "ordinance.toml", 'id = "dns-rpz"', 'id = "unbound"')
    edit(ghent / "ordinance.toml", 'settings = { zone = "rpz.gent.example" }', "")
    done = cli("build", ghent, "--as-of", "2023-04-10", "--out", out, "--ask")
    assert done.code == 0, done.err
    (row,) = json.loads((out / "manifest.json").read_text("utf-8"))["accepted"]
    assert (row["program"], row["files"]) == ("unbound-checkconf", ["unbound/ordinance-local-zones.conf"])
    assert row["version"] == f"Version {run('unbound', '-V').split()[1]}"
    assert not Unbound().checks(ZONES)


def test_the_checker_refuses_what_is_no_configuration(tmp_path: Path) -> None:
    """What it takes as we wrote it, it refuses with one word cut short: asking it shows something."""
    (check,) = Unbound().checks({})
    (file,) = [a for a in artefacts("local-zone") if a.path == check.path]
    path = tmp_path / "ordinance-local-zones.conf"
    words = [a.replace("{file}", str(path)) for a in check.arguments]
    path.write_bytes(file.content)
    assert checkconf(tmp_path, *words)[0] == 0
    path.write_bytes(file.content.replace(b"always_nxdomain", b"always_nx"))
    assert checkconf(tmp_path, *words)[0] != 0


def test_names_at_the_limit_load_and_block(root: Server, new: New) -> None:
    """The longest name that is not a gap is loaded and blocked by each form; one octet more is a gap of zones alone."""
    room = 255 - len("1*") - len("3rpz9ordinance0") - len("7tiktokv3com")  # octets, each label after its length
    labels = ["a" * 60] * 3
    fits = ".".join([*labels, "b" * (room - 61 * 3 - 1), "tiktokv", "com"])
    longer = ".".join([*labels, "b" * (room - 61 * 3), "tiktokv", "com"])
    asked = plans.plan(plans.demand(identifier(fits), identifier(longer)))
    zones, local = (Unbound().compile(asked, form, 1) for form in (ZONES, LOCAL))
    assert [g.identifier for g in zones.gaps if g.id == "name-too-long"] == [longer]
    assert not [g for g in local.gaps if g.identifier]
    with (
        resolver(new("zones"), root, zones.artefacts) as first,
        resolver(new("local"), root, local.artefacts) as second,
    ):
        assert first.ask(fits, "A").blocked
        assert first.ask(longer, "A").open
        assert second.ask(fits, "A").blocked
        assert second.ask(longer, "A").blocked


@pytest.mark.slow
@every_form
def test_five_thousand_names_load(form: str, root: Server, new: New) -> None:
    """5,000 names, a network left out: the first and the last are blocked, a name between and the network are open."""
    names = [f"n{i:04}.restricted{i % 7}.example" for i in range(5000)]
    asked = plans.plan(plans.demand(*map(identifier, names)), others=(SEPARATE,))
    made = Unbound().compile(asked, FORMS[form], 1).artefacts
    with resolver(new("many"), root, made) as server:
        assert server.ask(names[0], "A").blocked
        assert server.ask(f"x.{names[-1]}", "AAAA").blocked
        assert server.ask("restricted1.example", "A").open
        assert server.ask(names[-1], "A", "-b", FREE_CLIENTS[0]).open


@every_form
def test_the_empty_files_of_a_lifted_rule_block_nothing(form: str, root: Server, new: New) -> None:
    """When the last demand is gone Unbound loads the files that remain, and every name answers."""
    lifted = Unbound().compile(plans.plan(plans.demand(surface=Surface.VENUE), others=(SEPARATE,)), FORMS[form], 2)
    with resolver(new("lifted"), root, lifted.artefacts) as server:
        assert all(server.ask(name, "A").open for name in RESTRICTED)
