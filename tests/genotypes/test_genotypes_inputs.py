"""What the user may name as input: folders, lists, standard input; names of samples."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from making import gene, read, read_paths, vcf, write

from pgx.errors import InputError, UsageError
from pgx.genotypes import ReadOptions, read_sample_names, read_sexes
from pgx.genotypes.inputs import find_inputs


@pytest.fixture
def split(tmp_path):
    """Three files by chromosome, and what else lies about in a folder."""
    folder = tmp_path / "by chromosome"
    folder.mkdir()
    files = [write(folder, vcf(f"{position} G A 0/1"), f"chr{n}.vcf") for n, position in ((2, 9_000), (10, 10_000))]
    for name in ("notes.txt", "chr2.vcf.tbi", "reports.json"):
        write(folder, "x", name)
    return folder, files


def test_folder_in_order_of_numbers(split):
    folder, files = split
    assert find_inputs([folder]) == files
    assert read_paths([folder]).text("snv") == "G/A"


@pytest.mark.parametrize("kind", ["@files.txt", "files.list", "files.txt", "files.fofn"])
def test_lists(split, kind, tmp_path, monkeypatch):
    _, files = split
    text = "# by chromosome\nby chromosome/chr2.vcf\n\nby chromosome/chr10.vcf\n"
    listed = write(tmp_path, text.removeprefix("# by chromosome\n") if kind[0] != "@" else text, kind.strip("@"))
    given = tmp_path / kind if kind[0] != "@" else Path(f"@{listed}")
    monkeypatch.chdir("/")
    assert find_inputs([given]) == files


def test_a_file_named_twice_is_read_once(split):
    folder, files = split
    assert find_inputs([files[1], folder, files[1]]) == [files[1], files[0]]


def test_empty_folders_and_lists_are_refused(tmp_path):
    write(tmp_path, "", "empty.list")
    write(tmp_path, "gone.vcf\n", "gone.list")
    for path, words in ((tmp_path, "has no variant files"), (tmp_path / "empty.list", "lists no files")):
        with pytest.raises(InputError, match=words):
            find_inputs([path])
    with pytest.raises(InputError, match=r"lists 'gone\.vcf', which does not exist"):
        find_inputs([tmp_path / "gone.list"])


def test_standard_input_is_read_more_than_once(tmp_path):
    program = (
        f"import sys; from pathlib import Path; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from making import read_paths\n"
        "print(read_paths([Path('-')]).text('snv'))"
    )
    packed = io.BytesIO()
    import gzip

    with gzip.GzipFile(fileobj=packed, mode="wb") as stream:
        stream.write(vcf("10000 G A 0/1", meta="##fileformat=VCFv4.2\n").encode())
    for data in (vcf("10000 G A 0/1").encode(), packed.getvalue()):
        done = subprocess.run([sys.executable, "-c", program], input=data, capture_output=True, check=True)
        assert done.stdout == b"G/A\n"


def test_numeric_sample_names_are_text(tmp_path):
    result = read(tmp_path, vcf("10000 G A 0/1 0/0", samples="007 12"), options=ReadOptions(samples=("12",)))
    assert (result.table.samples, result.text("snv")) == (("12",), "G/G")
    with pytest.raises(UsageError, match="no sample '7'"):
        read(tmp_path, vcf("10000 G A 0/1 0/0", samples="007 12"), options=ReadOptions(samples=("7",)))


def test_sample_map(tmp_path):
    names = read_sample_names(write(tmp_path, "\ufeff007\tPatient A\nno such\tB\n", "names.tsv"))
    assert names == {"007": "Patient A", "no such": "B"}
    options = ReadOptions(sample_names=names, samples=("Patient A",))
    assert read(tmp_path, vcf("10000 G A 0/1"), vcf("10200 C A 0/1", samples="007"), options=options).table.samples == (
        "Patient A",
    )
    with pytest.raises(InputError, match="two samples would be named '12'"):
        read(tmp_path, vcf("10000 G A 0/1 0/0", samples="007 12"), options=ReadOptions(sample_names={"007": "12"}))


def test_sexes_may_have_blanks_in_names(tmp_path):
    assert list(read_sexes(write(tmp_path, "Patient A\tfemale\n12\t1\n", "sex.tsv"))) == ["Patient A", "12"]


def test_genes_of_a_list_share_the_samples(split, tmp_path):
    listed = write(tmp_path, "by chromosome\n", "folder.list")
    assert read_paths([listed], None, gene()).report.read == 2
