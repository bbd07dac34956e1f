"""The contract has teeth: each broken host is caught by the clause that it names."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

BROKEN_HOSTS = Path(__file__).with_name("broken_hosts.py")


def test_each_broken_host_is_caught(tmp_path: Path) -> None:
    caught_by = {
        node.name: statement.value.attr
        for node in ast.parse(BROKEN_HOSTS.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Attribute)
    }
    assert len(caught_by) > 8
    clauses = [f"{BROKEN_HOSTS}::{name}::{clause}" for name, clause in caught_by.items()]
    report = tmp_path / "report.xml"
    quiet = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--junitxml={report}"]
    subprocess.run([sys.executable, "-m", "pytest", *quiet, *clauses], check=False)
    failed = {
        case.attrib["classname"].rpartition(".")[2]
        for case in ET.parse(report).iter("testcase")
        if case.find("failure") is not None
    }
    assert failed == set(caught_by)
