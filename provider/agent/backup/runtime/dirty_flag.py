"""The dirty flag of a volume's backups to a target: a backup that finds it at its start knows that the one before did not end well."""

from pathlib import Path

from runtime.state_files import remove_file, write_file


def set_dirty(folder: Path) -> None:
    write_file(_file(folder), "")


def clear_dirty(folder: Path) -> None:
    remove_file(_file(folder))


def is_dirty(folder: Path) -> bool:
    return _file(folder).exists()


def _file(folder: Path) -> Path:
    return folder / "running"
