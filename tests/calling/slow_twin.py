"""Plain matchers that try every strand assignment: what the fast ones in `pgx.calling` must agree with."""

from __future__ import annotations

from itertools import product

from pgx.domain.gene import IUPAC, UNASSIGNED_FUNCTION
from pgx.domain.genotype import Pattern
from pgx.domain.names import name_key


def base_of(gene, number, code):
    """The base a code stands for; an undocumented one is the reference allele's where the table says so."""
    variant = gene.variants[number]
    if code < len(variant.bases):
        return variant.bases[code]
    return reference_base(gene, variant) if gene.undocumented_is_reference else None


def reference_base(gene, variant):
    """The reference allele's base; where it allows several, the first of the table's."""
    reference = gene.reference_allele
    letter = dict(reference.core if reference else ()).get(variant.name, variant.ref)
    return letter if letter in variant.bases else next(b for b in variant.bases if b in IUPAC[letter])


def usual_letter(gene, variant):
    """What an allele has where it defines nothing: the reference allele's base or bases."""
    reference = gene.reference_allele
    return dict(reference.core if reference else ()).get(variant.name, variant.ref)


def arrangements(gene, pattern: Pattern):
    """Every way to deal the bases of the seen positions onto two strands, phase sets kept together."""
    seen = [n for n, g in enumerate(pattern.genotypes[: len(gene.variants)]) if g.state.gives_alleles]
    bases = {n: [base_of(gene, n, code) for code in pattern.genotypes[n].alleles] for n in seen}
    keys = {n: ("set", g.phase_set) if (g := pattern.genotypes[n]).phased else ("own", n) for n in seen}
    blocks = sorted({keys[n] for n in seen if bases[n][0] != bases[n][-1]})
    for turns in product((False, True), repeat=len(blocks)):
        turned = {key for key, turn in zip(blocks, turns, strict=True) if turn}
        sides = {n: bases[n][::-1] if keys[n] in turned else bases[n] for n in seen}
        yield {n: side[0] for n, side in sides.items()}, {n: side[-1] for n, side in sides.items()}


class SlowMatcher:
    """Pairs of alleles of a diplotype gene, with every allele held against every strand."""

    def __init__(self, gene):
        self.gene = gene
        self.alleles = [a for a in gene.alleles if not a.structural and (a.core or a.defines_all)]
        self.letters = [
            {n: letter for n, v in enumerate(gene.variants) if (letter := dict(a.core).get(v.name))}
            for a in self.alleles
        ]
        usual = [usual_letter(gene, variant) for variant in gene.variants]
        self.permitted = [
            [self._bases(n, letters.get(n, usual[n])) for n in range(len(usual))] for letters in self.letters
        ]

    def _bases(self, number, letter):
        return {letter} if letter in self.gene.variants[number].bases else set(IUPAC.get(letter, letter))

    def fitting(self, strand):
        """Numbers of the alleles that a strand can be."""
        items = list(strand.items())
        return [
            n
            for n, permitted in enumerate(self.permitted)
            if all(base in permitted[position] for position, base in items)
        ]

    def score(self, number, strand):
        total = 0
        for position, base in strand.items():
            letter = self.letters[number].get(position)
            variant = self.gene.variants[position]
            if letter and letter not in variant.bases:
                total += base != reference_base(self.gene, variant)
            elif letter or self.alleles[number].defines_all:
                total += 1
        return total

    def is_told(self, number, strand):
        """True where a position of its core was seen at which the allele may differ from the reference allele."""
        own = self.letters[number].keys() & strand.keys()
        return any(self.permitted[number][n] != {reference_base(self.gene, self.gene.variants[n])} for n in own)

    def matches(self, pattern, copies=2):
        """Best score of every pair of printed names that explains both strands."""
        found = {}
        for one, other in arrangements(self.gene, pattern):
            if not one:
                continue
            usable = {n for n, a in enumerate(self.alleles) if a.defines_all or self.is_told(n, one)}
            first = usable.intersection(self.fitting(one))
            second = usable.intersection(self.fitting(other)) if copies == 2 else {None}
            for a, b in product(first, second):
                members = [(a, one), (b, other)][:copies]
                names = tuple(sorted((self.alleles[n].printed_name for n, _ in members), key=name_key))
                score = sum(self.score(n, strand) for n, strand in members)
                found[names] = max(score, found.get(names, 0))
        return found

    def classes(self, pattern, copies=2, *, unseen_at_reference):
        """Classes of every pair that fits, unseen positions at the reference allele's base or free."""
        gene, found = self.gene, set()
        missing = [n for n, g in enumerate(pattern.genotypes[: len(gene.variants)]) if not g.state.gives_alleles]
        hidden = {n: reference_base(gene, gene.variants[n]) for n in missing} if unseen_at_reference else {}
        for one, other in arrangements(gene, pattern):
            first, second = self.fitting(hidden | one), self.fitting(hidden | other)
            if copies == 1:
                found |= {(self.class_of(n),) for n in first}
            else:
                kinds = {self.class_of(n) for n in first}, {self.class_of(n) for n in second}
                found |= {tuple(sorted(pair, key=repr)) for pair in product(*kinds)}
        return found

    def class_of(self, number):
        return class_of(self.gene, self.alleles[number])


