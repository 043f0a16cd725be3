"""Small files with a picture in them."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib

import docx

_SPACES = " ".join(
    f'xmlns:{prefix}="http://www.hancom.co.kr/hwpml/2011/{name}"'
    for prefix, name in (("hp", "paragraph"), ("hs", "section"), ("hc", "core"), ("hh", "head"))
)
_CONTENT = """<opf:package xmlns:opf="http://www.idpf.org/2007/opf/"><opf:manifest>
<opf:item id="header" href="Contents/header.xml" media-type="application/xml"/>
<opf:item id="image1" href="BinData/image1.png" media-type="image/png" isEmbeded="1"/>
<opf:item id="section0" href="Contents/section0.xml" media-type="application/xml"/>
</opf:manifest><opf:spine><opf:itemref idref="header"/><opf:itemref idref="section0"/></opf:spine></opf:package>"""


def png(shade: int) -> bytes:
    """A picture of two by two grey points."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes([0, shade, shade]) * 2)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


def docx_with(*sections: tuple[str, str, bytes, str]) -> bytes:
    """A DOCX file: heading, sentence, picture and what it shows, section by section."""
    package = docx.Document()
    for heading, sentence, picture, alt in sections:
        package.add_heading(heading, 1)
        package.add_paragraph(sentence)
        shape = package.add_picture(io.BytesIO(picture))
        shape._inline.docPr.set("descr", alt)
    file = io.BytesIO()
    package.save(file)
    return file.getvalue()


def html_with(picture: bytes, caption: str) -> bytes:
    """An HTML page with a figure inside it, one on another host, and an SVG."""
    svg = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>").decode()
    figure = base64.b64encode(picture).decode()
    return f"""<html><title>Bells</title><body><h1>Bells</h1><p>The bell of a tandem is red.</p>
<figure><img src="data:image/png;base64,{figure}"><figcaption>{caption}</figcaption></figure>
<p>It rings twice. <img src="data:image/png;base64,{svg}" alt="A drawing"></p>
<img src="https://pictures.invalid/1.png" alt="Elsewhere"></body></html>""".encode()


def hwpx_with(picture: bytes, sentence: str, caption: str) -> bytes:
    """A HWPX file of a sentence and a captioned picture."""
    run = f"<hp:run><hp:t>{sentence}</hp:t></hp:run>"
    image = f"""<hp:run><hp:pic><hc:img binaryItemIDRef="image1"/><hp:caption><hp:subList><hp:p><hp:run><hp:t>{caption}
</hp:t></hp:run></hp:p></hp:subList></hp:caption></hp:pic></hp:run>"""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/hwp+zip")
        archive.writestr("Contents/content.hpf", _CONTENT)
        archive.writestr("Contents/header.xml", f"<hh:head {_SPACES}><hh:refList/></hh:head>")
        archive.writestr(
            "Contents/section0.xml",
            f"<hs:sec {_SPACES}><hp:p>{run}</hp:p><hp:p>{image}</hp:p><hp:p>{run}</hp:p></hs:sec>",
        )
        archive.writestr("BinData/image1.png", picture)
    return file.getvalue()
