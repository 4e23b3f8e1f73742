"""What makes new pieces of the workbook from templates."""
