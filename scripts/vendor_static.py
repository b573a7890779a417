#!/usr/bin/env python
"""Put the pages' third-party files in place, from unpacked npm packages: `scripts/vendor_static.py DIRECTORY`.

DIRECTORY holds `<name>-<version>/package` for each package named below, as `npm pack` and `tar` leave them. Only run to
raise a version or to add icons; what it writes is kept in the repository.
"""

import re
import shutil
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "src/honeyguide/common/static"
VENDOR = STATIC / "vendor"
TABLER, ICONS = "tabler-core-1.6.1", "tabler-icons-3.51.0"
CHART, INTER = "chart.js-4.6.1", "fontsource-variable-inter-5.3.0"
COPIES = {
    f"{TABLER}/package/dist/css/tabler.min.css": "tabler/tabler.min.css",
    f"{TABLER}/package/dist/js/tabler.min.js": "tabler/tabler.min.js",
    f"{ICONS}/package/LICENSE": "tabler-icons/LICENSE",
    f"{CHART}/package/dist/chart.umd.min.js": "chart/chart.umd.min.js",
    f"{CHART}/package/LICENSE.md": "chart/LICENSE.md",
    f"{INTER}/package/LICENSE": "inter/LICENSE",
    **{
        f"{INTER}/package/files/inter-{part}-wght-normal.woff2": f"inter/inter-{part}.woff2"
        for part in ("latin", "latin-ext", "cyrillic")
    },
}
SOURCE_MAP = re.compile(rb"\n?(//[#@] sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$")
SHAPE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
FRAME = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


def main(packages: Path) -> None:
    """Copy the files, without their links to source maps, and draw the sprite."""
    for source, target in COPIES.items():
        there = VENDOR / target
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packages / source, there)
        if there.suffix in {".css", ".js"}:
            there.write_bytes(SOURCE_MAP.sub(b"", there.read_bytes()) + b"\n")
    names = (Path(__file__).parent / "icons.txt").read_text(encoding="ascii").split()
    (VENDOR / "tabler-icons/icons.svg").write_text(sprite(packages / ICONS / "package/icons", names), encoding="ascii")


def sprite(icons: Path, names: list[str]) -> str:
    """One SVG file with a symbol for each icon; `name-filled` is the filled form."""
    symbols = []
    for name in sorted(set(names)):
        filled = name.endswith("-filled")
        path = icons / ("filled" if filled else "outline") / f"{name.removesuffix('-filled')}.svg"
        found = SHAPE.search(path.read_text(encoding="ascii"))
        if found is None:
            raise ValueError(f"{path}: no drawing in it")
        lines = (line.strip() for line in found[1].strip().splitlines())
        shape = "".join(line for line in lines if line != FRAME)
        paint = 'fill="currentColor" stroke="none"' if filled else 'fill="none" stroke="currentColor"'
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24" {paint}>{shape}</symbol>')
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>\n"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
