"""quality: indicators of education quality and official reference documents from the exports of a district."""

__version__ = "0.6.0"
