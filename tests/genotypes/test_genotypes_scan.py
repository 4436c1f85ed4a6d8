"""Indexes made by walking through a file: the same records as in one pass, whatever lies where, and the same errors."""

from __future__ import annotations

import gzip
import pickle
import random

import numpy as np
import pytest
from making import META, gene, vcf, write

from pgx.errors import InputError
from pgx.genotypes import ReadOptions, can_be_indexed, open_reading, read_genotypes
from pgx.genotypes.compression import Compression, read_blocks
from pgx.genotypes.files import open_file
from pgx.genotypes.intervals import merge_intervals
from pgx.genotypes.records import Detail
from pgx.genotypes.report import Tally

pysam = pytest.importorskip("pysam")

MORE = (
    '##contig=<ID=chr9>\n##INFO=<ID=END,Number=1,Type=Integer,Description="x">\n'
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">\n'
)
KINDS = ("plain", "bgzip", "bcf", "plain bcf")


def convert(path, kind):
    """Write a plain VCF again in another format, without an index."""
    if kind == "plain":
        return path
    if kind == "bgzip":
        target = path.with_suffix(".vcf.gz")
        pysam.tabix_compress(str(path), str(target), force=True)
        return target
    target = path.with_suffix(".bcf")
    mode = "wb" if kind == "bcf" else "wb0"
    with pysam.VariantFile(str(path)) as source, pysam.VariantFile(str(target), mode, header=source.header) as out:
        for entry in source:
            out.write(entry)
    if kind == "plain bcf":
        target.write_bytes(gzip.decompress(target.read_bytes()))
    return target


def random_records(draw, samples, count):
    """Return unsorted records of two contigs: substitutions, long deletions, and blocks that reach far."""
    lines = []
    for _ in range(count):
        contig, start = draw.choice(("chr9", "chr10")), draw.randrange(1, 200_000)
        ref, alt, info = draw.choice(
            (("A", "G", "."), ("A" * draw.randrange(2, 400), "A", "."), ("A", "<NON_REF>", ""))
        )
        info = info or f"END={start + draw.randrange(30_000)}"
        entries = "\t".join(draw.choice(("0/0", "0/1", "1|1", "./.")) for _ in range(samples))
        lines.append(f"{contig}\t{start}\t.\t{ref}\t{alt}\t.\tPASS\t{info}\tGT\t{entries}")
    return lines


def places(file, wanted, tally=None):
    return [
        (
            record.contig,
            record.position,
            record.end,
            record.ref,
            record.alts,
            record.load(Detail(ReadOptions())).codes.tolist(),
        )
        for record in file.records(wanted, tally=tally)
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("samples", "count"), [(1, 4000), (30, 900), (40_000, 12)])
def test_same_records_as_in_one_pass(tmp_path, kind, samples, count):
    """Records of all sizes, from many in a block to one over several blocks."""
    draw = random.Random(samples)
    names = " ".join(f"S{n}" for n in range(samples))
    text = vcf(samples=names, meta=META + MORE) + "\n".join(random_records(draw, samples, count)) + "\n"
    file = open_file(convert(write(tmp_path, text), kind))
    indexed = file.indexed()
    assert file.index is None
    for _ in range(12):
        pairs = [(start, start + draw.randrange(3000)) for start in (draw.randrange(200_000) for _ in range(3))]
        wanted = {draw.choice(("chr9", "chr10")): merge_intervals(pairs)}
        assert places(indexed, wanted) == places(file, wanted)
    assert places(indexed, {"chr22": merge_intervals([(1, 1000)])}) == []


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_wanted_is_read(tmp_path, kind):
    lines = [f"{1 + 10 * n} A G {'0/1 ' * 200}" for n in range(2000)]
    text = vcf(*lines, samples=" ".join(f"S{n}" for n in range(200)), meta=META + MORE)
    file, tally = open_file(convert(write(tmp_path, text), kind)).indexed(), Tally()
    assert len(places(file, {"chr10": merge_intervals([(5001, 5001)])}, tally)) == 1
    assert tally.read < 400


