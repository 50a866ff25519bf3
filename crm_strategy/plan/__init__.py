"""What the business decides: parameters, periods, goals, touchpoints."""
