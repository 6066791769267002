"""What people see: tables, figures and the report. Knows data frames, not the model."""
