"""The service hall: plan, schedule, measure."""
