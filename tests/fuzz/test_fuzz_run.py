"""Whole runs on damaged files: a result or a line, soon, in little memory; what was not damaged stays as it was."""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from fuzz_run import command_on, rules, run_on
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pgx.domain.variant import Build
from pgx.errors import PgxError
from pgx.genotypes import ReadOptions, read_genotypes

SAMPLES = Path(__file__).resolve().parents[2] / "sample_vcfs"
SECONDS = 10
MEGABYTES = 1000
SLOW = settings(max_examples=25, deadline=SECONDS * 1000, suppress_health_check=list(HealthCheck))
PIECES = [
    b"\t", b".", b"0/7", b"-1", b"|", b"1", b";END=99999999999", b"<NON_REF>", b"<DEL>", b"*", b",", b"\x00", b"\xff",
    b"999999999999999999999", b"1e400", b"nan", b":", b"/", b"GT:GP", b"N" * 300, b"\r", b"#",
]  # fmt: skip


@pytest.fixture(scope="module")
def originals() -> dict[str, bytes]:
    found = {
        path.name: path.read_bytes()
        for path in sorted(SAMPLES.iterdir())
        if ".vcf" in path.name and path.suffix != ".tbi"
    }
    plain = {name: gzip.decompress(data) for name, data in found.items() if name.endswith(".gz")}
    markers = b"# build 38\n# rsid\tchromosome\tposition\tgenotype\n" + b"".join(
        f"{one.name}\t{one.contig}\t{one.grch38}\t{one.ref[0]}{one.alts[0][0]}\n".encode()
        for gene in rules().genes.values()
        for one in gene.positions
    )
    return found | {f"{name} unpacked": data for name, data in plain.items()} | {"markers": markers}


@pytest.fixture(autouse=True, scope="module")
def memory():
    yield
    if sys.platform == "linux":
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MEGABYTES * 1024


@SLOW
@given(st.data())
def test_damaged_bytes(tmp_path_factory, capfd, originals, data):
    original = originals[data.draw(st.sampled_from(sorted(originals)))]
    path = tmp_path_factory.mktemp("damaged") / "input"
    path.write_bytes(damaged(data, original))
    command_on(path, run_on(path))
    assert capfd.readouterr() == ("", "")


def damaged(data: st.DataObject, original: bytes) -> bytes:
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(original)))
        gone = data.draw(st.integers(0, 40))
        original = original[:at] + data.draw(st.sampled_from(PIECES)) + original[at + gone :]
        if data.draw(st.integers(0, 9)) == 0:
            original = original[:at]
    return original


@dataclass(frozen=True)
class Line:
    """One record of a plain VCF, and the stretch that it may speak of after damage."""

    text: bytes

    @property
    def reach(self) -> tuple[str, int, int] | None:
        """Contig, first and last position; None where they cannot be read any more."""
        fields = self.text.split(b"\t")
        try:
            position = int(fields[1])
            end = position + len(fields[3])
            ends = [int(part[4:]) for part in fields[7].split(b";") if part.startswith(b"END=")]
        except (ValueError, IndexError):
            return None
        return fields[0].decode("latin-1"), position, max([end, *ends])


@settings(SLOW, max_examples=60)
@given(st.data())
def test_what_was_not_damaged_stays_as_it_was(tmp_path_factory, originals, data):
    name = data.draw(st.sampled_from([name for name in originals if name.endswith("grch38.vcf.gz unpacked")]))
    lines = originals[name].split(b"\n")
    numbers = [n for n, line in enumerate(lines) if line and not line.startswith(b"#")]
    touched: list[Line] = []
    for number in data.draw(st.lists(st.sampled_from(numbers), min_size=1, max_size=3, unique=True)):
        head, tab, rest = lines[number].partition(b"\t")
        touched.append(Line(lines[number]))
        lines[number] = head + tab + damaged(data, rest).replace(b"\n", b"")
        touched.append(Line(lines[number]))
    path = tmp_path_factory.mktemp("touched") / "input.vcf"
    path.write_bytes(b"\n".join(lines))
    genes = list(rules().genes.values())
    try:
        tables = read_genotypes([path], genes, ReadOptions(build=Build.GRCH38))[0]
    except PgxError:
        return
    for gene in genes:
        original, found = whole(name, originals[name])[gene.symbol], tables[gene.symbol].pattern(0)
        for row, variant in enumerate(gene.positions):
            if not any(may_reach(line, variant) for line in touched):
                same = (original.genotypes[row], original.bases[row]) == (found.genotypes[row], found.bases[row])
                assert same, (gene.symbol, variant.name)


def may_reach(line: Line, variant) -> bool:
    reach = line.reach
    if reach is None:
        return False  # a record whose place cannot be read is an error, or not used
    first, last = variant.grch38 - 1, variant.grch38 + len(variant.window(Build.GRCH38))
    return reach[0] == variant.contig and reach[1] <= last and reach[2] >= first


_WHOLE: dict[str, dict[str, object]] = {}


def whole(name, content):
    if name not in _WHOLE:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.vcf"
            path.write_bytes(content)
            tables = read_genotypes([path], list(rules().genes.values()), ReadOptions(build=Build.GRCH38))[0]
        _WHOLE[name] = {symbol: table.pattern(0) for symbol, table in tables.items()}
    return _WHOLE[name]


HEADING = b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
BOMBS = {
    "a line without end": (HEADING, b"A" * 1_000_000),
    "a header without end": (b"##fileformat=VCFv4.2\n", b"##xxxxxxx\n" * 100_000),
    "a table without end": (b"rsid,genotype\n", b"rs1,AA\n" * 150_000),
}
APART = """
import resource, sys
from pathlib import Path
sys.path[:0] = {folders!r}
from fuzz_run import command_on, run_on
line = run_on(Path({path!r}))
command_on(Path({path!r}), line)
print(line)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux counts it")
@pytest.mark.parametrize("name", BOMBS)
def test_what_unpacks_to_very_much_is_refused(tmp_path, name):
    start, piece = BOMBS[name]
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(start)
        for _ in range(400):
            stream.write(piece)
    here = Path(__file__).parent
    program = APART.format(folders=[str(here), str(here.parent)], path=str(path))
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, timeout=6 * SECONDS, text=True
    )
    line, megabytes = done.stdout.splitlines()
    assert str(path) in line
    assert int(megabytes) < MEGABYTES
