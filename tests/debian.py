"""Install the Debian packages that the tests drive: Chromium and PostgreSQL. In CI a missing one is an error."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

WANTED = {
    "chromium": lambda: shutil.which("chromium"),
    "postgresql": lambda: any(Path("/usr/lib/postgresql").glob("*/bin/postgres")),
}
APT = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq"]


def main() -> int:
    missing = [name for name, found in WANTED.items() if not found()]
    if not missing:
        return 0
    print(f"installing Debian packages: {', '.join(missing)}…", flush=True)
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*APT, "update"], env=quiet, check=False)
        subprocess.run(
            [*APT, "install", "-y", "--no-install-recommends", *missing, "fonts-dejavu-core"],
            env=quiet, stdout=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    missing = [name for name, found in WANTED.items() if not found()]
    if not missing:
        return 0
    print(f"still missing: {', '.join(missing)}. As root: apt-get install {' '.join(missing)}", file=sys.stderr)
    if os.environ.get("CI"):
        return 1
    print("The tests that need them are skipped, and say so.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
