"""FHIR R4 bundles by the Genomics Reporting guide (STU3): one `Bundle` of type collection a sample.

Coded values come from the rule tables (RxNorm, HGNC) and, where an answer exists, from LOINC; all else is text.
"""

from pgx.reports.fhir.bundle import fhir_bundle, write_fhir

__all__ = ["fhir_bundle", "write_fhir"]
