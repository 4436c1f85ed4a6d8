"""Groups of options that several commands share, stated once; a command takes a group as one value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, get_type_hints

from pgx.cli import options as opt

if TYPE_CHECKING:
    from pgx.domain.gene import Gene
    from pgx.genotypes import ReadOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChoices:
    """What files are read as, and which of their genotypes are used."""

    build: opt.BuildName = "auto"
    sample_map: opt.SampleMap = None
    sex: opt.SexFile = None
    fasta: opt.FastaFile = None
    min_gq: opt.MinGq = None
    min_dp: opt.MinDp = None
    min_balance: opt.MinBalance = None
    min_certainty: opt.MinCertainty = 0.9
    require_pass: opt.RequirePass = False

    def read_options(
        self,
        known: KnownChoices,
        genes: Mapping[str, Gene],
        *,
        samples: tuple[str, ...] = (),
        strict: bool = False,
        list_unexplained: bool = True,
    ) -> ReadOptions:
        """Return how to read; `genes` are all of the rules. Raises UsageError and InputError for what cannot be."""
        from pgx.genotypes import ReadOptions, parse_assume_reference, parse_copy_numbers, read_sample_names, read_sexes

        return ReadOptions(
            build=opt.read_build(self.build),
            samples=samples,
            assume_reference=parse_assume_reference(known.assume_reference, genes),
            min_gq=self.min_gq,
            min_dp=self.min_dp,
            min_balance=self.min_balance,
            min_certainty=self.min_certainty,
            require_pass=self.require_pass,
            strict=strict,
            sexes=read_sexes(self.sex) if self.sex else {},
            copies=parse_copy_numbers(opt.listed(known.copy_number), genes),
            sample_names=read_sample_names(self.sample_map) if self.sample_map else {},
            fasta=self.fasta,
            list_unexplained=list_unexplained,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownChoices:
    """What is known or taken for granted of the samples besides what the files say."""

    assume_reference: opt.Assume = "none"
    copy_number: opt.CopyNumbers = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChoices:
    """What is called for whom, and how much of it is told."""

    gene: opt.Genes = None
    sample: opt.Samples = None
    outside: opt.Outside = None
    prefer: opt.PreferName = "outside"
    all_matches: opt.AllMatches = False
    combinations: opt.Combinations = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceChoices:
    """Which advice is wanted."""

    drug: opt.Drugs = None
    source: opt.Sources = None
    population: opt.Populations = None
    min_level: opt.MinLevel = ""


def expand_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Let the option parser see the fields of a command's groups as options of its own.

    A parameter whose type is a dataclass is a group: the command gets it made of the options given.
    """
    stated = signature(command, eval_str=True).parameters
    groups: dict[str, Any] = {name: one.annotation for name, one in stated.items() if is_dataclass(one.annotation)}

    @wraps(command)
    def expanded(**given: Any) -> None:
        made = {
            name: group(**{field.name: given.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        command(**given, **made)

    shown = (one for name, one in stated.items() for one in (_options_of(groups[name]) if name in groups else (one,)))
    parameters = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in shown]
    expanded.__signature__ = signature(command).replace(parameters=parameters)  # type: ignore[attr-defined]
    return expanded


def _options_of(group: type[Any]) -> Iterable[Parameter]:
    """Return the fields of a group as parameters, with their types resolved."""
    types = get_type_hints(group, include_extras=True)
    for field in fields(group):
        default = Parameter.empty if field.default is MISSING else field.default
        yield Parameter(field.name, Parameter.KEYWORD_ONLY, default=default, annotation=types[field.name])
