"""dailypapers: a newsletter service for scientific papers."""

__version__ = "0.1.0"
