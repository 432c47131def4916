"""Where weights are looked for, and what is said when they are not right."""

import hashlib
import http.server
import pickle
import threading

import pytest
import torch
from safetensors.torch import save_file

from fakevlm_bench import registry, weights
from fakevlm_bench.availability import availability
from fakevlm_bench.encoders import fit_file
from fakevlm_bench.errors import ConfigError, WeightsError
from fakevlm_bench.files import cache_folder
from fakevlm_bench.weights import Checkpoint

BODY = b"weights of a network" * 1000
DIGEST = hashlib.sha256(BODY).hexdigest()


@pytest.fixture(autouse=True)
def clean_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(weights.WEIGHTS_VARIABLE, raising=False)
    return tmp_path


@pytest.fixture
def server():
    """A web server on this machine that serves BODY, and cuts it short under /short."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/gone":
                self.send_error(404)
                return
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/file")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY[:100] if self.path == "/short" else BODY)

        def log_message(self, *_):
            pass

    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()


def test_the_places_are_tried_in_the_documented_order(tmp_path, monkeypatch):
    checkpoint = Checkpoint("net.pth", "MIT")
    cached = cache_folder() / "weights" / "net.pth"
    cached.parent.mkdir(parents=True)
    cached.write_bytes(b"cache")
    assert weights.locate(checkpoint) == cached
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "net.pth").write_bytes(b"variable")
    monkeypatch.setenv(weights.WEIGHTS_VARIABLE, str(folder))
    assert weights.locate(checkpoint) == folder / "net.pth"
    own = tmp_path / "own.pth"
    own.write_bytes(b"config")
    assert weights.locate(checkpoint, own) == own
    with pytest.raises(WeightsError, match=r"other\.pth' do not exist"):
        weights.locate(checkpoint, tmp_path / "other.pth")


def test_a_download_is_checked_and_kept(server):
    checkpoint = Checkpoint("net.pth", "MIT", url=f"{server}/moved", sha256=DIGEST)
    assert "is a download from" in availability({"checkpoint": vars(checkpoint)})
    path = weights.locate(checkpoint)
    assert path.read_bytes() == BODY
    assert [one.name for one in path.parent.iterdir()] == ["net.pth"]
    assert availability({"checkpoint": vars(checkpoint)}) is None


@pytest.mark.parametrize("path", ["short", "gone"])
def test_a_failed_download_leaves_nothing_and_says_what_to_do(server, path):
    checkpoint = Checkpoint("net.pth", "MIT", url=f"{server}/{path}", sha256=DIGEST)
    with pytest.raises(WeightsError) as caught:
        weights.locate(checkpoint)
    place = cache_folder() / "weights" / "net.pth"
    assert DIGEST in str(caught.value)
    assert str(place) in str(caught.value)
    assert weights.WEIGHTS_VARIABLE in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(place.parent.iterdir()) == []


def test_without_a_network_and_without_the_file_the_error_says_where_to_put_it():
    checkpoint = Checkpoint("net.pth", "MIT", sha256=DIGEST, note="unpack the archive")
    with pytest.raises(WeightsError, match=f"SHA-256 {DIGEST} at .*net.pth.*unpack the archive"):
        weights.locate(checkpoint)
    assert weights.fingerprint_digest(checkpoint) == DIGEST


def test_another_digest_is_refused_wherever_it_comes_from(server, tmp_path, monkeypatch):
    wrong = Checkpoint("net.pth", "MIT", url=f"{server}/file", sha256="0" * 64)
    with pytest.raises(WeightsError, match=DIGEST):
        weights.locate(wrong)
    (tmp_path / "net.pth").write_bytes(b"altered")
    monkeypatch.setenv(weights.WEIGHTS_VARIABLE, str(tmp_path))
    with pytest.raises(WeightsError, match="SHA-256"):
        weights.locate(wrong)


def test_a_changed_file_has_another_digest(tmp_path):
    file = tmp_path / "net.pth"
    file.write_bytes(b"one")
    first = weights.digest(file)
    file.write_bytes(b"three")
    assert weights.digest(file) != first


def test_a_research_licence_forbids_commercial_use():
    with pytest.raises(WeightsError, match=r"tiny_ladeda.*research use only.*use=commercial"):
        registry.load_detector("tiny_ladeda", use="commercial")
    registry.load_detector("ferretnet_s", use="commercial")
    with pytest.raises(ConfigError, match="not one of research, commercial"):
        registry.load_detector("ferretnet_s", use="fun")
    config = registry.config("detector", "dimd", {"use": "commercial"})
    assert "nonprofit" in availability(config)


class _Evil:
    def __reduce__(self):
        return (print, ("this ran",))


def test_weights_that_would_run_code_are_refused(tmp_path, capsys):
    file = tmp_path / "evil.pth"
    file.write_bytes(pickle.dumps({"model": _Evil()}, protocol=2))
    with pytest.raises(WeightsError, match=r"evil.pth cannot be read"):
        weights.read_state(file)
    torch.save({"model": _Evil()}, file)
    with pytest.raises(WeightsError, match=r"evil.pth cannot be read"):
        weights.read_state(file)
    assert "this ran" not in capsys.readouterr().out


def test_every_published_form_of_a_state_dict_is_read(tmp_path):
    state = torch.nn.Linear(3, 1).state_dict()
    torch.save({"model": {f"module.{k}": v for k, v in state.items()}}, tmp_path / "a.pth")
    torch.save(state, tmp_path / "b.pth")
    save_file(state, tmp_path / "c.safetensors")
    for file, key in (("a.pth", "model"), ("b.pth", None), ("c.safetensors", None)):
        network = torch.nn.Linear(3, 1)
        weights.load_into(network, weights.read_state(tmp_path / file, key), tmp_path / file)
        assert torch.equal(network.weight, state["weight"])
    with pytest.raises(WeightsError, match="no entry 'net'"):
        weights.read_state(tmp_path / "a.pth", "net")


def test_what_does_not_fit_is_named(tmp_path):
    network = torch.nn.Linear(3, 1)
    with pytest.raises(WeightsError, match=r"lacks 'bias'.*unknown 'scale'") as caught:
        weights.load_into(
            network, {"weight": torch.zeros(1, 3), "scale": torch.zeros(1)}, tmp_path / "x.pth"
        )
    assert "x.pth does not fit Linear" in str(caught.value)
    with pytest.raises(WeightsError, match=r"shape \(1, 4\), not \(1, 3\)"):
        weights.load_into(
            network, {"weight": torch.zeros(1, 4), "bias": torch.zeros(1)}, tmp_path / "x.pth"
        )


def test_availability_asks_for_encoder_and_head(tmp_path):
    config = registry.config("detector", "probe", {"encoder": str(tmp_path / "none")})
    assert "neither a folder here nor in the hub's cache" in availability(config)
    (tmp_path / "none").mkdir()
    assert "no fit yet" in availability(config)
    head = cache_folder() / "weights" / fit_file("probe", tmp_path / "none")
    head.parent.mkdir(parents=True)
    head.write_text("{}")
    assert availability(config) is None
    assert availability(registry.config("detector", "coin")) is None
