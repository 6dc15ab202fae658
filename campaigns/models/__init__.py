from .agenda import AgendaPage, AgendaPointPage
from .supporters import Attributed, Supporter

__all__ = ["AgendaPage", "AgendaPointPage", "Attributed", "Supporter"]