@pytest.mark.parametrize("kind", KINDS)
def test_gene_by_gene_gives_the_same_tables(tmp_path, kind):
    """A block that begins far before the genes, a deletion that reaches into one, and a file that is not sorted."""
    records = (
        "10100 A G 1/1", "10700 AAC TAG 0|1", "100 T <NON_REF> END=10320 GT:DP 0/0:20", "10199 TCAT T 0/1",
        "10000 G A 0/1",
    )  # fmt: skip
    meta = META + MORE + '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="x">\n'
    path = convert(write(tmp_path, vcf(*records, meta=meta)), kind)
    genes = [gene(), gene(symbol="GENE2")]
    whole, _, report = read_genotypes([path], genes, ReadOptions())
    reading = pickle.loads(pickle.dumps(open_reading([path], genes, ReadOptions()).indexed()))
    for one in genes:
        (table,) = reading.only(reading.samples).read((one,))
        assert np.array_equal(table.codes, whole[one.symbol].codes)
        assert table.values == whole[one.symbol].values
    assert report.used == len(records)


def test_last_line_without_an_end(tmp_path):
    path = write(tmp_path, vcf("10000 G A 0/1", "10100 A G 1/1").rstrip("\n"))
    wanted = {"chr10": merge_intervals([(10_100, 10_100)])}
    assert len(places(open_file(path).indexed(), wanted)) == 1


def test_plain_gzip_has_no_index(tmp_path):
    path = tmp_path / "x.vcf.gz"
    path.write_bytes(gzip.compress(vcf("10000 G A 0/1").encode()))
    assert not can_be_indexed(path)
    assert open_file(path).indexed().index is None


GOOD = vcf("10000 G A 0/1", "10100 A G 0/1")
LAST = "chr10\t10200\t.\tC\tA"


@pytest.mark.parametrize(
    "text",
    [GOOD[:-4], GOOD[:-14], GOOD[:-24], GOOD + "chr10\n", GOOD + "chr10\tx\t.\tA\tG\t.\t.\t.\tGT\t0/1\n", GOOD + LAST],
)
def test_broken_text_is_refused_in_the_same_words(tmp_path, text):
    refused_alike(write(tmp_path, text))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("harm", ["cut off", "damaged"])
def test_broken_files_are_refused_in_the_same_words(tmp_path, kind, harm):
    draw = random.Random(3)
    names = " ".join(f"S{n}" for n in range(900))
    text = vcf(samples=names, meta=META + MORE) + "\n".join(random_records(draw, 900, 900)) + "\n"
    path = convert(write(tmp_path, text), kind)
    data = bytearray(path.read_bytes())
    if harm == "cut off":
        end = data[-28:] if kind in ("bgzip", "bcf") else b""
        data = data[: int(len(data) * 0.7)] + end
    elif kind == "plain":
        data = data.replace(b"\nchr9\t", b"\nchr9\tx", 300).replace(b"\nchr9\tx", b"\nchr9\t", 299)
    elif kind == "plain bcf":
        data[-9000:] = bytes(9000)
    else:
        data[int(len(data) * 0.7)] ^= 0xFF
    path.write_bytes(bytes(data))
    refused_alike(path)


def refused_alike(path):
    """Check that walking raises what reading raises: one line with the name of the file."""
    file = open_file(path)
    with pytest.raises(InputError) as walked:
        file.indexed(thorough=True)
    with pytest.raises(InputError) as read:
        list(file.records({"chr11": merge_intervals([(1, 2)])}))
    assert str(walked.value) == str(read.value)
    assert path.name in str(walked.value)
    assert "\n" not in str(walked.value)


def test_damage_within_a_record_shows_when_it_is_read(tmp_path):
    entries = "\t".join(random.Random(5).choice(("0/0", "0/1", "1|1", "./.")) for _ in range(200_000))
    names = " ".join(f"S{number}" for number in range(200_000))
    lines = [f"chr9\t{start}\t.\tA\tG\t.\tPASS\t.\tGT\t{entries}\n" for start in range(100, 700, 100)]
    path = convert(write(tmp_path, vcf(samples=names, meta=META + MORE) + "".join(lines)), "bcf")
    blocks = list(read_blocks(path, Compression.BGZF))
    header = open_file(path).header.size
    lies_at = [sum(block.size for block in blocks[:number]) - header for number in range(len(blocks))]
    within = next(number for number, at in enumerate(lies_at) if at > 1_700_000)
    data = bytearray(path.read_bytes())
    data[blocks[within].offset + 60] ^= 0xFF
    path.write_bytes(bytes(data))
    file = open_file(path).indexed()
    detail = Detail(ReadOptions())
    for start, harmed in ((400, False), (500, True), (600, False)):
        wanted = {"chr9": merge_intervals([(start, start)])}
        if harmed:
            with pytest.raises(InputError, match="damaged compressed data"):
                list(file.records(wanted))
        else:
            (record,) = file.records(wanted)
            assert len(record.load(detail).codes) == 200_000
