"""``--engine``: the same results whatever groups the rows; what is lacking is told."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from calling import call


def test_engine_is_chosen_by_the_call(small_data: Path, tmp_path: Path) -> None:
    made = {}
    for name in ("pandas", "polars", "duckdb"):
        out = tmp_path / name
        arguments = ("--data", small_data, "--out", out, "--direction", "1.1", "--quiet", "--engine", name)
        assert call("compute", *arguments).code == 0
        made[name] = (out / "results.parquet").read_bytes()
        assert json.loads((out / "manifest.json").read_text("utf-8"))["engine"] == name
    assert len(set(made.values())) == 1


def test_engine_is_chosen_by_the_configuration(small_data: Path, tmp_path: Path) -> None:
    config = tmp_path / "quality.yaml"
    config.write_text("engine: polars\n", encoding="utf-8")
    out = tmp_path / "out"
    arguments = ("--data", small_data, "--out", out, "--config", config, "--quiet", "--format", "md")
    assert call("run", *arguments).code == 0
    assert json.loads((out / "manifest.json").read_text("utf-8"))["engine"] == "polars"
    assert "Ничего не изменилось" in call("run", *arguments).out
    assert "Изменилось: настройки (engine)" in call("run", *arguments, "--engine", "duckdb").out


def test_unknown_engine_is_told(tmp_path: Path) -> None:
    done = call("run", "--data", tmp_path / "data", "--out", tmp_path / "out", "--engine", "polar")
    assert done.code == 2
    assert "нет движка «polar»; возможно, «polars»" in done.err


@pytest.mark.parametrize(("name", "extra"), [("polars", "engines"), ("duckdb", "engines"), ("pyspark", "spark")])
def test_what_to_install_is_told(name: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    done = call("compute", "--data", tmp_path / "data", "--out", tmp_path / "out", "--engine", name)
    assert done.code == 2
    assert f"не установлено: {name}" in done.err
    assert f"pip install -c constraints.txt -e '.[{extra}]'" in done.err


@pytest.mark.long
def test_spark_without_java_is_told(small_data: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "sh", "ps", "dirname", "basename"):
        (programs / name).symlink_to(shutil.which(name) or name)
    program = "from quality_cli.cli.main import main; main()"
    options = ["--data", str(small_data), "--out", str(tmp_path / "out"), "--engine", "pyspark"]
    bare = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"} | {"PATH": str(programs)}
    done = subprocess.run(
        [sys.executable, "-c", program, "compute", *options],
        env=bare,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert "Ошибка: Spark не запустился; ему нужна Java 17" in done.stderr
    assert "Traceback" not in done.stderr
