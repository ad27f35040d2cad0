"""The report of a run: chapters, rendered for a browser, a terminal or Markdown."""

from clusteract.report.chapters import Chapter, TextTable, to_markdown
from clusteract.report.overview import overview, overview_text
from clusteract.report.page import Page, render_page
from clusteract.report.study_page import study_in_short, study_page, write_report
from clusteract.report.terminal import print_chapters

__all__ = [
    "Chapter",
    "Page",
    "TextTable",
    "overview",
    "overview_text",
    "print_chapters",
    "render_page",
    "study_in_short",
    "study_page",
    "to_markdown",
    "write_report",
]
