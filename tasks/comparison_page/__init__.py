"""The comparison report for people and programs: one HTML page, one workbook, one JSON document."""
