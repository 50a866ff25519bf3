"""A client's name as a folder name: it can't leave the folder it is put in."""

import re
import unicodedata

MOST = 60
"""Longest name, in characters: file systems and links allow it everywhere."""

_LETTERS = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh",
        "з": "z", "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
        "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts",
        "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
        "я": "ya", "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u",
        "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d",
        "ä": "ae", "ö": "oe", "ü": "ue",
    }
)  # fmt: skip


def file_name(client: str) -> str:
    """The client's name in a-z, 0-9 and single hyphens: `ООО «Ромашка»` → `ooo-romashka`.

    Cyrillic is transliterated (as in machine-readable passports, ICAO 9303, but ё as e, й as
    y, ц as ts and щ as shch, as English readers expect) and accents are dropped. Empty when
    no Latin or Cyrillic letter and no digit is in the name.
    """
    latin = unicodedata.normalize("NFC", client).casefold().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MOST].rstrip("-")
