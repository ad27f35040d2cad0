"""One file from a server of our own: hash, silence, refusal."""

import hashlib
import http.server
import threading

import pytest

from clusteract.errors import InputError
from clusteract.table import download as module
from clusteract.table.download import download

CONTENT = b"c,y,x\na,1,2\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class _Handler(http.server.BaseHTTPRequestHandler):
    closing = threading.Event()

    def do_GET(self):
        if self.path == "/silent":
            self.closing.wait(30)
        self.send_response(404 if self.path == "/none" else 200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = False  # closing waits for them, so that no socket is left open

    def handle_error(self, *_):
        """Say nothing about a client that went away."""


@pytest.fixture
def server(monkeypatch):
    """Return the address of a server on this computer."""
    monkeypatch.setenv("NO_PROXY", "*")
    _Handler.closing.clear()
    with _Server(("127.0.0.1", 0), _Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        _Handler.closing.set()
        running.shutdown()


def test_file_is_downloaded_and_said(server, tmp_path):
    said = []
    path = download(f"{server}/t.csv", SHA256, tmp_path / "new" / "t.csv", say=said.append)
    assert path.read_bytes() == CONTENT
    assert said == [f"Downloading {server}/t.csv"]


def test_progress_is_shown_on_a_terminal_only(server, tmp_path, monkeypatch, capsys):
    assert module._progress_bar("t.csv") is False
    monkeypatch.setattr(module, "_progress_bar", module._Bar)
    download(f"{server}/t.csv", SHA256, tmp_path / "t.csv", say=str)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"{len(CONTENT)}/{len(CONTENT)} bytes" in shown.err


def test_other_content_is_not_kept(server, tmp_path):
    with pytest.raises(InputError, match=r"/t.csv failed \(.*not the published one: the SHA-256"):
        download(f"{server}/t.csv", "0" * 64, tmp_path / "t.csv", say=str)
    assert not list(tmp_path.iterdir())


def test_missing_file_is_told_by_its_status(server, tmp_path):
    with pytest.raises(InputError, match=r"/none failed \(HTTP status 404\)"):
        download(f"{server}/none", SHA256, tmp_path / "t.csv", say=str)


def test_silent_server_is_given_up(server, tmp_path):
    with pytest.raises(InputError, match=r"/silent (did not answer within|failed \(no answer)"):
        download(f"{server}/silent", SHA256, tmp_path / "t.csv", say=str, seconds=0.2)


def test_no_server_at_all(server, tmp_path):
    nobody = "http://127.0.0.1:9"  # the port of "discard", where nothing listens
    with pytest.raises(InputError, match=r"/t.csv failed \(no connection: offline\?\)"):
        download(f"{nobody}/t.csv", SHA256, tmp_path / "t.csv", say=str)


def test_unwritable_folder_is_named(server, tmp_path):
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(InputError, match=r"/t.csv failed \(.*cache.*: (File exists|Not a dir)"):
        download(f"{server}/t.csv", SHA256, tmp_path / "cache" / "t.csv", say=str)
