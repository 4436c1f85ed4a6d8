"""Each format by a tiny file, and every way a file can be no good."""

from __future__ import annotations

import gzip
import json
import zipfile

import pytest
from outside_tables import FILES, HERE, read_cases, shipped_genes

from pgx.errors import InputError
from pgx.outside import read_outside

COLUMNS = ("file", "format", "line", "sample", "gene", "alleles", "phenotype", "score", "statuses", "problem")


def rows_of(path):
    report = read_outside([path], shipped_genes())
    for call in report.calls:
        yield (
            *(path.name, call.source.format, str(call.source.line), call.sample or "", call.gene),
            *(" | ".join(call.alleles), call.phenotype or "", call.activity_score or ""),
            *(" | ".join(call.statuses), ""),
        )
    for problem in report.problems:
        yield (path.name, "", str(problem.line), *[""] * 6, problem.reason)


@pytest.mark.parametrize("path", sorted(FILES.iterdir()), ids=lambda path: path.name)
def test_format(path):
    expected = [tuple(row[name] for name in COLUMNS) for row in read_cases(HERE / "outside_formats.tsv")]
    assert list(rows_of(path)) == [row for row in expected if row[0] == path.name]


def test_files_of_one_command_are_read_in_order():
    report = read_outside([FILES / "cyrius.json", FILES / "targeted.json"], shipped_genes())
    assert [call.source.file for call in report.calls] == ["cyrius.json", "targeted.json", "targeted.json"]
    assert report.skipped == (("hba", 1),)


def test_reasons_of_a_no_call_are_kept():
    report = read_outside([FILES / "cyrius.tsv"], shipped_genes())
    codes = {call.sample: [note.code for note in call.warnings] for call in report.calls}
    assert codes == {"S1": [], "S2": [], "S3": [], "S4": ["outside-unassigned"], "S5": ["outside-filter"]}
    (novel,) = read_outside([FILES / "S1_2c19.alleles"], shipped_genes()).calls
    assert "novel allele" in novel.warnings[0].text


def archive(path, kind, *, data="\tGenotype\tPhenotype\nS1\t*1/*5\tIntermediate Metabolizer\n"):
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("tmp1/metadata.txt", f"Gene=CYP2D6\nAssembly=GRCh37\nSemanticType={kind}")
        out.writestr("tmp1/data.tsv", data)
    return path


def test_pypgx_archive(tmp_path):
    report = read_outside([archive(tmp_path / "results.zip", "SampleTable[Results]")], shipped_genes())
    assert [(call.sample, call.alleles) for call in report.calls] == [("S1", ("*1", "*5"))]


def test_gzip_byte_order_mark_and_windows_lines(tmp_path):
    path = tmp_path / "calls.tsv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbfGene\tDiplotype\r\nCYP2D6\t*1/*4\r\n"))
    (call,) = read_outside([path], shipped_genes()).calls
    assert call.alleles == ("*1", "*4")


def test_commented_header_names_the_columns(tmp_path):
    path = tmp_path / "calls.tsv"
    path.write_text("#Sample\tPhenotype\tGene\nS1\tPM\tCYP2D6\n", encoding="utf-8")
    (call,) = read_outside([path], shipped_genes()).calls
    assert (call.sample, call.phenotype) == ("S1", "Poor Metabolizer")


BROKEN = {
    "empty": (b"", "is empty"),
    "blank": (b"\n \n", "is empty"),
    "binary": (b"\x00\xff\xfe\x01", "not a text file"),
    "prose": (b"Dear colleague,\n\nthe result was fine, as I said.\n", "not the output of a known caller"),
    "vcf": (b"##fileformat=VCFv4.2\n#CHROM\tPOS\nchr1\t1\n", "not the output of a known caller"),
    "json cut off": (b'{"cyp2d6": {"genotype": "*1/*2"', "damaged JSON at line 1"),
    "json list": (b"[1, 2]", "not the output of a known caller"),
    "gzip cut off": (gzip.compress(b"CYP2D6\t*1/*4\n")[:-9], "damaged gzip"),
    "zip cut off": (b"PK\x03\x04nothing", "damaged zip"),
    "pypgx table of no gene": (b"\tGenotype\tHaplotype1\tHaplotype2\nS1\t*1/*4\t\t\n", "without its gene"),
    "stargazer table of no gene": (b"name\thap1_main\thap2_main\nS1\t*1\t*4\n", "without a gene column"),
}


@pytest.mark.parametrize(("data", "reason"), BROKEN.values(), ids=BROKEN)
def test_no_good(tmp_path, data, reason):
    path = tmp_path / "input.txt"
    path.write_bytes(data)
    with pytest.raises(InputError) as refused:
        read_outside([path], shipped_genes())
    assert str(refused.value).startswith(f"{path}: ")
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_missing_file_directory_and_other_archive(tmp_path):
    for path, reason in (
        (tmp_path / "none.tsv", "No such file"),
        (tmp_path, "directory"),
        (archive(tmp_path / "cnv.zip", "SampleTable[CNVCalls]"), "not of results"),
    ):
        with pytest.raises(InputError, match=reason):
            read_outside([path], shipped_genes())


def test_odd_json_values_cost_their_entry_only(tmp_path):
    path = tmp_path / "starphase.json"
    details = {"CYP2D6": None, "CYP2C19": {"diplotypes": [{"diplotype": "*1/*2"}, 3]}, "TPMT": {}}
    path.write_text(json.dumps({"gene_details": details}), encoding="utf-8")
    report = read_outside([path], shipped_genes())
    assert [(call.gene, call.no_call) for call in report.calls] == [("CYP2C19", False), ("TPMT", True)]
    assert [problem.text for problem in report.problems] == ["starphase.json: CYP2D6: not an object with diplotypes"]
