"""The reader takes what is meant and refuses what YAML would silently change."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalog.faults import Fault, KnowledgeError
from bot.catalog.reader import Reader, child, money


def read(tmp_path: Path, text: str) -> tuple[object, Reader]:
    (tmp_path / "a.yml").write_text(text, encoding="utf-8")
    reader = Reader(tmp_path)
    return reader.read("a.yml"), reader


TAKEN = [
    ("k: yes", {"k": "yes"}),
    ("k: no", {"k": "no"}),
    ("k: on", {"k": "on"}),
    ("k: off", {"k": "off"}),
    ("k: true", {"k": True}),
    ("k: false", {"k": False}),
    ("k: True", {"k": "True"}),
    ("k: 90", {"k": 90}),
    ("k: -3", {"k": -3}),
    ("k: 0", {"k": 0}),
    ("k: 007", {"k": "007"}),
    ("k: 0x10", {"k": "0x10"}),
    ("k: 1_000", {"k": "1_000"}),
    ("k: 12:30", {"k": "12:30"}),
    ('k: "7.50"', {"k": "7.50"}),
    ('k: "2022-09-20"', {"k": "2022-09-20"}),
    ('k: "2026-03-10T09:00-05:00"', {"k": "2026-03-10T09:00-05:00"}),
    ("k: 877-346-9327", {"k": "877-346-9327"}),
    ("k: null", {"k": None}),
    ("k: ~", {"k": None}),
    ("k:", {"k": None}),
    ("k: A1", {"k": "A1"}),
    ("k: [a, b]", {"k": ["a", "b"]}),
    ("k: {a: 1}", {"k": {"a": 1}}),
    ("k: |\n  one\n  two\n", {"k": "one\ntwo\n"}),
    ("", None),
]

REFUSED = [
    ("k: 7.50", "k", '7.50 is a float; write money in quotes: "7.50"'),
    ("k: 1.10", "k", "is a float"),
    ("k: .5", "k", "is a float"),
    ("k: 1e3", "k", "is a float"),
    ("k: 2022-09-20", "k", 'is a bare date; write it in quotes: "2022-09-20"'),
    ("k: 2026-03-10T09:00:00-05:00", "k", "is a bare date"),
    ("a: [1, 2.5]", "a[1]", "is a float"),
    ("a: 1\na: 2", "a", "this key is here twice"),
    ("a: {b: 1, b: 2}", "a.b", "this key is here twice"),
    ("1: a", "", "a key must be text"),
    ("true: a", "", "a key must be text"),
    ("k: !!float 3", "k", "is a float"),
    ("k: !!python/object:os.system x", "k", "is not allowed"),
    ("a: &x {b: 1}\nc:\n  <<: *x\n", "c", "merging with << is not allowed"),
    ("a: [1", "", "not YAML"),
    ("a: \tb: c", "", "not YAML"),
]


@pytest.mark.parametrize(("text", "value"), TAKEN)
def test_what_is_written_is_what_is_read(tmp_path: Path, text: str, value: object) -> None:
    found, reader = read(tmp_path, text)
    assert found == value
    assert reader.faults == []


@pytest.mark.parametrize(("text", "key", "message"), REFUSED)
def test_what_yaml_would_change_is_refused(tmp_path: Path, text: str, key: str, message: str) -> None:
    _, reader = read(tmp_path, text)
    assert [(fault.file, fault.key) for fault in reader.faults] == [("a.yml", key)]
    assert message in reader.faults[0].message


def test_all_faults_of_a_file_are_told_with_their_lines(tmp_path: Path) -> None:
    _, reader = read(tmp_path, "a: 1.5\nb: 2022-09-20\na: 3\n")
    assert len(reader.faults) == 3
    assert "line 2" in next(fault for fault in reader.faults if fault.key == "b").message


def test_a_missing_file_and_bad_bytes_are_faults(tmp_path: Path) -> None:
    (tmp_path / "bytes.yml").write_bytes(b"a: \xff\n")
    reader = Reader(tmp_path)
    reader.read("none.yml")
    reader.read("bytes.yml")
    assert [fault.message.split(":")[0] for fault in reader.faults] == ["this file is missing", "not UTF-8"]


def test_unknown_keys_are_refused_with_what_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("name: x\ntitel: y\n", encoding="utf-8")
    reader = Reader(tmp_path)
    reader.fields("a.yml", ("name", "title"))
    assert reader.faults == [Fault("a.yml", "titel", "unknown key; allowed here: name, title")]


@pytest.mark.parametrize(
    ("text", "read_as", "message"),
    [
        ("k: 3", "text", "must be text; put it in quotes: 3"),
        ("k: '  '", "text", "must not be empty"),
        ("other: 1", "text", "this key is required"),
        ("k: 3", "day", 'must be a day in quotes, like "2022-09-20"'),
        ('k: "2022-02-30"', "day", "must be a day in quotes"),
        ('k: "20 Sept 2022"', "day", "must be a day in quotes"),
        ("k: a", "texts", "must be a list of texts"),
        ("k: [1]", "texts", "must be a list of texts"),
        ("k: [a, a]", "texts", "names something twice"),
        ("k: yes", "flag", "must be true or false"),
        ("k: []", "items", "must be a list of mappings"),
        ("k: [a]", "items", "must be a mapping with the keys: x"),
        ("k: []", "members", "must be a mapping of names"),
        ("k: 1", "part", "must be a mapping with the keys: x"),
    ],
)
def test_a_wrong_value_is_refused_at_its_key(tmp_path: Path, text: str, read_as: str, message: str) -> None:
    (tmp_path / "a.yml").write_text(text, encoding="utf-8")
    reader = Reader(tmp_path)
    fields = reader.fields("a.yml", ("k", "other"))
    if read_as in ("items", "members"):
        list(getattr(fields, read_as)("k", ("x",)))
    elif read_as == "part":
        fields.part("k", ("x",))
    else:
        getattr(fields, read_as)("k")
    assert len(reader.faults) == 1
    assert reader.faults[0].key.startswith("k")
    assert message in reader.faults[0].message


def test_only_yaml_belongs_into_a_folder(tmp_path: Path) -> None:
    (tmp_path / "faq").mkdir()
    for name in ("b.yml", "a.yml", "note.txt", "README.md"):
        (tmp_path / "faq" / name).write_text("", encoding="utf-8")
    reader = Reader(tmp_path)
    assert reader.files("faq") == ("faq/a.yml", "faq/b.yml")
    assert [fault.file for fault in reader.faults] == ["faq/note.txt"]


def test_an_error_tells_every_fault_in_order() -> None:
    error = KnowledgeError([Fault("b.yml", "k", "two"), Fault("a.yml", "", "one"), Fault("c.yml", "", "w", True)])
    assert str(error) == "a.yml: one\nb.yml: k: two\nc.yml: warning: w"


def test_paths_and_money() -> None:
    assert child("", "a") == "a"
    assert child(child("a", 0), "b") == "a[0].b"
    assert str(money("7.50")) == "7.50"
    assert money("7.5") is None
    assert money("-7.50") is None


def test_found_at_least_so_many_cases() -> None:
    assert len(TAKEN) >= 26
    assert len(REFUSED) >= 16
