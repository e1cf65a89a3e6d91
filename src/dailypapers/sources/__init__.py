"""Where papers come from. The kinds of source there are, by the word the settings use for them."""

from dailypapers.sources.arxiv import Arxiv
from dailypapers.sources.feed import Feed
from dailypapers.sources.file import File
from dailypapers.sources.huggingface import HuggingFace

#: Kind → class. Each is made with its own arguments: categories, an address or a path.
SOURCES: dict[str, type[Arxiv] | type[HuggingFace] | type[Feed] | type[File]] = {
    "arxiv": Arxiv,
    "huggingface": HuggingFace,
    "feed": Feed,
    "file": File,
}
