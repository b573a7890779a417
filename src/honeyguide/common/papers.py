"""Papers: PDF files made from a Typst template and data. The same data give the same bytes, on any machine."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.core.serializers.json import DjangoJSONEncoder


def pdf(template: Path, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """A PDF/A of `template`, which reads `data` by `json(bytes(sys.inputs.data))`. `made_at`: told to the second.

    The template sees its own folder and nothing else; only the fonts that come with Typst are used (Libertinus has
    Latin, Greek and Cyrillic letters), and they are embedded. Raises TypstError for a template that is wrong.
    """
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
    made = typst.compile(
        str(template),
        root=str(template.parent),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": text},
        pdf_standards=["a-2a"],
        timestamp=made_at.replace(microsecond=0),
    )
    if not isinstance(made, bytes):
        raise AssertionError(f"{template.name}: expected one file")
    return made
