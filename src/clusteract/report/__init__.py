"""The report of a run: summarize to a plain dict, then render it for a browser or a terminal."""

from clusteract.report.overview import overview, overview_text
from clusteract.report.render import render_html
from clusteract.report.summarize import summarize
from clusteract.report.terminal import print_study, study_table
from clusteract.report.write import write_report

__all__ = [
    "overview",
    "overview_text",
    "print_study",
    "render_html",
    "study_table",
    "summarize",
    "write_report",
]
