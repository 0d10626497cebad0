"""Why a file or a record was refused or passed over: closed lists, each code with its meaning.

What belongs here: the codes, their meaning and the exception that carries one. What does not: the tests that lead to a
code (`inbox.py`, `decoding.py`, `readers/`, `documents.py`, and `pipelines/stages/extract.py` for the last ones).
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a file or a record is in quarantine."""

    # files
    SYMLINK = "symlink"
    NOT_REGULAR_FILE = "not_regular_file"
    PERMISSION_DENIED = "permission_denied"
    UNREADABLE_FILE = "unreadable_file"
    UNKNOWN_TYPE = "unknown_type"
    FILE_TOO_LARGE = "file_too_large"
    # containers
    MALFORMED_ARCHIVE = "malformed_archive"
    ENCRYPTED_ARCHIVE = "encrypted_archive"
    NESTED_ARCHIVE = "nested_archive"
    TOO_MANY_ENTRIES = "too_many_entries"
    EXPANSION_LIMIT = "expansion_limit"
    UNSAFE_PATH = "unsafe_path"
    # contents
    EMPTY = "empty"
    BINARY = "binary"
    MALFORMED_JSON = "malformed_json"
    MALFORMED_TABLE = "malformed_table"
    MALFORMED_XML = "malformed_xml"
    MALFORMED_PARQUET = "malformed_parquet"
    MALFORMED_WARC = "malformed_warc"
    FORBIDDEN_DTD = "forbidden_dtd"
    TOO_DEEP = "too_deep"
    MISSING_COLUMN = "missing_column"
    WRONG_COLUMNS = "wrong_columns"
    WRONG_TYPE = "wrong_type"
    RECORD_TOO_LARGE = "record_too_large"
    # documents
    TEXT_TOO_LONG = "text_too_long"
    TOO_MANY_TOKENS = "too_many_tokens"
    # child processes: of ingest for formats that large libraries read, of extraction
    READER_FAILED = "reader_failed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    WORKER_DIED = "worker_died"
    EXTRACTION_FAILED = "extraction_failed"


MEANINGS: dict[Reason, str] = {
    Reason.SYMLINK: "a symbolic link that leads nowhere, out of the seeds folder or to something that is not a file",
    Reason.NOT_REGULAR_FILE: "a FIFO, socket or device",
    Reason.PERMISSION_DENIED: "the file may not be read by this user",
    Reason.UNREADABLE_FILE: "the operating system reported an error while the file was read",
    Reason.UNKNOWN_TYPE: "no reader is known for a file of this name",
    Reason.FILE_TOO_LARGE: "larger than max_file_bytes",
    Reason.MALFORMED_ARCHIVE: "a zip or compressed file that is cut short, damaged or none at all",
    Reason.ENCRYPTED_ARCHIVE: "an archive entry that needs a password",
    Reason.NESTED_ARCHIVE: "an archive inside an archive",
    Reason.TOO_MANY_ENTRIES: "an archive with more than max_archive_entries entries",
    Reason.EXPANSION_LIMIT: "expands beyond max_expanded_bytes or max_expansion_ratio",
    Reason.UNSAFE_PATH: "an archive entry whose name leads out of the archive, or a symbolic link in it",
    Reason.EMPTY: "no text, or white space only",
    Reason.BINARY: "bytes that are not text in any known encoding",
    Reason.MALFORMED_JSON: "not JSON, or a broken part of a JSON file",
    Reason.MALFORMED_TABLE: "a line of a CSV or TSV file that no row can be made of",
    Reason.MALFORMED_XML: "not a well-formed feed",
    Reason.MALFORMED_PARQUET: "not a Parquet or Arrow file, or a damaged part of one",
    Reason.MALFORMED_WARC: "not a WARC file, or a damaged one",
    Reason.FORBIDDEN_DTD: "XML with a document type declaration, which could define entities",
    Reason.TOO_DEEP: "nested more deeply than any real document",
    Reason.MISSING_COLUMN: "no column or key that holds the text",
    Reason.WRONG_COLUMNS: "a row with more or fewer fields than the header",
    Reason.WRONG_TYPE: "the text is not a string",
    Reason.RECORD_TOO_LARGE: "one record is larger than any document may be",
    Reason.TEXT_TOO_LONG: "more characters than max_document_characters",
    Reason.TOO_MANY_TOKENS: "more words and symbols than max_document_tokens",
    Reason.READER_FAILED: "the library that reads this format raised an error of its own",
    Reason.TIMED_OUT: "extraction took longer than document_seconds, or reading longer than its size allows",
    Reason.OUT_OF_MEMORY: "reading or extracting it took more memory than max_worker_bytes",
    Reason.WORKER_DIED: "the worker process was killed, or crashed, each time it worked on this",
    Reason.EXTRACTION_FAILED: "extraction raised an error on this document",
}


class SkipReason(StrEnum):
    """Why a file, or an entry of an archive, was passed over without being an error."""

    HIDDEN = "hidden"  # name begins with a dot
    TEMPORARY = "temporary"  # name ends in ~, .part, .crdownload or .tmp
    CHANGING = "changing"  # its size or time changed while it was read; the next run takes it
    NO_EXTENSION = "no_extension"  # the name does not say what it is
    DIRECTORY_LINK = "directory_link"  # a symbolic link to a folder
    OTHER_CONTENT = "other_content"  # an entry of an archive that is no article: an image, a program
    CONFIGURATION = "configuration"  # sources.toml


class Refused(Exception):
    """A file or a record cannot be used; becomes a quarantine row, never leaves the stage.

    Args:
        reason: its code.
        message: what was found, with the offending value.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
