# SPDX-License-Identifier: EUPL-1.2
"""Logs, leases and inventories of every reader, full of words that no check may keep.

Every file has a restricted app in it too, on a device of its own, so that to find nothing is no way to keep nothing.
All clients, people, apps and names are invented; the formats are those of `tests/readers/cases`.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

APP = "api16-normal-c-useast1a.tiktokv.com"
WIDGET = "www.tiktok.com"
PACKAGE = "com.zhiliaoapp.musically"
AT = 1679990400  # 2023-03-28 10:00 in Brussels

# What a reader meets and nobody may keep: whole values, each of which holds a word that is nowhere else.
SITE = "praxis.zeisigkanarie.example"
SUBDOMAIN = f"nachtigallkanarie.{APP}"
FOREIGN_SCRIPT = "bücherkanarie.example"
PATH = "/rotkehlchenkanarie/befund?patient=stieglitzkanarie"
PERSON = "an.meisenkanarie@city.example"
HOST = "finkenkanarie-telefon"
OTHER_APP = "org.example.amselkanarie"
OTHER_NAME = "Drosselkanarie Tagebuch"
TEXT = "freitext von der spatzenkanarie"
SERIAL = "SN0KRAEHENKANARIE7"
MAC = "02:00:5e:ca:fe:17"
STRANGER = "lerchenkanarie-tablet"  # a device with the app that stands in no list of the body's
ADDRESS = "203.0.113.213"

CANARIES = {
    "site": "zeisigkanarie", "subdomain": "nachtigallkanarie", "foreign script": "bücherkanarie",
    "path": "rotkehlchenkanarie", "question": "stieglitzkanarie", "person": "meisenkanarie", "host": "finkenkanarie",
    "other app": "amselkanarie", "other name": "drosselkanarie", "text": "spatzenkanarie",
    "serial": "kraehenkanarie", "mac": MAC, "stranger": "lerchenkanarie", "address": ADDRESS,
}  # fmt: skip
WHOLE = (SITE, SUBDOMAIN, FOREIGN_SCRIPT, PERSON, HOST, OTHER_APP, OTHER_NAME, SERIAL, MAC, STRANGER, ADDRESS)


@dataclass(frozen=True)
class Planted:
    """A file of a source, its settings, and the device of the estate on which it shows the app (leases: none)."""

    reader: str
    file: str
    content: bytes
    device: str = ""
    settings: str = ""


def _lines(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _json(*rows: object) -> bytes:
    return _lines(*(json.dumps(row, ensure_ascii=False) for row in rows))


# --- logs -------------------------------------------------------------------------------------------------------------


def _answer(name: str) -> str:
    """A message that gives one address for a name, as AdGuard Home keeps it."""
    question = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\x00"
    head = bytes.fromhex("4f0181800001000100000000")
    answer = bytes.fromhex("c00c000100010000012c0004") + bytes(map(int, ADDRESS.split(".")))
    return base64.b64encode(head + question + bytes.fromhex("00010001") + answer).decode()


def _adguard() -> Planted:
    def row(name: str, **more: object) -> dict[str, object]:
        answer = {"CP": "", "Upstream": f"https://{SITE}:443/dns-query", "IP": "10.20.0.101", "Result": {}}
        return {"T": "2023-03-28T10:00:00.5+02:00", "QH": name, "QT": "A", "QC": "IN", **answer, **more}

    rule = {"Rules": [{"Text": f"||{SITE}^", "FilterListID": 7}], "Reason": 3, "IsFiltered": True}
    asked = [row(n, Answer=_answer(n)) for n in (APP, WIDGET, SITE, SUBDOMAIN, FOREIGN_SCRIPT.encode("idna").decode())]
    broken = f'{{"T":"2023-03-28T10:00:00+02:00","QH":"{SITE}'.encode()
    content = _json(*asked, row(APP, Result=rule, CP="", IP="10.20.0.101", Comment=TEXT)) + broken + b"\n"
    return Planted("adguard-log", "adguard/querylog.json", content, "gp-001", 'leases = ["kea"]')


def _bind() -> Planted:
    def query(name: str) -> str:
        begin = f"28-Mar-2023 10:00:00.363 queries: info: client @0x7f 10.20.0.102#39152 ({name}): query: "
        return f"{begin}{name} IN A +E(0)K (10.20.0.1)"

    other = f"28-Mar-2023 10:00:01.000 general: info: {TEXT} {MAC}"
    broken = f"28-Mar-2023 10:00:02.000 queries: info: client @0x7f 10.20.0.102#1 ({SITE}): query: {SITE}"
    names = (APP, WIDGET, SITE, SUBDOMAIN, FOREIGN_SCRIPT.encode("idna").decode())
    content = _lines(*map(query, names), other, broken)
    return Planted("bind-log", "bind/query.log", content, "gp-002", 'leases = ["isc"]')


def _dnsmasq() -> Planted:
    def asked(number: int, name: str) -> list[str]:
        begin = f"Mar 28 10:00:0{number} dnsmasq[1]: {number} 10.20.0.103/50000"
        return [f"{begin} query[A] {name} from 10.20.0.103", f"{begin} reply {name} is {ADDRESS}"]

    leases = [
        f"Mar 28 09:00:00 dnsmasq-dhcp[1]: 9 client provides name: {HOST}",
        f"Mar 28 09:00:00 dnsmasq-dhcp[1]: 9 vendor class: {TEXT}",
        "Mar 28 09:00:00 dnsmasq-dhcp[1]: 9 DHCPACK(lan0) 10.20.0.103 00:00:5e:00:53:03 " + HOST,
        "Mar 28 09:00:00 dnsmasq-dhcp[1]: 9 sent size:  4 option: 51 lease-time  12h",
        f"Mar 28 09:00:01 dnsmasq-dhcp[1]: 8 DHCPACK(lan0) 10.20.0.110 {MAC} {HOST}",
    ]
    names = (APP, WIDGET, SITE, SUBDOMAIN, FOREIGN_SCRIPT.encode("idna").decode())
    lines = [line for number, name in enumerate(names) for line in asked(number, name)]
    broken = f"Mar 28 25:00:00 dnsmasq[1]: 7 10.20.0.103/50000 query[A] {SITE} from 10.20.0.103"
    return Planted("dnsmasq-log", "dnsmasq/dns.log", _lines(*leases, *lines, broken), "gp-003", "year = 2023")


def _squid() -> Planted:
    def request(name: str, method: str = "CONNECT", path: str = ":443") -> str:
        scheme = "http://" if method == "GET" else ""
        tail = f"{PERSON} HIER_DIRECT/{ADDRESS} text/html"
        return f"{AT}.100      2 10.20.0.104 TCP_TUNNEL/200 49 {method} {scheme}{name}{path} {tail}"

    rows = [request(n) for n in (APP, WIDGET, SITE, SUBDOMAIN)]
    paths = [request(n, "GET", PATH) for n in (SITE, APP)]
    broken = f"{AT}.1 no number 10.20.0.104 TCP_TUNNEL/200 49 CONNECT {SITE}:443"
    return Planted("squid-log", "squid/access.log", _lines(*rows, *paths, broken), "gp-004", 'leases = ["table"]')


def _suricata() -> Planted:
    def event(kind: str, **more: object) -> dict[str, object]:
        flow = {"flow_id": 5, "src_ip": "10.20.0.105", "src_port": 40001, "dest_ip": ADDRESS, "dest_port": 443}
        return {"timestamp": "2023-03-28T10:00:00.000000+0200", "event_type": kind, **flow, "proto": "TCP", **more}

    def dns(name: str) -> dict[str, object]:
        return event("dns", dns={"version": 2, "type": "query", "id": 1, "rrname": name, "rrtype": "A", "tx_id": 0})

    def tls(name: str) -> dict[str, object]:
        certificate = {"subject": f"CN={SITE}, O={TEXT}", "issuerdn": f"O={TEXT}", "fingerprint": "00:11", "sni": name}
        return event("tls", tls={**certificate, "version": "TLS 1.3"})

    http = {"hostname": APP, "url": PATH, "http_user_agent": TEXT, "http_method": "GET", "http_refer": SITE}
    rows = [dns(n) for n in (APP, WIDGET, SITE, SUBDOMAIN)] + [tls(APP), tls(SITE), event("http", http=http)]
    alert = event("alert", alert={"signature": TEXT, "metadata": {"user": [PERSON]}})
    broken = f'{{"timestamp":"2023-03-28T10:00:00.000000+0200","event_type":"dns","dns":{{"rrname":"{SITE}'
    content = _json(*rows, alert) + broken.encode() + b"\n"
    return Planted("suricata-eve", "suricata/eve.json", content, "gp-005", 'leases = ["dnsmasq-leases"]')


def _unbound() -> Planted:
    def asked(name: str) -> list[str]:
        begin = f"[{AT}] unbound[1:0]"
        ok = "NOERROR 0.000262 0 160"
        return [f"{begin} query: 10.20.0.106 {name}. A IN", f"{begin} reply: 10.20.0.106 {name}. A IN {ok}"]

    names = (APP, WIDGET, SITE, SUBDOMAIN, FOREIGN_SCRIPT.encode("idna").decode())
    lines = [line for name in names for line in asked(name)]
    other = [f"[{AT}] unbound[1:0] info: {TEXT} {MAC}", f"[{AT}] unbound[1:0] query: 10.20.0.106 {SITE}"]
    return Planted("unbound-log", "unbound/unbound.log", _lines(*lines, *other), "gp-006", 'leases = ["kea"]')


def _zeek() -> Planted:
    def dns(name: str) -> dict[str, object]:
        ends = {"id.orig_h": "10.20.0.107", "id.orig_p": 5, "id.resp_h": "10.20.0.1", "id.resp_p": 53, "proto": "udp"}
        said = {"rcode": 0, "rcode_name": "NOERROR", "answers": [ADDRESS, SITE], "rejected": False}
        return {"ts": AT + 0.5, "uid": "C1", **ends, "trans_id": 1, "query": name, "qtype_name": "A", **said}

    names = (APP, WIDGET, SITE, SUBDOMAIN, FOREIGN_SCRIPT.encode("idna").decode())
    broken = f'{{"ts":{AT},"query":"{SITE}'.encode() + b"\n"
    content = _json(*map(dns, names), {"ts": "never", "query": SITE, "note": TEXT}) + broken
    return Planted("zeek-log", "zeek/dns.log", content, "gp-007", 'leases = ["zeek-dhcp"]')


LOGS = (_adguard(), _bind(), _dnsmasq(), _squid(), _suricata(), _unbound(), _zeek())

# --- leases -----------------------------------------------------------------------------------------------------------

_ISC = """lease 10.20.0.{last} {{
  starts 2 2023/03/28 06:00:00;
  ends 2 2023/03/28 18:00:00;
  cltt 2 2023/03/28 06:00:00;
  binding state active;
  hardware ethernet {mac};
  client-hostname "{host}";
}}
"""
_KEA = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id"


def _kea() -> Planted:
    devices = {101: "00:00:5e:00:53:01", 106: "00:00:5e:00:53:06", 111: MAC}
    rows = [f"10.20.0.{n},{mac},,43200,{AT + 20000},1,0,0,{HOST},0,,0" for n, mac in devices.items()]
    return Planted("kea-leases", "leases/kea.csv", _lines(_KEA, *rows))


def _isc() -> Planted:
    entries = [(102, "00:00:5e:00:53:02"), (112, MAC)]
    text = "".join(_ISC.format(last=n, mac=mac, host=HOST) for n, mac in entries)
    return Planted("isc-leases", "leases/dhcpd.leases", f"# {TEXT}\n{text}".encode())


def _table() -> Planted:
    rows = ["10.20.0.104,00:00:5e:00:53:04,2023-01-02,," + TEXT, f"10.20.0.113,{MAC},2023-01-02,,{HOST}"]
    rows.append(f"10.20.0.114,{HOST},,,")  # cannot be read, and speaks of no other address
    return Planted("lease-table", "leases/fixed.csv", _lines("address,mac,first,last,device", *rows))


def _dnsmasq_leases() -> Planted:
    rows = [f"{AT + 20000} 00:00:5e:00:53:05 10.20.0.105 {HOST} *", f"{AT + 20000} {MAC} 10.20.0.114 {HOST} *"]
    content = _lines(*rows, f"{HOST} what is this")
    return Planted("dnsmasq-leases", "leases/dnsmasq.leases", content, settings='lease = "PT12H"')


def _zeek_dhcp() -> Planted:
    def lease(last: int, mac: str) -> dict[str, object]:
        said = {"lease_time": 43200.0, "msg_types": ["REQUEST", "ACK"], "duration": 0.0, "host_name": HOST}
        address = f"10.20.0.{last}"
        return {"ts": AT - 3600.0, "uids": ["C2"], "mac": mac, "assigned_addr": address, "client_addr": address, **said}

    return Planted("zeek-dhcp", "leases/dhcp.log", _json(lease(107, "00:00:5e:00:53:07"), lease(115, MAC)))


LEASES = (_kea(), _isc(), _table(), _dnsmasq_leases(), _zeek_dhcp())

# --- inventories ------------------------------------------------------------------------------------------------------


def _android_management() -> Planted:
    def device(name: str, *apps: tuple[str, str]) -> dict[str, object]:
        reports = [{"packageName": p, "displayName": n, "state": "INSTALLED", "versionName": TEXT} for p, n in apps]
        state = {"managementMode": "DEVICE_OWNER", "state": "ACTIVE", "appliedState": "ACTIVE", "apiLevel": 33}
        who: dict[str, object] = {"userName": f"enterprises/X/users/{PERSON}", "enterpriseSpecificId": SERIAL}
        who |= {"hardwareInfo": {"serialNumber": name}}
        at = {"lastStatusReportTime": "2023-04-03T04:12:00Z", "ownership": "COMPANY_OWNED"}
        return {"name": f"enterprises/X/devices/{name}", **state, **who, **at, "applicationReports": reports}

    known = device("gp-008", (PACKAGE, "TikTok"), (OTHER_APP, OTHER_NAME), ("org.example.other", "TikTok"))
    page = {"devices": [known, device(STRANGER, (PACKAGE, "TikTok")), device(HOST, (OTHER_APP, OTHER_NAME))]}
    content = _json(page) + f'{{"devices": [{{"name": "{HOST}"'.encode()
    return Planted("android-management", "inventory/amapi.jsonl", content, "gp-008")


def _apple() -> Planted:
    def app(bundle: str, name: str) -> str:
        keys = f"<key>Identifier</key><string>{bundle}</string><key>Name</key><string>{name}</string>"
        return f"<dict>{keys}<key>Installing</key><false/></dict>"

    apps = app(PACKAGE, "TikTok") + app(OTHER_APP, OTHER_NAME) + app("org.example.other", "TikTok")
    head = f"<key>CommandUUID</key><string>{SERIAL}</string><key>Status</key><string>Acknowledged</string>"
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>'
        f"{head}<key>UDID</key><string>op-001</string><key>InstalledApplicationList</key><array>{apps}</array>"
        f"<key>UserShortName</key><string>{PERSON}</string></dict></plist>"
    )
    return Planted("apple-inventory", "inventory/installed-2023-04-03.plist", text.encode(), "op-001")


def _glpi() -> Planted:
    def computer(name: str, *apps: dict[str, str]) -> dict[str, object]:
        content = {
            "accesslog": {"logdate": "2023-04-03 06:15:00"},
            "hardware": {"name": name, "uuid": SERIAL, "lastloggeduser": PERSON},
            "bios": {"ssn": SERIAL},
            "networks": [{"mac": MAC, "ipaddress": ADDRESS}],
            "operatingsystem": {"name": "Windows", "full_name": "Microsoft Windows 11 Pro"},
            "softwares": list(apps),
        }
        device = f"{name}-2019-01-07-09-12-44"
        return {"action": "inventory", "deviceid": device, "itemtype": "Computer", "content": content}

    family = "BytedancePte.Ltd.TikTok_1.0.5.0_neutral__6yccndn6064se"
    tiktok = {"from": "uwp", "name": "TikTok", "folder": f"C:\\Program Files\\WindowsApps\\{family}"}
    other = {"from": "registry", "name": OTHER_NAME, "publisher": TEXT, "username": PERSON, "folder": PATH}
    found = (computer("gl-001", tiktok, other), computer(STRANGER, tiktok), computer(HOST, other))
    return Planted("glpi-inventory", "inventory/glpi.json", _json(*found) + f'{{"deviceid": "{HOST}'.encode(), "gl-001")


def _graph() -> Planted:
    def device(number: int, name: str) -> dict[str, object]:
        who = {"serialNumber": SERIAL, "userPrincipalName": PERSON, "wiFiMacAddress": MAC, "notes": TEXT}
        system = {"operatingSystem": "Windows", "osVersion": "10.0", "managedDeviceOwnerType": "company"}
        synced = {"lastSyncDateTime": "2023-04-03T04:12:00Z"}
        return {"id": f"00000000-0000-4000-8000-00000000000{number}", "deviceName": name, **synced, **system, **who}

    def apps(number: int, name: str, *shown: tuple[str, str]) -> dict[str, object]:
        listed = [{"id": SERIAL, "displayName": n, "publisher": p, "platform": "windows"} for n, p in shown]
        return {**device(number, name), "detectedApps": listed}

    tiktok, other = ("TikTok", "TikTok Pte. Ltd."), (OTHER_NAME, TEXT)
    rows = [apps(1, "gl-002", tiktok, other), apps(2, STRANGER, tiktok), apps(3, HOST, other)]
    return Planted("intune-graph", "inventory/graph.jsonl", _json(*rows) + f'{{"id": "{SERIAL}'.encode(), "gl-002")


def _csv() -> Planted:
    at = "2023-04-03T06:12:00+02:00"
    rows = [
        f"gp-009,{PACKAGE},TikTok,TikTok Pte. Ltd.,android,{at}",
        f"gp-009,{OTHER_APP},{OTHER_NAME},{TEXT},android,{at}",
        f"gp-009,org.example.other,TikTok,{TEXT},android,{at}",
        f"{STRANGER},{PACKAGE},TikTok,TikTok Pte. Ltd.,android,{at}",
        f"{HOST},{OTHER_APP},{OTHER_NAME},,android,{at}",
        f"{HOST},{OTHER_APP},{OTHER_NAME},,android,{TEXT}",
        f"{HOST},{OTHER_APP}",
    ]
    content = _lines("device,app_id,app_name,publisher,platform,seen", *rows)
    return Planted("inventory-csv", "inventory/mdm.csv", content, "gp-009", 'preset = "ordinance"')


def _osquery() -> Planted:
    def snapshot(host: str, *apps: tuple[str, str]) -> dict[str, object]:
        rows = [{"name": f"{n}.app", "path": f"/Users/{PERSON}/{n}.app", "bundle_identifier": b} for n, b in apps]
        asked = {"action": "snapshot", "name": "pack/Global/all-apps"}
        asked |= {"decorations": {"user": PERSON, "serial": SERIAL}}
        when = {"calendarTime": "Mon Apr  3 00:00:00 2023 UTC", "unixTime": 1680495300}
        return {"snapshot": rows, **asked, "hostIdentifier": host, **when}

    tiktok, other = ("TikTok", PACKAGE), (OTHER_NAME, OTHER_APP)
    rows = [snapshot("gl-003", tiktok, other), snapshot(STRANGER, tiktok), snapshot(HOST, other)]
    content = _json(*rows) + f'{{"snapshot": [{{"name": "{OTHER_NAME}'.encode() + b"\n"
    settings = 'all_apps = ["pack/Global/all-apps"]'
    return Planted("osquery-log", "inventory/osqueryd.results.log", content, "gl-003", settings)


INVENTORIES = (_android_management(), _apple(), _glpi(), _graph(), _csv(), _osquery())
EVERY = (*LOGS, *LEASES, *INVENTORIES)
SHORT = {"kea-leases": "kea", "isc-leases": "isc", "lease-table": "table"}  # names of sources


def source(planted: Planted) -> str:
    """The id that a planted file's source has in the settings."""
    return SHORT.get(planted.reader, planted.reader)


def plant(folder: Path) -> None:
    """Put every file into a body's folder, and its source into the settings in the place of those that stand there."""
    settings = folder / "ordinance.toml"
    head, _, rest = settings.read_text("utf-8").partition("[[sources]]")
    tail = rest[rest.index("[[targets]]") :]
    tables = []
    for one in EVERY:
        path = folder / one.file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(one.content)
        network = 'network = "staff"\n' if one in LOGS else ""
        pattern = f"{one.file[:-1]}?"  # for which the folder has to be listed
        said = f'id = "{source(one)}"\nreader = "{one.reader}"\nfiles = ["{pattern}"]\n'
        tables.append(f"[[sources]]\n{said}{network}{one.settings}\n\n")
    settings.write_text(head + "".join(tables) + tail, "utf-8")
