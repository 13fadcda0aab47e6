"""How the drivers behave when Java is missing, fails, stalls or miscounts: a shell script plays the part of Java."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sarbench.errors import RunError
from sarbench.metrics import caption
from sarbench.metrics.caption import java, meteor_program, ptb
from sarbench.metrics.caption.meteor import meteor
from sarbench.metrics.unavailable import UnavailableError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for Java is a shell script")


@pytest.fixture
def fake_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a shell script in Java's place; it may write its process id to the file that is returned."""

    def install(script: str) -> Path:
        program, pid = tmp_path / "bin" / "java", tmp_path / "pid"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho $$ > '{pid}'\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        for module in (ptb, meteor_program):
            monkeypatch.setattr(module, "jar", lambda part: tmp_path / part)
        return pid

    return install


def _gone(pid: Path) -> bool:
    try:
        os.kill(int(pid.read_text()), 0)
    except ProcessLookupError:
        return True
    return False


def test_without_java_coco_is_unavailable_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UnavailableError, match="apt install default-jre-headless"):
        caption.corpus_scores(["a ship"], [["a ship"]], protocol="coco")


def test_java_home_is_looked_at_where_path_has_no_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "jre" / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jre"))
    assert java.java() == str(program)


def test_without_the_wheel_coco_is_unavailable_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pycocoevalcap", None)
    with pytest.raises(UnavailableError, match=r"pip install pycocoevalcap==1\.2"):
        java.jar("meteor/meteor-1.5.jar")


def test_a_wheel_without_the_jar_is_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pycocoevalcap").mkdir()
    monkeypatch.delitem(sys.modules, "pycocoevalcap", raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(UnavailableError, match=r"comes without meteor/meteor-1\.5\.jar"):
        java.jar("meteor/meteor-1.5.jar")


def test_a_tokeniser_that_fails_is_quoted(fake_java: Callable[[str], Path]) -> None:
    fake_java("echo 'first' >&2; echo 'out of memory' >&2; exit 3")
    with pytest.raises(UnavailableError, match=r"exit code 3 \(it wrote: out of memory\)"):
        ptb.ptb_tokenise(["a ship"])


def test_a_tokeniser_that_loses_a_line_is_never_believed(fake_java: Callable[[str], Path]) -> None:
    fake_java("""printf "one\\n; '' ' ;\\ntwo three\\n" """)
    with pytest.raises(RunError, match="no longer correspond to the captions"):
        ptb.ptb_tokenise(["one", "two", "three"])


def test_a_tokeniser_that_stalls_is_ended(fake_java: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ptb, "_START_SECONDS", 0.3)
    monkeypatch.setattr(ptb, "_SECONDS_PER_CAPTION", 0.0)
    pid = fake_java("exec sleep 60")
    with pytest.raises(UnavailableError, match="gave no tokens in 0 s"):
        ptb.ptb_tokenise(["a ship"])
    assert _gone(pid)


def test_captions_without_a_word_need_no_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert ptb.ptb_tokenise(["", " \u2028"]) == {"": "", " \u2028": ""}


def test_a_meteor_that_dies_is_quoted(fake_java: Callable[[str], Path]) -> None:
    pid = fake_java("echo 'Error: file not found' >&2; echo '  at edu.cmu.Some.java' >&2; exit 1")
    with pytest.raises(UnavailableError, match=r"METEOR: ended early.*Error: file not found"):
        meteor(["a ship"], [["a ship"]])
    assert _gone(pid)


def test_a_meteor_that_stalls_is_ended(fake_java: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meteor_program, "_PATIENCE_SECONDS", 0.3)
    pid = fake_java("exec sleep 60")
    with pytest.raises(UnavailableError, match="gave no answer"):
        meteor(["a ship"], [["a ship"]])
    assert _gone(pid)


def test_a_program_that_ignores_the_end_of_its_input_is_ended(
    fake_java: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meteor_program, "_GRACE_SECONDS", 0.3)
    pid = fake_java('read line; echo "$line"; exec sleep 60')
    with meteor_program.meteor_program() as program:
        assert program.ask("hello") == ["hello"]
    assert _gone(pid)


def test_an_error_between_two_lines_ends_the_program(fake_java: Callable[[str], Path]) -> None:
    pid = fake_java("exec cat")

    def interrupted() -> None:
        with meteor_program.meteor_program() as program:
            assert program.ask("hello") == ["hello"]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert _gone(pid)
