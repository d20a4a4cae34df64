"""components.domain needs nothing but Python's own library, so that a policy pack can take it along."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def alone(folder: Path, code: str) -> None:
    """Run Python without installed packages; only what is in the folder can be imported besides its own library."""
    start = f"import sys; sys.path.insert(0, {str(folder)!r}); "
    subprocess.run([sys.executable, "-I", "-S", "-c", start + code], check=True, capture_output=True)


def test_the_domain_imports_nothing_else() -> None:
    names = sorted(file.stem for file in (ROOT / "components/domain").glob("*.py"))
    problems = sorted(file.stem for file in (ROOT / "components/domain/problems").glob("*.py"))
    assert len(names) > 10
    assert len(problems) > 5
    alone(
        ROOT,
        f"from components.domain import {', '.join(names)}; "
        f"from components.domain.problems import {', '.join(problems)}",
    )


def test_policies_need_the_domain_only(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policy/servicechain_policy", tmp_path / "servicechain_policy")
    shutil.copytree(ROOT / "components/domain", tmp_path / "components/domain")
    alone(tmp_path, "from servicechain_policy import bridge, exposure, fees, machines")
