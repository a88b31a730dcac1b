"""How long it takes, and how much memory, to read a survey of 100,000 rows with 3 open columns.

Run: python benchmarks/import_survey.py [ROWS]. The data are made up on the spot.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

WORDS = [
    "palvelu",
    "oli",
    "nopea",
    "mutta",
    "lasku",
    "tuli",
    "väärin",
    "ja",
    "kukaan",
    "ei",
    "vastannut",
    "puhelimeen",
    "kolmeen",
    "päivään",
    "asennus",
    "sujui",
    "hyvin",
    "kiitos",
    "siitä",
    "hinta",
    "nousi",
    "ilman",
    "selitystä",
    "portaali",
    "kaatuilee",
    "joka",
    "maanantai",
    "huolto",
    "ajoissa",
    "henkilökunta",
    "ystävällistä",
    "toimitus",
    "myöhästyi",
    "kaksi",
    "viikkoa",
]


def write_survey(path: Path, rows: int) -> None:
    """A csv with semicolons: ids, date, three scales and three open answers of 5 to 40 words."""
    draw = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(
            [
                "vastaus_id",
                "asiakas_id",
                "vastattu",
                "nps",
                "csat_tuki",
                "ces",
                "alue",
                "mika_toimi",
                "mita_parantaa",
                "vapaa_sana",
            ]
        )
        for i in range(rows):
            comments = [" ".join(draw.choices(WORDS, k=draw.randint(5, 40))) for _ in range(3)]
            writer.writerow(
                [
                    f"R{i}",
                    f"A{draw.randrange(rows // 3)}",
                    f"{draw.randint(1, 28)}.{draw.randint(1, 12)}.2025",
                    draw.randint(0, 10),
                    draw.choice(["5 - erittäin tyytyväinen", "4", "-", "2"]),
                    draw.randint(1, 5),
                    draw.choice("ABCDE"),
                    *comments,
                ]
            )


def main() -> None:
    """Write, read, inspect and convert; print seconds and the peak of memory as JSON."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "survey.csv"
        write_survey(path, rows)
        size = path.stat().st_size
        started = time.perf_counter()
        from cxresearch import exchange as x

        imported = time.perf_counter()
        table = x.read_table(path)
        read = time.perf_counter()
        frame, where = table.frame, {"lines": table.lines, "file": table.name}
        x.duplicated_ids(frame["vastaus_id"], **where)
        x.to_dates(frame["vastattu"], **where)
        for column in ("nps", "csat_tuki", "ces"):
            x.to_scale(frame[column], **where)
        for column in ("mika_toimi", "mita_parantaa", "vapaa_sana"):
            x.to_comments(frame[column])
        converted = time.perf_counter()
        x.inspect_sources([path])
        inspected = time.perf_counter()
    print(
        json.dumps(
            {
                "rows": rows,
                "megabytes": round(size / 1e6, 1),
                "import_seconds": round(imported - started, 2),
                "read_seconds": round(read - imported, 2),
                "convert_seconds": round(converted - read, 2),
                "inspect_seconds": round(inspected - converted, 2),
                "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            }
        )
    )


if __name__ == "__main__":
    main()
