"""Fixtures for all tests; those marked `shared` need the reference material and are skipped where it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

CHECKOUT = Path(__file__).resolve().parent.parent


def shared_folder() -> Path:
    """The folder that PGX_SHARED names, else the one beside the checkout."""
    return Path(os.environ.get("PGX_SHARED") or CHECKOUT.parent / "shared")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if (shared_folder() / "facts").is_dir():
        return
    skip = pytest.mark.skip(reason=f"no reference material at {shared_folder()}; set PGX_SHARED")
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with facts and data to check against."""
    return shared_folder()


settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
