"""The stub of the synchronous classes is that of the model."""

from support.scripts import ROOT, load_script, needs_sources


@needs_sources
def test_the_stub_is_up_to_date() -> None:
    script = load_script(ROOT / "ci" / "make_sync_stub.py")
    assert script.STUB.read_text("utf-8") == script.stub(), "run python ci/make_sync_stub.py"
