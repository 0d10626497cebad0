"""Formats that are no text, told by their first bytes, whatever the name of the file says.

What belongs here: `format_name`. What does not: the readers of formats that are read (`readers/`).
"""

from __future__ import annotations

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "an RTF document"),
    (b"{\\urtf", "an RTF document"),
    (b"%PDF-", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document of before 2007 (doc, xls, ppt, msg)"),
    (b"\xdb\xa5\x2d\x00", "a Word document of before 1997"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x00\x01\x00\x00Standard Jet DB", "an Access database"),
    (b"PAR1", "a Parquet table; name it .parquet"),
    (b"ARROW1", "an Arrow table"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC table"),
    (b"\x1f\x8b", "gzip-compressed data; end its name in .gz"),
    (b"BZh", "bzip2-compressed data; end its name in .bz2"),
    (b"\xfd7zXZ\x00", "xz-compressed data; end its name in .xz"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data; end its name in .zst"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"AT&TFORM", "a DjVu document"),
    (b"OggS", "an Ogg recording"),
    (b"ID3", "an MP3 recording"),
    (b"fLaC", "a FLAC recording"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM film"),
    (b"\x7fELF", "a program (ELF)"),
    (b"\xca\xfe\xba\xbe", "a program (Java or Mach-O)"),
    (b"\x00asm", "a program (WebAssembly)"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"bplist00", "a binary property list"),
    (b"\x80\x04\x95", "a Python pickle"),
)
_ZIP = b"PK\x03\x04"
# What the first entries of a zip archive are called, by the format that is built on it.
_ZIP_FORMATS = (
    (b"mimetypeapplication/epub+zip", "an EPUB book"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file (odt, ods, odp)"),
    (b"word/", "a Word document (docx)"),
    (b"xl/", "an Excel workbook (xlsx)"),
    (b"ppt/", "a PowerPoint presentation (pptx)"),
    (b"[Content_Types].xml", "an Office document (docx, xlsx, pptx)"),
    (b"META-INF/MANIFEST.MF", "a Java archive"),
    (b"AndroidManifest.xml", "an Android package"),
)
_PROGRAM = b"MZ"


def format_name(head: bytes) -> str | None:
    """The format of a file that is no text, with its article ("a PDF document"), or None.

    Args:
        head: its first bytes; 4,096 are enough.
    """
    for signature, name in _SIGNATURES:
        if head.startswith(signature) and (len(signature) > 3 or not _is_prose(head)):
            return name
    if head.startswith(_ZIP):
        return office_name(head) or "a zip archive; end its name in .zip"
    if head[257:262] == b"ustar":
        return "a tar archive"
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        return f"a {head[8:12].decode().strip()} file"
    if head[4:8] == b"ftyp":
        return "a film or image (MP4, HEIC)"
    if head.startswith((_PROGRAM, b"BM")) and not _is_prose(head):
        return "a program or a bitmap"
    return None


def office_name(head: bytes) -> str | None:
    """The document format that a zip archive is, or None for an archive of files."""
    return next((name for mark, name in _ZIP_FORMATS if mark in head[:8_192]), None)


def _is_prose(head: bytes) -> bool:
    """Whether bytes that begin like a format with a short signature ("ID3", "BM") are words all the same."""
    return not any(byte < 9 for byte in head[:512]) and head[:512].translate(None, bytes(range(128, 256))) == head[:512]
