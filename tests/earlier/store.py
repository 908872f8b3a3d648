"""What users of an earlier commit have on disk, unpacked as if it had been made where it lies."""

from __future__ import annotations

import contextlib
import sqlite3
import tarfile
from pathlib import Path
from urllib.parse import quote

COMMIT = "a181a38"
ARCHIVE = Path(__file__).with_name(f"{COMMIT}.tar.xz")
# Where it was made, and the endpoint that its replies came from.
PREFIX = f"/tmp/ocr_model_{COMMIT}"
ADDRESS = "http://127.0.0.1:1/v1"

STORE = "mlflow.db"
CACHE = "replies.sqlite"
_SQLITE = b"SQLite format 3\x00"


def unpack(folder: Path, address: str = ADDRESS) -> Path:
    """Everything of the earlier commit below `folder`, its paths and its endpoint those of now."""
    with tarfile.open(ARCHIVE) as archive:
        # Debian's Python 3.11.2 has no filters; the archive is ours.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        replace_text(file, PREFIX, str(folder))
    replace_text(folder / CACHE, ADDRESS, address)
    return folder


def replace_text(file: Path, old: str, new: str) -> None:
    """Put `new` wherever `old` stands: in the bytes of a file, in the texts of a SQLite file."""
    content = file.read_bytes()
    if not content.startswith(_SQLITE):
        if old.encode() in content:
            file.write_bytes(content.replace(old.encode(), new.encode()))
        return
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        for table, column in _columns(connection):
            connection.execute(
                f'UPDATE "{table}" SET "{column}" = replace("{column}", ?, ?) '
                f'WHERE typeof("{column}") = \'text\' AND instr("{column}", ?)',
                (old, new, old),
            )


def texts_with(file: Path, part: str) -> list[str]:
    """Where `part` stands in a file; of a SQLite file, the columns."""
    if not file.read_bytes().startswith(_SQLITE):
        return [str(file)] if part.encode() in file.read_bytes() else []
    with contextlib.closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as db:
        return [
            f"{file} {table}.{column}"
            for table, column in _columns(db)
            if db.execute(
                f'SELECT 1 FROM "{table}" WHERE instr(CAST("{column}" AS TEXT), ?) LIMIT 1', (part,)
            ).fetchone()
        ]


def _columns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT m.name, p.name FROM sqlite_master AS m, pragma_table_info(m.name) AS p "
        "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
    ).fetchall()
