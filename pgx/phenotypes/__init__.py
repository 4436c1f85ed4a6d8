"""From diplotype to function, activity score and phenotype, by the rules of the gene tables."""
