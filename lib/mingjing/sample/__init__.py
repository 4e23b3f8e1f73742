"""A synthetic bureau: a year of ledgers as clerks keep them, with known irregularities and near misses."""

from mingjing.sample.bureau import Bureau, Row, Staff
from mingjing.sample.write import write_sample

__all__ = ["Bureau", "Row", "Staff", "write_sample"]
