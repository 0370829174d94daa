"""The pipelines of README.md's cookbook, as it has them."""

import json

from support.worker import ROOT


def recipe(title):
    """The configuration that stands under this title."""
    chapter = (ROOT / "README.md").read_text().partition(f"**{title}**")[2]
    return json.loads("{" + chapter.partition("```json")[2].partition("```")[0] + "}")
