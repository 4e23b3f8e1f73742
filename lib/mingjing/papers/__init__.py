"""Papers that leave as workbooks: correction slips for the offices, evidence and working papers for the file."""
