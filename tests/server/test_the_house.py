"""The guards of the house: nothing shadows the standard library, every app is ours, secrets are required."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks

from collab.server.checks import OURS

ROOT = Path(settings.ROOT)
SECRETS = {
    "COLLAB_SECRET_KEY": "0123456789abcdef" * 4,
    "COLLAB_MEDIA_SECRET": "m" * 40,
    "COLLAB_ORIGINS": "https://collab.exemple.fr",
    "COLLAB_DATABASE": "postgres://collab@localhost/collab",
    "COLLAB_VALKEY": "redis://localhost:6379/0",
    "COLLAB_SMTP_HOST": "smtp.exemple.fr",
}


def test_the_shelf_is_not_a_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert platform.python_version() == sys.version.split()[0]


@pytest.mark.parametrize("folder", [ROOT, ROOT / "platform"])
def test_pythons_own_platform_module_wins_wherever_python_starts(folder: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.system())"],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == platform.system()


def test_no_app_is_called_like_a_module_of_the_standard_library() -> None:
    assert not {Path(config.path).name for config in apps.get_app_configs()} & {"platform"}
    assert not OURS & set(sys.stdlib_module_names)


def test_every_app_comes_from_our_tree() -> None:
    assert [error for error in run_checks() if error.id == "collab.E001"] == []
    assert {config.label for config in apps.get_app_configs()} >= OURS


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A front end that is built, as it is where production runs."""
    dist = tmp_path_factory.mktemp("dist")
    (dist / ".vite").mkdir()
    (dist / ".vite" / "manifest.json").write_text("{}")
    return dist


def production(dist: Path, without: str | None = None, **changed: str) -> "subprocess.CompletedProcess[str]":
    environment = {**SECRETS, "COLLAB_FRONTEND_DIST": str(dist), **changed}
    environment.pop(without or "", None)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COLLAB_")}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env={**clean, **environment, "DJANGO_SETTINGS_MODULE": "collab.server.settings.production"},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_production_passes_djangos_deployment_check_with_its_secrets(built: Path) -> None:
    told = production(built)
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_production_refuses_to_start_without(built: Path, name: str) -> None:
    told = production(built, without=name)
    assert told.returncode != 0
    assert name in told.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COLLAB_SECRET_KEY", "short"),
        ("COLLAB_ORIGINS", "http://collab.exemple.fr"),
        ("COLLAB_DATABASE", "mysql://x/y"),
    ],
)
def test_production_refuses_weak_values(built: Path, name: str, value: str) -> None:
    told = production(built, **{name: value})
    assert told.returncode != 0
    assert name in told.stderr
