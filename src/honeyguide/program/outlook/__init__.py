"""The outlook: what is due for each partner, what is missing, and the cheapest way to keep or reach a status."""

from honeyguide.program.outlook.answer import Outlook
from honeyguide.program.outlook.assess import outlook, outlook_of

__all__ = ["Outlook", "outlook", "outlook_of"]
