# SPDX-License-Identifier: EUPL-1.2
"""What several formats carry alike: XMP, IPTC in Photoshop's resource blocks, ICC profiles, JUMBF as C2PA uses it."""

from __future__ import annotations

import base64
import struct
import zlib

from PIL import ImageCms

from lab.airlock.markers import Form, Sheet

C2PA = bytes.fromhex("63327061") + bytes.fromhex("00110010800000aa00389b71")  # type `c2pa`, ISO 19566-5 form
C2MA = bytes.fromhex("63326d61") + bytes.fromhex("00110010800000aa00389b71")
C2AS = bytes.fromhex("63326173") + bytes.fromhex("00110010800000aa00389b71")
JSON = bytes.fromhex("6a736f6e") + bytes.fromhex("00110010800000aa00389b71")
CBOR = bytes.fromhex("63626f72") + bytes.fromhex("00110010800000aa00389b71")


def xmp(sheet: Sheet, picture: bytes = b"", more: str = "", prefix: str = "xmp") -> bytes:
    """A packet of XMP with creator, history, identifiers, a place, a picture in base64 and padding behind it."""
    north, east = sheet.spot(f"{prefix}-gps").minutes()
    small = base64.b64encode(picture).decode()
    hidden = base64.b64encode(sheet.raw(f"{prefix}-base64")).decode()
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="{sheet.text(f"{prefix}-toolkit")}">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="{sheet.text(f"{prefix}-about")}"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" xmlns:xmpGImg="http://ns.adobe.com/xap/1.0/g/img/"
 xmlns:own="https://example.org/own/" {more}
 xmpMM:DocumentID="{sheet.text(f"{prefix}-documentid")}" exif:GPSLatitude="{north}" exif:GPSLongitude="{east}"
 own:secret="{hidden}">
<dc:creator><rdf:Seq><rdf:li>{sheet.text(f"{prefix}-creator")}</rdf:li></rdf:Seq></dc:creator>
<xmpMM:History><rdf:Seq><rdf:li stEvt:action="saved" stEvt:softwareAgent="{sheet.text(f"{prefix}-history")}"/>
</rdf:Seq></xmpMM:History>
<xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType="Resource"><xmpGImg:width>16</xmpGImg:width>
<xmpGImg:height>16</xmpGImg:height><xmpGImg:format>JPEG</xmpGImg:format><xmpGImg:image>{small}</xmpGImg:image>
</rdf:li></rdf:Alt></xmp:Thumbnails>
</rdf:Description></rdf:RDF></x:xmpmeta>
<!-- {sheet.text(f"{prefix}-comment")} -->
{sheet.text(f"{prefix}-padding")}
<?xpacket end="w"?>""".encode()


def resources(sheet: Sheet, prefix: str = "irb") -> bytes:
    """Photoshop's resource blocks: IPTC, a private one, a name and an address."""

    def record(number: int, name: str) -> bytes:
        value = sheet.raw(name)
        return b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(value)) + value

    iptc = record(80, "iptc-byline") + record(90, "iptc-city") + record(120, "iptc-caption") + record(40, "iptc-notes")
    blocks = [(0x0404, b"", iptc), (0x040B, b"", sheet.raw(f"{prefix}-url"))]
    blocks.append((0x0FA0, sheet.raw(f"{prefix}-name"), sheet.raw(f"{prefix}-private", Form.ZLIB)))
    found = b""
    for number, name, value in blocks:
        title = bytes([len(name)]) + name
        found += b"8BIM" + struct.pack(">H", number) + title + b"\0" * (len(title) % 2)
        found += struct.pack(">I", len(value)) + value + b"\0" * (len(value) % 2)
    return found


def icc(sheet: Sheet, prefix: str = "icc") -> bytes:
    """A profile of sRGB that works, with texts of its own; its date is one of ours, not that of today."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    date = sheet.date(f"{prefix}-date")
    made[24:36] = struct.pack(">6H", date.year, date.month, date.day, date.hour, date.minute, date.second)
    made[84:100] = bytes(16)  # an identifier that would have to be right
    (count,) = struct.unpack_from(">I", made, 128)
    tags = {}
    for number in range(count):
        name, at, size = struct.unpack_from(">4sII", made, 132 + 12 * number)
        tags[name] = bytes(made[at : at + size])
    tags[b"desc"] = _many_languages(sheet.raw(f"{prefix}-description", Form.UTF16BE))
    tags[b"cprt"] = _many_languages(sheet.raw(f"{prefix}-copyright", Form.UTF16BE))
    tags[b"dmnd"] = b"text\0\0\0\0" + sheet.raw(f"{prefix}-maker") + b"\0"
    tags[b"cnry"] = b"data\0\0\0\0\0\0\0\1" + sheet.raw(f"{prefix}-private", Form.ZLIB)
    table, values, at = b"", b"", 132 + 12 * len(tags)
    for name, value in tags.items():
        table += struct.pack(">4sII", name, at + len(values), len(value))
        values += value + b"\0" * (-len(value) % 4)
    values += sheet.raw(f"{prefix}-unreferenced") + b"\0"
    found = bytearray(made[:128] + struct.pack(">I", len(tags)) + table + values)
    found += b"\0" * (-len(found) % 4)
    struct.pack_into(">I", found, 0, len(found))
    return bytes(found)


def _many_languages(text: bytes) -> bytes:
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(text), 28) + text


def jumbf(sheet: Sheet, prefix: str = "c2pa") -> bytes:
    """A C2PA store as its containers are, without a valid signature: an AI-made picture, says the assertion."""

    def box(kind: bytes, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return struct.pack(">I", 8 + len(body)) + kind + body

    def labelled(uuid: bytes, label: str, *parts: bytes) -> bytes:
        return box(b"jumb", box(b"jumd", uuid, b"\3", label.encode() + b"\0"), *parts)

    def text(value: str) -> bytes:
        return bytes([0x78, len(value)]) + value.encode()  # CBOR, text of up to 255 bytes

    source = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    action = b"\xa1" + text("actions") + b"\x81\xa2" + text("action") + text("c2pa.created")
    action += text("digitalSourceType") + text(source)
    author = f'{{"@type":"CreativeWork","author":[{{"name":"{sheet.text(f"{prefix}-author")}"}}]}}'.encode()
    claim = b"\xa1" + text("claim_generator") + text(sheet.text(f"{prefix}-generator"))
    manifest = labelled(
        C2MA,
        f"urn:uuid:{sheet.text(f'{prefix}-manifest')}",
        labelled(
            C2AS,
            "c2pa.assertions",
            labelled(CBOR, "c2pa.actions", box(b"cbor", action)),
            labelled(JSON, "stds.schema-org.CreativeWork", box(b"json", author)),
        ),
        labelled(bytes.fromhex("6332636c00110010800000aa00389b71"), "c2pa.claim", box(b"cbor", claim)),
        box(b"free", zlib.compress(b"") + sheet.raw(f"{prefix}-free", Form.ZLIB)),
    )
    return labelled(C2PA, "c2pa", manifest)
