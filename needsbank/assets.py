"""The browser files made by others: copied from node_modules, never written by hand.

`package.json` names their exact versions and `package-lock.json` their hashes;
`npm ci` checks both. `python -m needsbank.assets` then fills `needsbank/static/vendor/`.
"""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

VENDOR = Path("needsbank/static/vendor")

# Where a file stands under VENDOR, and where it comes from under node_modules.
FILES: Mapping[str, str] = MappingProxyType(
    {
        "designsystemet.css": "@digdir/designsystemet-css/dist/src/index.css",
        "designsystemet-theme.css": "@digdir/designsystemet-css/dist/theme/designsystemet.css",
        "designsystemet.LICENSE.txt": "@digdir/designsystemet-css/LICENSE",
        "htmx.min.js": "htmx.org/dist/htmx.min.js",
        "htmx.LICENSE.txt": "htmx.org/LICENSE",
    }
)


class MissingFiles(Exception):
    """Some packages of package.json are not installed, or no longer carry a file."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"node_modules lacks {', '.join(missing)}: run `npm ci`;"
            " if they are still missing, mend the table in needsbank/assets.py"
        )


def vendor(root: Path) -> list[Path]:
    """Empty and refill the vendor folder of the checkout at `root`; give its files."""
    sources = {root / VENDOR / to: root / "node_modules" / origin for to, origin in FILES.items()}
    missing = [
        origin for origin in FILES.values() if not (root / "node_modules" / origin).is_file()
    ]
    if missing:
        raise MissingFiles(missing)
    shutil.rmtree(root / VENDOR, ignore_errors=True)
    (root / VENDOR).mkdir(parents=True)
    for target, source in sources.items():
        shutil.copyfile(source, target)
    return sorted(sources)


def main() -> int:
    """Fill the vendor folder of this checkout; say what is missing and give 1 if it cannot."""
    try:
        vendor(Path(__file__).parents[1])
    except MissingFiles as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
