"""CRM strategy workbook."""
