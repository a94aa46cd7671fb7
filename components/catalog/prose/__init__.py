"""What descriptions say that schemas do not: limits of files, and rules between fields."""

from components.catalog.prose.advice import advice_of
from components.catalog.prose.media_prose import media_limits, takes_files

__all__ = ["advice_of", "media_limits", "takes_files"]
