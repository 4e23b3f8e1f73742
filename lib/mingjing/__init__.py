"""Mingjing 明镜: an integrity-audit workbook for a municipal sports bureau."""

__version__ = "0.1.0"
__all__ = ["Audit"]


def __getattr__(name: str):
    # Statistics and the command line's --help must not wait for DuckDB and pandas.
    if name == "Audit":
        from mingjing.audit import Audit

        return Audit
    raise AttributeError(name)