def class_of(gene, allele):
    """What guidelines can tell apart."""
    name = allele.printed_name if allele.printed_name in gene.named_alleles else ""
    return (allele.function, str(allele.activity), name)


def classes_of(gene, pairs):
    """The classes of pairs of allele names."""
    return {tuple(sorted((class_of(gene, gene.find_allele(name)) for name in pair), key=repr)) for pair in pairs}


class SlowLowestFunction:
    """Strands of a lowest-function gene, spelt out one by one."""

    def __init__(self, gene):
        self.gene = gene
        self.rows = {variant.name: n for n, variant in enumerate(gene.variants)}
        self.by_name = {allele.name: allele for allele in gene.alleles}

    def names(self, strand):
        """The alleles of which a strand has every base; of linked ones only the full allele."""
        gene = self.gene
        found = {a.name for a in gene.alleles if a.core and all(strand.get(self.rows[p]) == base for p, base in a.core)}
        for proxy in gene.proxies:
            if proxy.allele in found:
                found.discard(proxy.decides_only)
        return tuple(sorted(found, key=name_key)) or (gene.reference_allele.name,)

    def rank(self, name):
        order, allele = list(self.gene.function_order), self.by_name[name]
        place = order.index(allele.function) if allele.function in order else len(order)
        if allele.function == UNASSIGNED_FUNCTION:
            usual = self.gene.reference_allele.function
            place = (order.index(usual) if usual in order else len(order)) - 0.5
        return (place, name not in self.gene.preferred_alleles, not allele.defines_all, name_key(name))

    def pair(self, strands):
        return tuple(sorted((min(self.names(strand), key=self.rank) for strand in strands), key=self.rank))

    def called(self, pattern):
        """Arrangements by the two conventions about linked positions."""
        genotypes = pattern.genotypes
        heterozygous = [
            (g.phased, ("set", g.phase_set) if g.phased else n)
            for n, g in enumerate(genotypes[: len(self.gene.variants)])
            if len({base_of(self.gene, n, code) for code in g.alleles}) > 1
        ]
        self.is_open = len({key for _, key in heterozygous}) > 1 and not all(phased for phased, _ in heterozygous)
        for strands in arrangements(self.gene, pattern):
            if all(self._follows(proxy, pattern, strands) for proxy in self.gene.proxies):
                yield tuple(self._stood_in(strand, pattern) for strand in strands)

    def _stood_in(self, strand, pattern):
        for proxy in self.gene.proxies:
            decides, stands_in = self.rows[proxy.decides], self.rows[proxy.stands_in]
            core = dict(self.by_name[proxy.allele].core)
            if not pattern.genotypes[decides].state.gives_alleles and strand.get(stands_in) == core[proxy.stands_in]:
                strand = {**strand, decides: core[proxy.decides]}
        return strand

    def _follows(self, proxy, pattern, strands):
        """With open phase two linked heterozygous positions of unknown phase lie together."""
        decides, stands_in = (self.rows[name] for name in (proxy.decides, proxy.stands_in))
        one, other = pattern.genotypes[decides], pattern.genotypes[stands_in]
        known = one.phased and other.phased and one.phase_set == other.phase_set
        if not self.is_open or known or not (one.is_heterozygous and other.is_heterozygous):
            return True
        core = dict(self.by_name[proxy.allele].core)
        return any(s[decides] == core[proxy.decides] and s[stands_in] == core[proxy.stands_in] for s in strands)

    def hidden(self, pattern):
        """Every arrangement with any table base at unseen positions."""
        missing = [n for n, g in enumerate(pattern.genotypes[: len(self.gene.variants)]) if not g.state.gives_alleles]
        choices = [self.gene.variants[n].bases for n in missing]
        for one, other in arrangements(self.gene, pattern):
            for first, second in product(product(*choices), repeat=2):
                yield (
                    {**one, **dict(zip(missing, first, strict=True))},
                    {**other, **dict(zip(missing, second, strict=True))},
                )
