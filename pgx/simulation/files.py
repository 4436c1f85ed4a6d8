"""Made-up files on disk: whole or not at all, compressed and indexed where the name asks for it."""

from __future__ import annotations

import os
from pathlib import Path

from pgx.errors import PgxError


def write_vcf(path: Path, text: str) -> None:
    """Write the text of a VCF; a name in `.gz` or `.bgz` makes it bgzip with a tabix index (`.tbi`) beside it.

    The same text gives the same bytes. Raises PgxError where the file cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    index = Path(f"{part}.tbi")
    try:
        if path.suffix in (".gz", ".bgz"):
            _compress(part, text)
            index.replace(f"{path}.tbi")
        else:
            part.write_text(text, encoding="utf-8", newline="")
        part.replace(path)
    except OSError as error:
        raise PgxError(f"{path}: cannot be written: {error.strerror or error}; choose another place") from error
    finally:
        part.unlink(missing_ok=True)
        index.unlink(missing_ok=True)


def _compress(path: Path, text: str) -> None:
    import pysam

    with pysam.BGZFile(str(path), "wb", None) as stream:
        stream.write(text.encode())
    pysam.tabix_index(str(path), preset="vcf", force=True)
