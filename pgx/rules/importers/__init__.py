"""Importers of upstream releases: facts of files that others publish become gene tables of our own shape."""
